"""``sassafras report``: the page of a finished campaign, and its figures and tables for papers."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns
from sassafras.cli.judging import FailIf, Junit, judge_store, read_conditions, tell_judged

if TYPE_CHECKING:
    from sassafras.analysis.compare import Compared
    from sassafras.analysis.critical import Criticality
    from sassafras.analysis.results import Results
    from sassafras.campaign.record import CampaignRecord
    from sassafras.report.figures.files import Format
    from sassafras.report.page.material import Material


Previous: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="OLD",
        help="A former campaign: its values beside today's, on the first screen.",
        autocompletion=campaigns,
    ),
]


def report(
    folder: given.Finished,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write figures and tables (LaTeX, CSV) for a paper here too."),
    ] = None,
    formats: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="Of the figures [default: pdf,svg,png]")
    ] = None,
    columns: Annotated[
        int | None, typer.Option(metavar="1|2", help="Width of the figures [default: 2 columns]")
    ] = None,
    tolerance: given.Tolerance = 0.0,
    previous: Previous = None,
    fail_if: FailIf = None,
    junit: Junit = None,
) -> None:
    """Write report.html: one page that needs no network.

    With --figures also the figures and tables of a paper.
    """
    from sassafras.analysis.results import read_results
    from sassafras.campaign.record import on_record
    from sassafras.campaign.source import check_finished, open_campaign
    from sassafras.errors import UsageError
    from sassafras.report.files import PAGE, write_text
    from sassafras.report.harden_json import NAME as STUDY
    from sassafras.report.page.material import gather
    from sassafras.report.page.render import render

    if figures is None and (formats is not None or columns is not None):
        raise UsageError("--format and --columns are of the figures for a paper: give --figures OUT too")
    if figures is not None and figures.exists() and not figures.is_dir():
        raise UsageError(f"--figures {figures} is a file; choose a folder")
    if columns not in (None, 1, 2):
        raise UsageError(f"--columns {columns}: a figure is 1 or 2 columns wide")
    kinds, critical = chosen_formats(formats), given.criticality(tolerance)
    campaign, source = open_campaign(folder, reading=True)
    with closing(campaign.store):
        conditions = read_conditions(fail_if, junit, campaign.settings.used_models)
        check_finished(campaign)
        record, shape = on_record(campaign)
        results = read_results(record, shape, synthetic=source.is_synthetic, critical=critical)
        if results.sampling.counted is not None and figures is None and previous is None:
            _write_counted(folder, results)
            judge_store(folder, conditions, junit, critical)
            return
        material = gather(record, shape, results, conditions=conditions or None)
    if previous is not None:
        material = replace(material, former=_beside(previous, folder, record, critical))
    write_text(folder / PAGE, render(material))
    typer.echo(f"page:    {folder / PAGE}")
    if material.hardening is None and (folder / STUDY).is_file():
        typer.echo(f"note:    {folder / STUDY} is of another campaign or version, and is left out", err=True)
    if figures is not None:
        _write_figures(figures, material, kinds, 2 if columns is None else columns)
    if conditions:
        tell_judged(folder, record, material.conditions, junit, critical)


def _beside(previous: Path, folder: Path, record: CampaignRecord, critical: Criticality) -> Compared:
    """The former campaign and this one. Raises UsageError for what cannot be compared."""
    from sassafras.analysis.compare import compare
    from sassafras.analysis.contenders import contest
    from sassafras.campaign.finished import read_finished

    return compare(contest([(str(previous), read_finished(previous)), (str(folder), record)]), critical)


def chosen_formats(text: str | None) -> list[Format]:
    """The formats that --format names. Raises UsageError."""
    from sassafras.cli.names import choose_list
    from sassafras.report.figures.files import Format

    known = {kind.value: kind for kind in Format}
    return list(known.values()) if text is None else list(choose_list("format", text, known))


def _write_counted(folder: Path, results: Results) -> None:
    """The page of a whole population."""
    from sassafras.report.files import PAGE, write_text
    from sassafras.report.page.exact import exact_page

    write_text(folder / PAGE, exact_page(results))
    typer.echo(f"page:    {folder / PAGE}")


def _write_figures(folder: Path, material: Material, kinds: list[Format], columns: int) -> None:
    from sassafras.report.figures.plotted import SIZES
    from sassafras.report.plots import write_paper_figures

    write_paper_figures(folder, material, kinds, SIZES[columns])
    shown = ", ".join(f".{kind.value}" for kind in kinds)
    typer.echo(f"figures: {folder}{os.sep}* ({shown}), tables: {folder}{os.sep}*.tex, *.csv")
