"""``sassafras report``: the page of a finished campaign, and its figures and tables for papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished campaign.")],
) -> None:
    """Write report.html: one page that needs no network."""
    from sassafras.analysis.results import read_results
    from sassafras.campaign.source import check_finished, open_campaign
    from sassafras.report.page.write import write_page

    campaign, source = open_campaign(folder)
    check_finished(campaign)
    results = read_results(campaign, synthetic=source.images is None)
    path = write_page(campaign, results)
    typer.echo(f"page:    {path}")
