"""Everything that the page is made of, read once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.compare import Compared
from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Condition, Judged
from sassafras.analysis.critical import Criticality
from sassafras.analysis.judging import judge_campaign
from sassafras.analysis.own import demand_sample
from sassafras.analysis.results import Results
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.campaign.store.folder import RECIPE
from sassafras.campaign.usage import KernelUsage
from sassafras.errors import UsageError
from sassafras.report.page.hardened import Hardening, read_hardening
from sassafras.report.tables.avf import campaign_numbers, read_avf
from sassafras.simulation.frame_result import FrameResult
from sassafras.workload.source import Source


@dataclass(frozen=True)
class LayerFacts:
    """A layer: its index, kind, shape of its output (channels, height, width) and values in it."""

    index: int
    kind: str
    shape: tuple[int, int, int]
    values: int


@dataclass(frozen=True, eq=False)
class Material:
    """A finished campaign and what is known about it.

    ``folder``: as the user named it, for commands to copy. ``source``: where network and inputs are
    from, None where the store does not say. ``launches``: of each kernel in one inference. ``avf``: of the
    register file (`campaign_numbers`), None where it is unknown. ``hardening``: None where none was studied.
    ``usage``: the kernels of an inference, empty where the store does not say. ``conditions``: of the run,
    judged; ``unread``: those that are none, and why. ``former``: a former campaign (the reference) beside
    this one.
    ``sets``: an answer is a set of classes.
    """

    folder: str
    results: Results
    settings: Settings
    network_digest: str
    source: Source | None
    classes: tuple[str, ...]
    frames: tuple[FrameResult, ...]
    layers: tuple[LayerFacts, ...]
    launches: Mapping[str, int]
    avf: Mapping[str, Any] | None
    hardening: Hardening | None
    usage: tuple[KernelUsage, ...] = ()
    conditions: tuple[Judged, ...] = ()
    unread: tuple[str, ...] = ()
    former: Compared | None = None
    sets: bool = False

    @property
    def everything(self) -> str | None:
        """The preset that strikes every kernel of the network, where there is one."""
        return None if self.source is None else self.source.everything

    @property
    def trained_on(self) -> str | None:
        """What a bundled network was trained on, in words."""
        return None if self.source is None else self.source.trained_on


def gather(
    record: CampaignRecord,
    shape: Shape,
    results: Results,
    avf: CampaignAvf | None = None,
    conditions: Sequence[Condition] | None = None,
) -> Material:
    """Read what the page says beside the results; hardening, and ``avf`` where it is not given, from what
    ``sassafras harden`` and ``run`` left in the folder. ``conditions``: to judge; None: those that the run
    was given.

    Raises CampaignError for a store of hardening that cannot be read, UsageError for faults that the user
    chose: the page is made of shares and intervals.
    """
    folder = record.path.parent
    unread: tuple[str, ...] = ()
    demand_sample(folder, record.settings)
    if conditions is None:
        judged, unread = _judged_of_the_run(record, results.critical)
    else:
        judged = tuple(judge_campaign(record, conditions, results.critical)) if conditions else ()
    return Material(
        folder=str(folder),
        results=results,
        settings=record.settings,
        network_digest=shape.digest,
        source=record.source,
        classes=shape.classes,
        sets=shape.sets,
        frames=record.golden,
        layers=tuple(LayerFacts(y.index, y.kind, y.shape, prod(y.shape)) for y in shape.parts),
        launches=Counter(planned.kernel for planned in shape.launches),
        avf=read_avf(folder, results.injections) if avf is None else campaign_numbers(avf),
        hardening=read_hardening(record, results),
        usage=record.usage,
        conditions=judged,
        unread=unread,
    )


def _judged_of_the_run(
    record: CampaignRecord, critical: Criticality
) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """What ``run --fail-if`` was given, as the campaign's folder keeps it; what of it is no condition, or
    none of this campaign, and why.
    """
    path = record.path.parent / RECIPE
    try:
        held = tomllib.loads(path.read_text("utf-8")).get("fail-if", [])
    except (OSError, ValueError):  # not there, or no longer as it was written
        return (), ()
    judged, unread = [], []
    for text in map(str, held if isinstance(held, list) else [held]):
        try:
            judged += judge_campaign(record, [parse_condition(text, record.settings.used_models)], critical)
        except UsageError as error:
            unread.append(f"{text}: {error}")
    return tuple(judged), tuple(unread)
