"""The AVF of a campaign that has just been run: over the kernels it injected into, and their time alone."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.avf import ResidentLaunch, avf_cells, resident_launches, strikes
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.counting import profiled_costs
from sassafras.kernels.device import Device, device_of


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
    device = device_of(campaign.settings.arch)
    if device is None or strikes(injections).empty:
        return None
    costs = profiled_costs(campaign, device)
    plan = [campaign.network.plan[number] for number in costs]
    seconds = [cost.seconds for cost in costs.values()]
    launches = resident_launches(plan, seconds, campaign.settings.arch, device)
    return CampaignAvf(device, launches, avf_cells(injections, launches, critical))
