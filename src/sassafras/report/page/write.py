"""Writing the page."""

from __future__ import annotations

from pathlib import Path

from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.results import Results
from sassafras.campaign.record import CampaignRecord
from sassafras.campaign.shape import Shape
from sassafras.report.files import PAGE, write_text
from sassafras.report.page.material import gather
from sassafras.report.page.render import render

NAME = PAGE


def write_page(
    record: CampaignRecord, shape: Shape, results: Results, avf: CampaignAvf | None = None
) -> Path:
    """Write ``report.html`` into the campaign's folder: one file that needs nothing else. The same campaign
    gives the same bytes. ``avf``: as `gather`.
    """
    path = record.path.parent / NAME
    write_text(path, render(gather(record, shape, results, avf)))
    return path
