"""Shards of one campaign, from several machines, made one: the same rows as if it had never been divided."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sassafras.campaign.design.from_store import CENSUS, CLASSES, STRATA
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.fidelity import FIDELITY, stored_fidelity
from sassafras.campaign.store.folder import make_folder
from sassafras.campaign.store.identity import check_mergeable
from sassafras.campaign.store.lock import WriterLock, in_use
from sassafras.campaign.store.results import FrameRow, Store, check_version
from sassafras.campaign.store.salvage import readable_rows
from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.campaign.store.stored import Facts, Row, StoredCampaign, open_stored
from sassafras.campaign.store.time_spent import KEY, WHAT
from sassafras.campaign.usage import USAGE, stored_usage
from sassafras.errors import CampaignError, typed
from sassafras.faults.census import Cell
from sassafras.faults.classes import stored_classes
from sassafras.faults.ids import number_of
from sassafras.faults.model import Mode

TABLES = ("injections", "errors")
CHUNK = 4096  #: rows that are compared and copied at a time


@dataclass(frozen=True)
class Part:
    """What a folder gave: its injections and errors, and how many of them no folder before it had."""

    folder: Path
    injections: int
    errors: int
    new: int


def merge(out: Path, folders: Sequence[Path], *, salvage: bool = False) -> list[Part]:
    """Put the rows of folders, all of one campaign, into the new folder ``out``; a row that several have
    must be the same in all. ``salvage``: leave out what cannot be read.

    Raises CampaignError, and leaves ``out`` as it was, for folders of different campaigns, for a fault with
    different rows (named), and where ``out`` holds a campaign.
    """
    if (out / STORE_NAME).exists():
        new_one = next((folder for folder in folders if not folder.exists()), Path("NEW"))
        given = [folder for folder in (out, *folders) if folder != new_one]
        raise CampaignError(
            f"{out} holds a campaign already, and is left as it is; name a new folder first: "
            f"{typed('merge', new_one, *given)}"
        )
    with ExitStack() as opened:
        parts = [opened.enter_context(_open(folder, salvage)) for folder in dict.fromkeys(folders)]
        _check_same(parts, salvage)
        new = not out.exists()
        make_folder(out)
        try:
            return _build(out, parts, salvage)
        except BaseException:
            if new:
                shutil.rmtree(out, ignore_errors=True)
            raise


@contextmanager
def _open(folder: Path, salvage: bool) -> Iterator[StoredCampaign]:
    """A folder to merge. Of a damaged one at least what its campaign was must be readable."""
    opened = False
    try:
        with open_stored(folder, salvage=salvage) as stored:
            opened = True
            check_version(stored.path, stored.schema)
            yield stored
    except CampaignError as error:
        if opened or not salvage:
            raise
        reason = str(error).partition("; ")[0]
        raise CampaignError(
            f"{folder} cannot be salvaged: not even what its campaign was can be read ({reason}); "
            "run it again into another folder: the same options give the same rows"
        ) from error


def _frames(part: StoredCampaign, salvage: bool) -> list[FrameRow]:
    """Frames of a folder; none where they are to be salvaged and cannot be read: a campaign that goes on
    finds them again.
    """
    try:
        return part.frames()
    except CampaignError:
        if salvage:
            return []
        raise


def _check_same(parts: Sequence[StoredCampaign], salvage: bool) -> None:
    check_mergeable({part.folder: part.facts.fingerprint for part in parts})
    golden: dict[int, tuple[Path, int, float]] = {}
    for part in parts:
        for number, _, _, top1, confidence in _frames(part, salvage):
            folder, *result = golden.setdefault(number, (part.folder, top1, confidence))
            if result != [top1, confidence]:
                raise CampaignError(
                    f"golden results of frame {number} differ between {folder} and {part.folder}: one of "
                    "their machines computes wrongly; nothing was merged"
                )


def _build(out: Path, parts: Sequence[StoredCampaign], salvage: bool) -> list[Part]:
    """Aside first: the folder gets a store that is whole, or none."""
    with tempfile.TemporaryDirectory(dir=out, prefix=".merging-") as aside:
        store = Store(Path(aside) / "merged.sqlite", parts[0].facts.fingerprint, _facts(parts))
        try:
            with store.writing():
                frames = next((found for part in parts if (found := _frames(part, salvage))), [])
                store.put_frames(frames)
                counts = [_copy(store, parts[:k], part, salvage) for k, part in enumerate(parts)]
        finally:
            store.close()
        _move_in(store.path, out / STORE_NAME)
    return counts


def _move_in(built: Path, target: Path) -> None:
    lock = WriterLock(target)
    if not lock.take() or target.exists():
        lock.release()
        raise in_use(target, None)
    try:
        built.replace(target)
    finally:
        lock.release()


def _facts(parts: Sequence[StoredCampaign]) -> dict[str, Any]:
    """What the merged campaign is, as the store's JSON."""
    facts = [part.facts for part in parts]
    source = next((f.source for f in facts if f.source is not None), None)
    fidelity = next((f.fidelity for f in facts if f.fidelity is not None), None)
    classes = next((f.classes for f in facts if f.classes), ())
    return {
        "settings": merged_settings([f.settings for f in facts]).model_dump(mode="json"),
        **({} if source is None else {"source": dict(source)}),
        KEY: {what: sum(f.seconds[what] for f in facts) for what in WHAT},
        "merged": [_provenance(part.folder, part.facts) for part in parts],
        STRATA: list(facts[0].strata),
        CENSUS: [asdict(cell) for cell in _census(facts)],
        USAGE: stored_usage(next((f.usage for f in facts if f.usage), ())),
        **({CLASSES: stored_classes(classes)} if classes else {}),
        **({} if fidelity is None else {FIDELITY: stored_fidelity(fidelity)}),
    }


