"""``sassafras export``: the rows of a campaign for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given

if TYPE_CHECKING:
    from sassafras.report.export import Format


def export(
    folder: given.Folder,
    kind: Annotated[
        str | None,
        typer.Option("--format", metavar="parquet|csv|json", help="[default: as --out ends, else parquet]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="[default: DIR/export/TABLE.FORMAT]")
    ] = None,
    table: Annotated[
        str, typer.Option(metavar="injections|errors", help="What: one row each.")
    ] = "injections",
) -> None:
    """Write every stored row as Parquet, CSV or JSON.

    Works on a campaign that runs or is unfinished too: the rows that are stored now.
    """
    from sassafras.campaign.status import status_of
    from sassafras.campaign.store.stored import open_stored
    from sassafras.cli.names import choose
    from sassafras.report.export import Table, default_path
    from sassafras.report.export import export as export_rows
    from sassafras.report.status_lines import state_of

    wanted = choose("table", table, {t.value: t for t in Table})
    form = chosen_format(kind, out)
    path = out or default_path(folder, wanted, form)
    with open_stored(folder) as stored:
        count = export_rows(stored, wanted, form, path)
        found = status_of(stored)
    failed = sum(mode.errors for mode in found.modes)
    typer.echo(f"{count} {wanted.value} of {folder} ({state_of(found)}, fingerprint {found.digest}): {path}")
    if failed and wanted is Table.INJECTIONS:
        typer.echo(f"errors of ours, which are no injections: {failed} (--table errors)")


def chosen_format(kind: str | None, out: Path | None) -> Format:
    """The format asked for, else that of the file's suffix, else Parquet. Raises UsageError."""
    from sassafras.cli.names import choose
    from sassafras.report.export import Format

    known = {f.value: f for f in Format}
    if kind is not None:
        return choose("format", kind, known)
    if out is None:
        return Format.PARQUET
    return choose("format", out.suffix.removeprefix("."), known)
