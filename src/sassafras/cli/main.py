"""The command ``sassafras``."""

from __future__ import annotations

from typing import Annotated

import typer

from sassafras import __version__
from sassafras.cli.check import check
from sassafras.cli.command_line import CommandLine
from sassafras.cli.compare import compare
from sassafras.cli.explain import explain
from sassafras.cli.export import export
from sassafras.cli.fit import fit
from sassafras.cli.harden import harden
from sassafras.cli.import_results import import_results
from sassafras.cli.kernels import kernels
from sassafras.cli.merge import merge
from sassafras.cli.plan import plan
from sassafras.cli.profile import profile
from sassafras.cli.report import report
from sassafras.cli.resume import resume
from sassafras.cli.run import run
from sassafras.cli.sites import sites
from sassafras.cli.status import status
from sassafras.cli.tables import tables
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
app.command()(plan)
app.command()(profile)
app.command()(kernels)
app.command()(harden)
app.command()(report)
app.command()(status)
app.command()(resume)
app.command()(merge)
app.command()(export)
app.command()(check)
app.command()(compare)
app.command()(fit)
app.command()(sites)
app.command("import")(import_results)
app.command()(tables)
app.command()(explain)
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
    """Run the command line of this process (`sassafras.__main__.main`, which needs none of this yet)."""
    from sassafras.__main__ import main as run_all

    run_all()
