"""A finished campaign read from its store alone: without its workload, its inputs or a worker.

What is compared or judged later, on another machine or by another version, is rows; they need nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import REPLAY, CampaignRecord, record_of_store
from sassafras.campaign.store.store_errors import STORE_NAME, no_campaign
from sassafras.campaign.store.stored import open_store
from sassafras.errors import CampaignError


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
    with open_store(store_path(place)) as stored:
        record = record_of_store(stored)
    _check_replay(place, record.fingerprint, record.settings)
    if record.unfinished:
        total = sum(record.planned.values())
        raise CampaignError(
            f"{place} is unfinished: {total - record.unfinished} of {total} injections are stored; "
            "finish it first with the command that began it"
        )
    return record


def _check_replay(place: Path, fingerprint: Mapping[str, Any], settings: Settings) -> None:
    """Raise CampaignError for faults replayed from a campaign that has since been run with a goal: which of
    them it asks for is no longer said.
    """
    if REPLAY in fingerprint and settings.until is not None:
        raise CampaignError(
            f"{place} holds faults replayed from a campaign that was run with --until since: which of them "
            "count is not known; give the campaign's command again with --injections instead of --until"
        )
