"""A campaign on record: its settings, its source, its rows, its census. Whoever counts takes this, wherever
it came from: a store that is read alone (`sassafras.campaign.finished`), or a campaign that is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.lanes import Standing
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.fidelity import Fidelity
from sassafras.campaign.shape import Shape, shape_of
from sassafras.campaign.source import KEY
from sassafras.campaign.store.stored import StoredCampaign
from sassafras.campaign.usage import KernelUsage
from sassafras.faults.census import Cell
from sassafras.faults.classes import FaultClass
from sassafras.faults.model import Mode
from sassafras.simulation.frame_result import FrameResult
from sassafras.workload.source import Source, source_of
from sassafras.workload.vocabulary import NETWORK, Vocabulary

if TYPE_CHECKING:
    import pandas as pd

REPLAY = "replay"  #: in the fingerprint of a store of replayed faults: the fingerprint of their campaign


@dataclass(frozen=True, eq=False)
class CampaignRecord:
    """What a campaign is, and its rows: all that analysis asks of it.

    ``path``: the store. ``fingerprint``: what decides the rows. ``settings``: as last run. ``injections``,
    ``errors``: of the faults that the settings ask for. ``source``: None where the campaign was made in
    Python and not described. ``golden``: of each frame, what is known without a fault. ``planned``:
    injections asked for, per mode (with a goal: until it stopped). ``seconds``: "profile", "inject", "total".
    ``standings``: how far each lane is. ``self_check``: of the last start. ``census``: sites by mode, model,
    kernel and layer; ``usage``: the kernels of an inference; empty where the store does not say.
    ``fidelity``: of the fault-free run; None: the same. ``classes``: of a whole population, by the number of
    the fault that was run.
    """

    path: Path
    fingerprint: Mapping[str, Any]
    settings: Settings
    source: Source | None
    injections: pd.DataFrame = field(repr=False)
    errors: pd.DataFrame = field(repr=False)
    golden: tuple[FrameResult, ...]
    planned: Mapping[Mode, int]
    seconds: Mapping[str, float]
    standings: tuple[Standing, ...] = ()
    self_check: Mapping[str, Any] | None = None
    census: tuple[Cell, ...] = field(default=(), repr=False)
    usage: tuple[KernelUsage, ...] = field(default=(), repr=False)
    fidelity: Fidelity | None = field(default=None, repr=False)
    classes: tuple[FaultClass, ...] = field(default=(), repr=False)

    @property
    def frames(self) -> int:
        """How many frames."""
        return len(self.golden)

    @property
    def judges_sets(self) -> bool:
        """Whether an answer is a set of classes."""
        return self.source is not None and self.source.together is not None

    @property
    def vocabulary(self) -> Vocabulary:
        """What its things are called."""
        return NETWORK if self.source is None else self.source.vocabulary

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
        """The kind of each part of the workload ("convolutional"); None where nothing at hand says so."""
        return None if self.source is None else self.source.part_kinds()


def on_record(campaign: Campaign) -> tuple[CampaignRecord, Shape]:
    """A campaign at hand, as analysis takes it: its record, and the shape of what it struck."""
    return record_of(campaign), shape_of(campaign.network)


def record_of_store(stored: StoredCampaign) -> CampaignRecord:
    """The record of an opened store. Raises CampaignError where its rows cannot be read."""
    facts = stored.facts
    injections, errors = stored.frame("injections"), stored.frame("errors")
    standings = facts.design.standings(stored.endings())
    asked = facts.design.asked(standings, facts.settings.modes)
    ids = set().union(*asked.values())
    return CampaignRecord(
        path=stored.path,
        fingerprint=facts.fingerprint,
        settings=facts.settings,
        source=stored.source,
        injections=injections[injections["id"].isin(ids)].reset_index(drop=True),
        errors=errors[errors["id"].isin(ids)].reset_index(drop=True),
        golden=tuple(FrameResult(*row[1:]) for row in stored.frames()),
        planned={mode: len(own) for mode, own in asked.items()},
        seconds=facts.seconds,
        standings=standings,
        self_check=facts.self_check,
        census=facts.census,
        usage=facts.usage,
        fidelity=facts.fidelity,
        classes=facts.classes,
    )


def record_of(campaign: Campaign) -> CampaignRecord:
    """The record of a campaign at hand: of the faults that its settings ask for (its folder may hold more:
    other modes, or more injections).
    """
    asked, source = campaign.asked, campaign.store.meta(KEY)
    injections, errors = campaign.injections(), campaign.errors()
    return CampaignRecord(
        path=campaign.store.path,
        fingerprint=campaign.store.meta("fingerprint"),
        settings=campaign.settings,
        source=None if source is None else source_of(source),
        injections=injections[injections["id"].isin(asked)].reset_index(drop=True),
        errors=errors[errors["id"].isin(asked)].reset_index(drop=True),
        golden=tuple(campaign.frames),
        planned=campaign.planned,
        seconds=campaign.seconds,
        standings=campaign.standings(),
        self_check=campaign.self_check,
        census=campaign.census,
        usage=campaign.usage,
        fidelity=campaign.fidelity,
        classes=campaign.design().classes,
    )
