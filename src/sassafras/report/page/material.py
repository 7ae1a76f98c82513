"""Everything that the page is made of, read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import sassafras
from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.own import demand_sample
from sassafras.analysis.results import Results
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.report.page.hardened import Hardening, read_hardening
from sassafras.report.tables.avf import campaign_numbers, read_avf
from sassafras.simulation.frame_result import FrameResult


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

    ``folder``: as the user named it, for commands to copy. ``bundled``: the network is the one that comes
    with Sassafras. ``launches``: of each kernel in one inference. ``avf``: of the register file
    (`campaign_numbers`), None where it is unknown. ``hardening``: None where none was studied.
    """

    folder: str
    version: str
    results: Results
    settings: Settings
    network_digest: str
    bundled: bool
    classes: tuple[str, ...]
    frames: tuple[FrameResult, ...]
    layers: tuple[LayerFacts, ...]
    launches: Mapping[str, int]
    avf: Mapping[str, Any] | None
    hardening: Hardening | None


def gather(
    record: CampaignRecord, shape: Shape, results: Results, avf: CampaignAvf | None = None
) -> Material:
    """Read what the page says beside the results; hardening, and ``avf`` where it is not given, from what
    ``sassafras harden`` and ``run`` left in the folder.

    Raises CampaignError for a store of hardening that cannot be read, UsageError for faults that the user
    chose: the page is made of shares and intervals.
    """
    folder = record.path.parent
    demand_sample(folder, record.settings)
    return Material(
        folder=str(folder),
        version=sassafras.__version__,
        results=results,
        settings=record.settings,
        network_digest=shape.digest,
        bundled=record.source is not None and record.source.is_bundled,
        classes=shape.answers,
        frames=record.golden,
        layers=tuple(LayerFacts(y.index, y.kind, y.shape, prod(y.shape)) for y in shape.parts),
        launches=Counter(planned.kernel for planned in shape.launches),
        avf=read_avf(folder, results) if avf is None else campaign_numbers(avf),
        hardening=read_hardening(record, results),
    )
