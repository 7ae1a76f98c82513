"""``sassafras compare``: campaigns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli import of_architectures, of_models
from sassafras.cli import options as given
from sassafras.cli.completion import campaigns


@given.taking(but=of_architectures.LEFT_OUT)
def compare(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="DIR DIR...",
            help="Folders of finished campaigns, or stores (DIR/harden/*.sqlite).",
            autocompletion=campaigns,
        ),
    ] = None,
    archs: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Instead of folders: run a campaign on each of these architectures, in folders of --out.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write a page, compare.json, CSV files and figures there."),
    ] = None,
    *,
    options: given.Options,
    workers: given.Workers = None,
    tolerance: given.Tolerance = 0.0,
) -> None:
    """Compare campaigns: architectures, networks, hardening, seeds.

    The first is the reference: shares with intervals, differences from it with intervals, and tests,
    corrected for their number. Campaigns that hold the same faults are compared fault by fault.

    One folder and --models LIST: fault models of that campaign, on the sites that all of them have.
    """
    from sassafras.errors import UsageError

    if archs is None and options.models is not None:
        of_models.show_models(places or [], options, out, tolerance)
        return
    if archs is None:
        of_architectures.check_no_campaign(options)
    elif places or out is None:
        raise UsageError("--archs runs campaigns of its own: give --out DIR for them, and no folders")
    else:
        from sassafras.cli.cores import available_cores

        places = [*of_architectures.run_each(archs, options, out, workers or available_cores())]
    show_compared(places or [], out, tolerance)


def show_compared(places: Sequence[Path], out: Path | None, tolerance: float) -> None:
    """Print what a comparison found, and write it. Raises SassafrasError."""
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
