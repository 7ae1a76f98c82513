"""Everything that a campaign leaves in its folder beside the store."""

from __future__ import annotations

import json
from pathlib import Path

from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.results import Results
from sassafras.analysis.summary import summarise
from sassafras.report.avf_numbers import avf_numbers
from sassafras.report.chart import charts
from sassafras.report.csv_files import write_csv_files
from sassafras.report.figures import write_figures
from sassafras.report.files import write_text


def write_report(folder: Path, results: Results, avf: CampaignAvf | None = None) -> list[Path]:
    """Write ``summary.json``, ``*.csv`` and ``figures/*.png``; returns their paths. Raises CampaignError when
    the campaign is not finished.
    """
    summary = summarise(results)
    if avf is not None:
        summary["avf"] = {"device": avf.device.name, **avf_numbers(avf.cells, avf.launches)}
        write_text(folder / "avf.csv", avf.cells.to_csv(index=False, lineterminator="\n"))
    paths = write_csv_files(folder, results)
    paths += write_figures(folder / "figures", charts(results))
    # Last: where it is, everything is.
    write_text(folder / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
    return [*paths, folder / "summary.json"]
