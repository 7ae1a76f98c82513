"""``sassafras tables``: the tables of a campaign or an import, once more."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns
from sassafras.cli.loudness import phase

if TYPE_CHECKING:
    from sassafras.analysis.critical import Criticality
    from sassafras.report.table import Table
    from sassafras.workload.vocabulary import Vocabulary


def tables(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder of a campaign or of an import.", autocompletion=campaigns),
    ],
    tolerance: given.Tolerance = 0.0,
) -> None:
    """Print the tables of a finished campaign, or of imported results."""
    from rich.console import Console

    from sassafras.interchange.imported import is_import, read_imported
    from sassafras.report.imported_files import closing_lines
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.registry import IMPORTED
    from sassafras.workload.vocabulary import NETWORK

    console, critical = Console(), given.criticality(tolerance)
    if is_import(folder):
        found = read_imported(folder)
        opening: list[str] = []
        vocabulary = NETWORK
        shown, lines = IMPORTED.of(found), closing_lines(found)
    else:
        opening, shown, vocabulary = _of_campaign(folder, critical)
        lines = []
    for line in opening:
        console.print(line, "", sep="\n", highlight=False, soft_wrap=True)
    print_tables(console, shown, vocabulary)
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _of_campaign(folder: Path, critical: Criticality) -> tuple[list[str], list[Table], Vocabulary]:
    """What is printed before the tables, the tables, and what things are called."""
    from sassafras.analysis.campaign_avf import written_avf
    from sassafras.analysis.results import read_results
    from sassafras.campaign.record import on_record
    from sassafras.campaign.source import check_finished, open_campaign
    from sassafras.report.tables.avf import avf as avf_tables
    from sassafras.report.tables.avf import campaign_numbers
    from sassafras.report.tables.captions import golden_line
    from sassafras.report.tables.registry import campaign_tables

    with phase("loading network"):
        campaign, source = open_campaign(folder, reading=True)
    with closing(campaign.store), phase("reading rows"):
        check_finished(campaign)
        record, shape = on_record(campaign)
        results = read_results(record, shape, synthetic=source.is_synthetic, critical=critical)
        avf = written_avf(record, shape, critical)
    shown = campaign_tables(results) + avf_tables(None if avf is None else campaign_numbers(avf))
    opening = [] if results.vocabulary.pairs else [golden_line(results.golden)]
    return opening, shown, results.vocabulary
