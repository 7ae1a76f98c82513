"""``sassafras compare``: campaigns side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns


def compare(
    places: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR DIR...",
            help="Folders of finished campaigns, or stores (DIR/harden/*.sqlite).",
            autocompletion=campaigns,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a page, compare.json, CSV files and figures there."),
    ] = None,
    tolerance: given.Tolerance = 0.0,
) -> None:
    """Compare campaigns: architectures, networks, hardening, seeds.

    The first is the reference: shares with intervals, differences from it with intervals, and tests,
    corrected for their number. Campaigns that hold the same faults are compared fault by fault.
    """
    from rich.console import Console

    from sassafras.analysis.compare import compare as compared_of
    from sassafras.analysis.contenders import contest, shared_vocabulary
    from sassafras.campaign.finished import read_finished
    from sassafras.report.compare_lines import closing_lines
    from sassafras.report.compare_write import PAGE, write_comparison
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.registry import COMPARE

    critical = given.criticality(tolerance)
    compared = compared_of(contest([(str(place), read_finished(place)) for place in places]), critical)
    console = Console()
    vocabulary = shared_vocabulary(compared.contest.contenders)
    print_tables(console, COMPARE.of(compared), vocabulary)
    lines = [vocabulary.said(line) for line in closing_lines(compared)]
    if out is not None:
        write_comparison(out, compared)
        lines += [
            f"page:    {out / PAGE}",
            f"numbers: {out / 'compare.json'}, {out}/compare_*.csv",
            f"figures: {out}/compare_*.png, .svg",
        ]
    for line in lines:
        console.print(line, highlight=False, markup=False)
