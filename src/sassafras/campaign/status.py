"""How far a campaign is: read from its folder, also while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import MergedShards, merged_shards
from sassafras.campaign.store.lock import Writer
from sassafras.campaign.store.stored import StoredCampaign, open_stored
from sassafras.faults.model import Mode


@dataclass(frozen=True)
class ModeStatus:
    """One mode: faults asked for (with a goal: so far), and what became of them."""

    mode: Mode
    planned: int
    injected: int
    errors: int

    @property
    def missing(self) -> int:
        """Faults still to be run."""
        return self.planned - self.injected - self.errors


@dataclass(frozen=True)
class Status:
    """How far a campaign is. ``others``: stored rows and errors beyond those asked for (other modes, a
    larger number, other shards). ``seconds``: on "profile", "inject", "total"; of merged shards their sum.
    ``writer``: who wrote last; ``running``: whether that is going on. ``merged``: from how many folders.
    ``strata``: how many (1 without any). ``shards``: which of its shards a merged campaign has.
    """

    folder: Path
    version: str
    digest: str
    settings: Settings
    modes: tuple[ModeStatus, ...]
    others: int
    seconds: Mapping[str, float]
    writer: Writer | None
    running: bool
    merged: int
    strata: int = 1
    shards: MergedShards | None = None

    @property
    def complete(self) -> bool:
        """Whether every fault asked for was injected or failed with an error of ours."""
        return not any(mode.missing for mode in self.modes)

    @property
    def rate(self) -> float | None:
        """Stored injections per second of injecting, None before there is any."""
        stored = sum(mode.injected for mode in self.modes) + self.others
        return stored / self.seconds["inject"] if stored and self.seconds["inject"] > 0 else None


def read_status(folder: Path) -> Status:
    """How far the campaign in a folder is. Raises CampaignError where there is none that can be read."""
    with open_stored(folder) as stored:
        return status_of(stored)


def status_of(stored: StoredCampaign) -> Status:
    """How far an opened campaign is."""
    running = stored.being_written  # first: what is finished meanwhile is called running, never the reverse
    facts, settings = stored.facts, stored.facts.settings
    injected, failed = stored.ids("injections"), stored.ids("errors")
    design = facts.design
    wanted = design.asked(design.standings(stored.endings()), settings.modes)
    modes = []
    for mode, asked in wanted.items():
        modes.append(ModeStatus(mode, len(asked), len(asked & injected), len(asked & failed)))
    return Status(
        folder=stored.folder,
        version=str(facts.fingerprint["version"]),
        digest=facts.digest,
        settings=settings,
        modes=tuple(modes),
        others=len(injected | failed) - sum(m.injected + m.errors for m in modes),
        seconds=facts.seconds,
        writer=facts.writer,
        running=running,
        merged=len(facts.merged),
        strata=len(facts.strata),
        shards=merged_shards(facts.merged),
    )
