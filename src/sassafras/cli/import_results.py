"""``sassafras import``: results of SASSIFI and NVBitFI in our tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd


def import_results(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Result files, or folders that hold them.")
    ],
    tool: Annotated[str, typer.Option("--format", metavar="sassifi|nvbitfi", help="Whose results.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the import: a new one.")],
    beside: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Show a campaign of ours beside them.")
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=MASKED|DUE|SDC|NONE",
            help="What an outcome category of a fork means, as in 20=SDC. May be repeated.",
        ),
    ] = None,
) -> None:
    """Read results of SASSIFI or NVBitFI into tables like ours.

    Marked as imported, in a store of their own. What the formats do not say (layers, severities) stays empty.
    """
    from rich.console import Console

    from sassafras.campaign.store.folder import check_ours
    from sassafras.cli.names import choose
    from sassafras.interchange.formats import Tool, parse_categories
    from sassafras.interchange.imported import IMPORTED, write_imported
    from sassafras.interchange.results import read_results, result_files
    from sassafras.report.imported_files import closing_lines, write_imported_files
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.imported import beside_ours
    from sassafras.report.tables.registry import IMPORTED as IMPORTED_TABLES

    chosen = choose("format", tool, {t.value: t for t in Tool})
    check_ours(out, IMPORTED)
    given = parse_categories(outcome or [])
    own = None if beside is None else _injections_of(beside)
    paths = result_files(files)
    found = write_imported(out, chosen, paths, read_results(chosen, paths, given))
    write_imported_files(out, found)
    console = Console()
    shown = IMPORTED_TABLES.of(found)
    if own is not None:
        shown += [beside_ours(found, own, by) for by in (["mode"], ["mode", "kernel"])]
    print_tables(console, shown)
    for line in (*closing_lines(found), f"tables:  {out}{os.sep}*.csv, {out / 'summary.json'}"):
        console.print(line, highlight=False, soft_wrap=True)


def _injections_of(folder: Path) -> pd.DataFrame:
    """The injections of a campaign of ours. Raises CampaignError."""
    from contextlib import closing

    from sassafras.campaign.source import open_campaign

    campaign, _ = open_campaign(folder, reading=True)
    with closing(campaign.store):
        return campaign.injections()
