"""``sassafras sites``: a campaign's faults for other injectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.cli import options as given


def sites(
    folder: given.Folder,
    tool: Annotated[str, typer.Option("--format", metavar="sassifi|nvbitfi", help="Whose lists.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write them: a new folder.")],
    workers: given.Workers = None,
) -> None:
    """Write a campaign's faults for SASSIFI or NVBitFI.

    Injection lists, to be run on a real GPU: one file for each frame, mode, instruction group and bit-flip
    model, as those tools have it.
    """
    from rich.console import Console

    from sassafras.campaign.source import open_campaign
    from sassafras.cli.cores import available_cores
    from sassafras.cli.names import choose
    from sassafras.cli.progress import shown_progress
    from sassafras.interchange.export import INDEX, export_sites
    from sassafras.interchange.site_lists import LINES

    chosen = choose("format", tool, {t.value: t for t in LINES})
    campaign, _ = open_campaign(folder)
    with shown_progress(Console(stderr=True)) as progress:
        found = export_sites(campaign, chosen, out, workers or available_cores(), progress)
    typer.echo(
        f"{found.lines} faults in {len(found.files)} {chosen.label} lists; which is which: {out / INDEX}"
    )
    for path in found.files:
        typer.echo(f"  {path}")
    if found.noted:
        typer.echo(f"{found.noted} will not do there exactly what they did here (column note of {INDEX})")
    for reason, count in found.unsaid.items():
        typer.echo(f"{count} left out: {reason}")
