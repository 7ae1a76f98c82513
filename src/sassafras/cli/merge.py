"""``sassafras merge``: shards from several machines into one campaign; what a damaged store still holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli.completion import campaigns
from sassafras.errors import typed


def merge(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New folder for all rows.")],
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Folders of one campaign.", autocompletion=campaigns),
    ],
    salvage: Annotated[
        bool, typer.Option("--salvage", help="Of a damaged store take what can be read, leave the rest out.")
    ] = False,
) -> None:
    """Put shards of one campaign together, from several machines.

    Shards are made with run --shard 1/5 and so on; merged they have the rows of the undivided campaign. They
    may overlap; a fault with different rows is refused, and named. The folders are not changed.
    """
    from rich.console import Console

    from sassafras.campaign.merge import merge as merge_folders
    from sassafras.campaign.status import read_status
    from sassafras.campaign.store.folder import check_ours
    from sassafras.cli.status import print_status

    check_ours(out)
    parts = merge_folders(out, folders, salvage=salvage)
    console = Console()
    for part in parts:
        had = f"{part.injections} injections, {part.errors} errors"
        console.print(f"{part.folder}: {had}, {part.new} of them new", highlight=False, soft_wrap=True)
    found = read_status(out)
    print_status(console, found)
    if found.complete:
        console.print(f"tables and figures: {typed('resume', out)}", highlight=False, soft_wrap=True)
