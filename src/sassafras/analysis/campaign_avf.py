"""The AVF of a campaign: over the kernels it injected into, and their time alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.avf import ResidentLaunch, avf_cells, resident_launches, strikes
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.architectures.device import Device
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.kernels.cost import LaunchCost

FILE = "avf.csv"  #: in a campaign's folder: its cells


@dataclass(frozen=True, eq=False)
class CampaignAvf:
    """What the campaign's launches allocate, and the strikes in them (`avf.avf_cells`)."""

    device: Device
    launches: tuple[ResidentLaunch, ...]
    cells: pd.DataFrame


def campaign_avf(
    record: CampaignRecord,
    shape: Shape,
    costs: Callable[[Device], Mapping[int, LaunchCost]],
    critical: Criticality = PLAIN,
) -> CampaignAvf | None:
    """AVF from a campaign's injections; None without single-bit faults in registers of single threads, or
    without a card for its architecture. ``costs``: modelled, of each launch of the campaign's kernels.
    """
    device = _device(record)
    if device is None:
        return None
    seconds = {number: cost.seconds for number, cost in costs(device).items()}
    return _avf(record, shape, device, seconds, critical)


def written_avf(record: CampaignRecord, shape: Shape, critical: Criticality = PLAIN) -> CampaignAvf | None:
    """As `campaign_avf` of a campaign that is only read: the modelled seconds of its launches are those that
    ``sassafras run`` wrote into `FILE`. None where it wrote none, or not of the launches of this campaign.
    """
    device = _device(record)
    if device is None:
        return None
    try:
        written = pd.read_csv(record.path.parent / FILE)
        seconds = {int(n): float(s) for n, s in zip(written["launch"], written["seconds"], strict=True)}
    except (OSError, ValueError, KeyError):  # none, or damaged: it can be made again by sassafras run
        return None
    struck = [p.index for p in shape.launches if p.kernel in record.settings.kernels]
    if sorted(seconds) != struck:
        return None
    return _avf(record, shape, device, seconds, critical)


def _device(record: CampaignRecord) -> Device | None:
    """The card, where there is one and something to say of it."""
    return None if strikes(record.injections).empty else record.settings.architecture.device


def _avf(
    record: CampaignRecord,
    shape: Shape,
    device: Device,
    seconds: Mapping[int, float],
    critical: Criticality,
) -> CampaignAvf:
    plan = [shape.launches[number] for number in seconds]
    launches = resident_launches(plan, list(seconds.values()), record.settings.architecture, device)
    return CampaignAvf(device, launches, avf_cells(record.injections, launches, critical))
