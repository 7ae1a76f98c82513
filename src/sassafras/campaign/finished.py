"""A finished campaign read from its store alone: without its network, its frames or a worker.

What is compared or judged later, on another machine or by another version, is rows; they need nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sassafras.campaign.design.from_store import CENSUS, STRATA, cells_of, design_of
from sassafras.campaign.design.lanes import Design, Endings
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.source import KEY, Source
from sassafras.campaign.store.connection import connect_to_read
from sassafras.campaign.store.data_frames import read_table
from sassafras.campaign.store.schema import stored_endings
from sassafras.campaign.store.store_errors import STORE_NAME, clearly, no_campaign
from sassafras.campaign.usage import USAGE, KernelUsage, usage_of
from sassafras.errors import CampaignError, NetworkError
from sassafras.faults.census import Cell
from sassafras.faults.model import Mode
from sassafras.network.alexnet import bundled_graph
from sassafras.network.importers.darknet.config import read_cfg

if TYPE_CHECKING:
    import pandas as pd

REPLAY = "replay"  #: in the fingerprint of a store of replayed faults: the fingerprint of their campaign


@dataclass(frozen=True, eq=False)
class FinishedCampaign:
    """The rows of a store and what they are of.

    ``path``: the store. ``fingerprint``: what decides the rows. ``settings``: as last run. ``injections``,
    ``errors``: of the faults that the settings ask for. ``source``: None where the campaign was made in
    Python and not described. ``planned``: injections asked for, per mode (with a goal: until it stopped).
    ``seconds``: "profile", "inject", "total". ``census``: sites by mode, model, kernel and layer; ``usage``:
    the kernels of an inference; empty where the store does not say.
    """

    path: Path
    fingerprint: Mapping[str, Any]
    settings: Settings
    source: Source | None
    injections: pd.DataFrame = field(repr=False)
    errors: pd.DataFrame = field(repr=False)
    frames: int
    planned: Mapping[Mode, int]
    seconds: Mapping[str, float]
    census: tuple[Cell, ...] = field(default=(), repr=False)
    usage: tuple[KernelUsage, ...] = field(default=(), repr=False)

    @property
    def replay_of(self) -> Mapping[str, Any] | None:
        """The fingerprint of the campaign whose faults these are, where they were replayed."""
        found: Mapping[str, Any] | None = self.fingerprint.get(REPLAY)
        return found

    @property
    def unfinished(self) -> int:
        """Faults that were asked for and neither injected nor failed."""
        return sum(self.planned.values()) - len(self.injections) - len(self.errors)

    def layer_kinds(self) -> tuple[str, ...] | None:
        """The kind of each layer ("convolutional"), from the network's cfg; None where it is not at hand."""
        if self.source is None:
            return None
        try:
            cfg = self.source.cfg
            graph = bundled_graph() if cfg is None else read_cfg(cfg).graph
        except NetworkError:
            return None
        return tuple(node.kind for node in graph.nodes)


def store_path(place: Path) -> Path:
    """The store that a campaign's folder, or the path of a store itself, means. Raises CampaignError."""
    path = place / STORE_NAME if place.is_dir() else place
    if not path.is_file():
        raise no_campaign(place)
    return path


def read_finished(place: Path) -> FinishedCampaign:
    """Read a campaign's folder, or a store (``DIR/harden/*.sqlite``).

    Raises CampaignError where there is none, where it is of another version, or is unfinished.
    """
    path = store_path(place)
    with clearly(path, reading=True), closing(connect_to_read(path)) as connection:
        db = connection.db
        db.execute("BEGIN")  # all that is read is of one moment
        meta = _meta(db)
        injections, errors = read_table(db, "injections"), read_table(db, "errors")
        frames = db.execute("SELECT COUNT(*) FROM frames").fetchone()[0]
        endings = stored_endings(db)
    settings, source = _described(path, meta)
    _check_replay(place, meta["fingerprint"], settings)
    census = cells_of(meta.get(CENSUS))
    asked, planned = _asked(design_of(settings, meta.get(STRATA) or ("",), census), endings, settings.modes)
    stored = FinishedCampaign(
        path=path,
        fingerprint=meta["fingerprint"],
        settings=settings,
        source=source,
        injections=injections[injections["id"].isin(asked)].reset_index(drop=True),
        errors=errors[errors["id"].isin(asked)].reset_index(drop=True),
        frames=int(frames),
        planned=planned,
        seconds=meta.get("seconds") or {"profile": 0.0, "inject": 0.0, "total": 0.0},
        census=census,
        usage=usage_of(meta.get(USAGE)),
    )
    if stored.unfinished:
        total = sum(stored.planned.values())
        raise CampaignError(
            f"{place} is unfinished: {total - stored.unfinished} of {total} injections are stored; "
            "finish it first with the command that began it"
        )
    return stored


def _asked(design: Design, known: Endings, modes: Iterable[Mode]) -> tuple[set[int], dict[Mode, int]]:
    """Ids of the faults that are asked for (with a goal: until it stopped), and how many of each mode."""
    asked, planned = set(), dict.fromkeys(modes, 0)
    for lane in design.lanes:
        standing = design.standing(lane, known)
        asked |= set(design.ids(lane, 0, standing.end))
        planned[lane.mode] += standing.asked
    return asked, planned


def _check_replay(place: Path, fingerprint: Mapping[str, Any], settings: Settings) -> None:
    """Raise CampaignError for faults replayed from a campaign that has since been run with a goal: which of
    them it asks for is no longer said.
    """
    if REPLAY in fingerprint and settings.until is not None:
        raise CampaignError(
            f"{place} holds faults replayed from a campaign that was run with --until since: which of them "
            "count is not known; give the campaign's command again with --injections instead of --until"
        )


def _meta(db: sqlite3.Connection) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in db.execute("SELECT key, value FROM meta")}


def _described(path: Path, meta: Mapping[str, Any]) -> tuple[Settings, Source | None]:
    """Settings and source; of a hardened program (``DIR/harden/*.sqlite``) what the campaign in ``DIR``
    says.
    """
    own = {key: meta.get(key) for key in ("settings", KEY)}
    base = path.parent.parent / STORE_NAME
    if None in own.values() and base.is_file():
        with clearly(base, reading=True), closing(connect_to_read(base)) as connection:
            found = _meta(connection.db)
        own = {key: found.get(key) if value is None else value for key, value in own.items()}
    if own["settings"] is None or "fingerprint" not in meta:
        raise CampaignError(f"{path} does not say what its campaign was; run it again with this version")
    try:
        source = None if own[KEY] is None else Source.model_validate(own[KEY])
        return Settings.from_store(own["settings"]), source
    except ValidationError as error:
        reason = error.errors()[0]
        raise CampaignError(
            f"{path} is a campaign of another version ({reason['loc'][0]}: {reason['msg']}); run it again"
        ) from None
