"""``sassafras status``: how far a campaign is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given

if TYPE_CHECKING:
    from rich.console import Console

    from sassafras.campaign.status import Status


def status(
    folder: given.Folder,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Tell how far a campaign is, also while it runs.

    Reads its folder and nothing else: no network is loaded, nothing is written.
    """
    from rich.console import Console

    from sassafras.campaign.status import read_status
    from sassafras.report.status_lines import status_json

    found = read_status(folder)
    if as_json:
        typer.echo(json.dumps(status_json(found), indent=2, allow_nan=False))
        return
    print_status(Console(), found)


def print_status(console: Console, found: Status) -> None:
    """Lines and table for people."""
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.status_lines import status_lines
    from sassafras.report.tables.kernels import status

    first, *rest = status_lines(found)
    console.print(first, highlight=False, soft_wrap=True)
    print_table(console, status(found))
    for line in rest:
        console.print(line, highlight=False, soft_wrap=True)
