"""A campaign in a few lines, for people at a prompt or in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.campaign.design.from_store import CHOSEN, COUNTED
from sassafras.campaign.design.lanes import ENDINGS
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode

if TYPE_CHECKING:
    from sassafras.campaign.campaign import Campaign


@dataclass(frozen=True)
class ModeSummary:
    """One mode: faults asked for (with a goal: so far), errors of ours among them, and how many of the
    injections ended how (`design.ENDINGS`; SDCs by their severity), those that never occurred left out.
    """

    mode: Mode
    planned: int
    errors: int
    endings: Mapping[str, int]

    @property
    def injected(self) -> int:
        """Finished injections."""
        return sum(self.endings.values())


@dataclass(frozen=True, repr=False)
class CampaignSummary:
    """How far a campaign is and what it found: counts of injections, as stored at one moment. A stratified
    campaign's shares are not those of its counts: `sassafras tables` weights them.
    """

    folder: Path
    title: str
    modes: tuple[ModeSummary, ...]

    @property
    def complete(self) -> bool:
        """Whether every fault asked for was injected or failed with an error of ours."""
        return all(mode.injected + mode.errors == mode.planned for mode in self.modes)

    @property
    def columns(self) -> tuple[str, ...]:
        """Endings that occurred, in their order."""
        return tuple(name for name in ENDINGS if any(name in mode.endings for mode in self.modes))

    def _rows(self) -> list[tuple[str, ...]]:
        """A heading, and the numbers of each mode."""
        rows: list[tuple[str, ...]] = [("mode", "asked", "injected", "errors", *self.columns)]
        for mode in self.modes:
            counts = (mode.endings.get(name, 0) for name in self.columns)
            rows.append((mode.mode.value, *map(str, (mode.planned, mode.injected, mode.errors, *counts))))
        return rows

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        lines = ["  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([f"Campaign {self.folder}: {self.title}", *lines])

    def _repr_html_(self) -> str:
        heading, *rows = self._rows()
        head = "".join(f"<th>{escape(cell)}</th>" for cell in heading)
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        title = f"<caption>Campaign {escape(str(self.folder))}: {escape(self.title)}</caption>"
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def summarize(campaign: Campaign) -> CampaignSummary:
    """The summary of an opened campaign. Raises CampaignError where its store cannot be read (any more)."""
    known, design = campaign.store.endings(), campaign.design()
    counted: dict[Mode, Counter[str | None]] = {mode: Counter() for mode in campaign.settings.modes}
    planned = campaign.planned
    for standing in campaign.standings():
        ids = design.ids(standing.lane, 0, standing.end)
        counted[standing.lane.mode].update(known[fault] for fault in ids if fault in known)
    settings, frames = campaign.settings, len(campaign.store.frames()) or len(campaign.images)
    count = f"{frames} frame{'s' * (frames != 1)}"
    chosen = "" if settings.faults is None else f", faults {CHOSEN}"
    chosen = f", {COUNTED}: one fault of each kind" if settings.exact else chosen
    title = f"{campaign.network.name} on {settings.arch}, {count}, seed {settings.seed}{chosen}"
    modes = []
    for mode, counts in counted.items():
        endings = {name: counts[name] for name in ENDINGS if counts[name]}
        modes.append(ModeSummary(mode, planned[mode], counts[None], endings))
    return CampaignSummary(campaign.folder, title, tuple(modes))


def shown(campaign: Campaign) -> CampaignSummary:
    """The summary for a person who looks at a campaign: never an error, whatever state it is in."""
    try:
        return summarize(campaign)
    except (AssertionError, AttributeError, CampaignError):  # half made, or its store is closed
        return CampaignSummary(getattr(campaign, "folder", Path()), "closed", ())
