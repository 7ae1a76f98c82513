"""Writing the page."""

from __future__ import annotations

from pathlib import Path

from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.results import Results
from sassafras.campaign.campaign import Campaign
from sassafras.report.files import write_text
from sassafras.report.page.material import gather
from sassafras.report.page.render import render

NAME = "report.html"


def write_page(campaign: Campaign, results: Results, avf: CampaignAvf | None = None) -> Path:
    """Write ``report.html`` into the campaign's folder: one file that needs nothing else. The same campaign
    gives the same bytes. ``avf``: as `gather`.
    """
    path = campaign.folder / NAME
    write_text(path, render(gather(campaign, results, avf)))
    return path