def _census(facts: Sequence[Facts]) -> list[Cell]:
    """Cells of every mode that some folder has profiled: where several have, they are the same."""
    found = {(c.mode, c.model, c.kernel, c.layer): c for part in facts for c in part.census}
    return list(found.values())


def _provenance(folder: Path, facts: Facts) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "settings": facts.settings.model_dump(mode="json"),
        "seconds": dict(facts.seconds),
        "writer": None if facts.writer is None else asdict(facts.writer),
        **({"merged": list(facts.merged)} if facts.merged else {}),
    }


def merged_settings(settings: Sequence[Settings]) -> Settings:
    """All modes and the largest number of injections that any asks for; a shard only if all ask for the same
    one.
    """
    modes = {mode for s in settings for mode in s.modes}
    shards = {s.shard for s in settings}
    return settings[0].model_copy(
        update={
            "modes": tuple(mode for mode in Mode if mode in modes),
            "injections": max(s.injections for s in settings),
            "per_stratum": max((s.per_stratum for s in settings if s.per_stratum), default=None),
            "shard": shards.pop() if len(shards) == 1 else None,
        }
    )


def _copy(store: Store, before: Sequence[StoredCampaign], part: StoredCampaign, salvage: bool) -> Part:
    """Append the rows of one folder that none before had; the others must be the same."""
    counts = dict.fromkeys(TABLES, 0)
    new = 0
    for table in TABLES:
        for rows in readable_rows(part, table, CHUNK) if salvage else part.pieces(table, CHUNK):
            counts[table] += len(rows)
            here = {
                t: {row[0]: row for row in store.rows_between(t, rows[0][0], rows[-1][0])} for t in TABLES
            }
            for row in rows:
                known = [(t, here[t][row[0]]) for t in TABLES if row[0] in here[t]]
                if known and known != [(table, row)]:
                    raise _conflict(table, row, known[0], before, part)
            fresh = [row for row in rows if row[0] not in here[table]]
            new += len(fresh)
            store.add_stored(*((fresh, []) if table == "injections" else ([], fresh)))
    return Part(part.folder, counts["injections"], counts["errors"], new)


def _conflict(
    table: str, row: Row, known: tuple[str, Row], before: Sequence[StoredCampaign], part: StoredCampaign
) -> CampaignError:
    there, other = known
    fault = row[0]
    owner = next(p for p in before if p.rows_between(there, fault, fault))
    if there != table:
        how = "injected in one and failed in the other"
    else:
        names = [c.shown for c, a, b in zip(columns_of(table), row, other, strict=True) if a != b]
        how = f"different: {', '.join(names)}"
    return CampaignError(
        f"fault {fault} ({row[1]} number {number_of(fault)[1]}) differs between {owner.folder} and "
        f"{part.folder} ({how}); the rows of one campaign are the same everywhere, so one of these "
        "was changed or miscomputed; nothing was merged"
    )
