"""The AVF of a campaign: over the kernels it injected into, and their time alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.avf import ResidentLaunch, avf_cells, resident_launches, strikes
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.architectures.device import Device
from sassafras.architectures.registry import architecture
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.counting import profiled_costs

FILE = "avf.csv"  #: in a campaign's folder: its cells


@dataclass(frozen=True, eq=False)
class CampaignAvf:
    """What the campaign's launches allocate, and the strikes in them (`avf.avf_cells`)."""

    device: Device
    launches: tuple[ResidentLaunch, ...]
    cells: pd.DataFrame


def campaign_avf(
    campaign: Campaign, injections: pd.DataFrame, critical: Criticality = PLAIN
) -> CampaignAvf | None:
    """AVF from these injections of a campaign that has profiles; None without single-bit faults in registers
    of single threads, or without a card for its architecture.
    """
    device = architecture(campaign.settings.arch).device
    if device is None or strikes(injections).empty:
        return None
    costs = profiled_costs(campaign, device)
    return _avf(campaign, device, {n: cost.seconds for n, cost in costs.items()}, injections, critical)


def written_avf(
    campaign: Campaign, injections: pd.DataFrame, critical: Criticality = PLAIN
) -> CampaignAvf | None:
    """As `campaign_avf` of a campaign that is only read: the modelled seconds of its launches are those that
    ``sassafras run`` wrote into `FILE`. None where it wrote none, or not of the launches of this campaign.
    """
    device = architecture(campaign.settings.arch).device
    if device is None or strikes(injections).empty:
        return None
    try:
        written = pd.read_csv(campaign.folder / FILE)
        seconds = {int(n): float(s) for n, s in zip(written["launch"], written["seconds"], strict=True)}
    except (OSError, ValueError, KeyError):  # none, or damaged: it can be made again by sassafras run
        return None
    struck = [p.index for p in campaign.network.plan if p.kernel in campaign.settings.kernels]
    if sorted(seconds) != struck:
        return None
    return _avf(campaign, device, seconds, injections, critical)


def _avf(
    campaign: Campaign,
    device: Device,
    costs: Mapping[int, float],
    injections: pd.DataFrame,
    critical: Criticality,
) -> CampaignAvf:
    plan = [campaign.network.plan[number] for number in costs]
    seconds = list(costs.values())
    launches = resident_launches(plan, seconds, campaign.settings.arch, device)
    return CampaignAvf(device, launches, avf_cells(injections, launches, critical))
