"""Everything that a campaign leaves in its folder beside the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sassafras.analysis.campaign_avf import FILE as AVF_FILE
from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.results import Results
from sassafras.analysis.summary import summarise
from sassafras.report.csv_files import write_csv_files
from sassafras.report.drawing import Drawing
from sassafras.report.figures.registry import campaign_figures
from sassafras.report.figures.value import Figure
from sassafras.report.files import SUMMARY, write_text
from sassafras.report.own_files import write_own_report
from sassafras.report.tables.avf import campaign_numbers


def begin_figures(
    folder: Path, figures: Sequence[Figure], processes: int = 1, formats: Sequence[str] = ("png",)
) -> Drawing:
    """Begin to draw ``folder/NAME.FORMAT``. ``processes``: 1 draws in this process, when it is asked to
    finish.
    """

    def draw(some: Sequence[Figure]) -> None:
        from sassafras.report.figures.files import Format, write_figures  # matplotlib: only where needed

        write_figures(folder, some, [Format(name) for name in formats])

    return Drawing(draw, figures, processes)


def write_report(
    folder: Path, results: Results, avf: CampaignAvf | None = None, drawing: Drawing | None = None
) -> list[Path]:
    """Write ``summary.json``, ``*.csv`` and ``figures/*.png``; returns their paths. ``drawing``: the figures,
    where they have been begun.

    Raises CampaignError when the campaign is not finished.
    """
    if results.sampling.chosen or results.sampling.counted is not None:
        return write_own_report(folder, results)
    summary = summarise(results)
    if avf is not None:
        summary["avf"] = campaign_numbers(avf)
        write_text(folder / AVF_FILE, avf.cells.to_csv(index=False, lineterminator="\n"))
    paths = write_csv_files(folder, results)
    drawing = drawing or begin_figures(folder / "figures", campaign_figures(results, run=True))
    drawing.finish()
    paths += [folder / "figures" / f"{figure.name}.png" for figure in drawing.figures]
    # Last: where it is, everything is.
    write_text(folder / SUMMARY, json.dumps(summary, indent=2, allow_nan=False) + "\n")
    return [*paths, folder / SUMMARY]
