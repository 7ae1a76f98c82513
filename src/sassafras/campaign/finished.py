"""A finished campaign read from its store alone: without its network, its frames or a worker.

What is compared or judged later, on another machine or by another version, is rows; they need nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sassafras.campaign.design.from_store import CENSUS, STRATA, cells_of, design_of
from sassafras.campaign.design.lanes import Design, Standing
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import REPLAY, CampaignRecord
from sassafras.campaign.source import KEY
from sassafras.campaign.store.connection import connect_to_read
from sassafras.campaign.store.data_frames import read_table
from sassafras.campaign.store.schema import stored_endings
from sassafras.campaign.store.store_errors import STORE_NAME, clearly, no_campaign
from sassafras.campaign.usage import USAGE, usage_of
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode
from sassafras.simulation.frame_result import FrameResult
from sassafras.workload.source import Source, source_of


def store_path(place: Path) -> Path:
    """The store that a campaign's folder, or the path of a store itself, means. Raises CampaignError."""
    path = place / STORE_NAME if place.is_dir() else place
    if not path.is_file():
        raise no_campaign(place)
    return path


def read_finished(place: Path) -> CampaignRecord:
    """Read a campaign's folder, or a store (``DIR/harden/*.sqlite``).

    Raises CampaignError where there is none, where it is of another version, or is unfinished.
    """
    path = store_path(place)
    with clearly(path, reading=True), closing(connect_to_read(path)) as connection:
        db = connection.db
        db.execute("BEGIN")  # all that is read is of one moment
        meta = _meta(db)
        injections, errors = read_table(db, "injections"), read_table(db, "errors")
        golden = db.execute("SELECT name, label, top1, confidence FROM inputs ORDER BY input").fetchall()
        endings = stored_endings(db)
    settings, source = _described(path, meta)
    _check_replay(place, meta["fingerprint"], settings)
    census = cells_of(meta.get(CENSUS))
    design = design_of(settings, meta.get(STRATA) or ("",), census)
    standings = tuple(design.standing(lane, endings) for lane in design.lanes)
    asked, planned = _asked(design, standings, settings.modes)
    stored = CampaignRecord(
        path=path,
        fingerprint=meta["fingerprint"],
        settings=settings,
        source=source,
        injections=injections[injections["id"].isin(asked)].reset_index(drop=True),
        errors=errors[errors["id"].isin(asked)].reset_index(drop=True),
        golden=tuple(FrameResult(*row) for row in golden),
        planned=planned,
        standings=standings,
        self_check=meta.get("self_check"),
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


def _asked(
    design: Design, standings: Iterable[Standing], modes: Iterable[Mode]
) -> tuple[set[int], dict[Mode, int]]:
    """Ids of the faults that are asked for (with a goal: until it stopped), and how many of each mode."""
    asked, planned = set(), dict.fromkeys(modes, 0)
    for standing in standings:
        asked |= set(design.ids(standing.lane, 0, standing.end))
        planned[standing.lane.mode] += standing.asked
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
        source = None if own[KEY] is None else source_of(own[KEY])
        return Settings.from_store(own["settings"]), source
    except ValidationError as error:
        reason = error.errors()[0]
        raise CampaignError(
            f"{path} is a campaign of another version ({reason['loc'][0]}: {reason['msg']}); run it again"
        ) from None
