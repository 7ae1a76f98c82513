"""The command ``sassafras``."""

from __future__ import annotations

from typing import Annotated

import typer

from sassafras import __version__
from sassafras.cli.command_line import CommandLine
from sassafras.cli.harden import harden
from sassafras.cli.kernels import kernels
from sassafras.cli.profile import profile
from sassafras.cli.run import run
from sassafras.cli.verify import verify

app = typer.Typer(
    cls=CommandLine,
    name="sassafras",
    help="Fault injection into GPU machine code, emulated on the CPU, to study neural networks.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(profile)
app.command()(kernels)
app.command()(harden)
app.command()(verify)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sassafras {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Options of every command; `CommandLine` has acted on them before this is called."""


def main() -> None:
    """Run the command line of this process (the console entry point)."""
    app()
