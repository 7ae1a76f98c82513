"""The command ``sassafras``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

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
from sassafras.cli.loudness import Loudness, choose
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
    context_settings={"help_option_names": ["-h", "--help"]},
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


def _be_quiet(wanted: bool) -> None:
    if wanted:
        choose(Loudness.QUIET)


def _be_verbose(wanted: bool) -> None:
    if wanted:
        choose(Loudness.VERBOSE)


def _option(*names: str, says: str, callback: Callable[[bool], None] | None = None) -> Any:
    """An option of every command: acted on as soon as it is read, and no argument of the command."""
    return typer.Option(*names, callback=callback, is_eager=True, expose_value=False, help=says)


@app.callback()
def options(
    quiet: Annotated[
        bool, _option("-q", "--quiet", says="Only errors, paths and verdicts.", callback=_be_quiet)
    ] = False,
    verbose: Annotated[
        bool, _option("-v", "--verbose", says="Also times, cache and versions.", callback=_be_verbose)
    ] = False,
    version: Annotated[
        bool, _option("-V", "--version", says="Print the version.", callback=_print_version)
    ] = False,
    debug: Annotated[bool, _option("--debug", says="Show where an error comes from.")] = False,
) -> None:
    """Options of every command (`CommandLine` gives them to each)."""


def main() -> None:
    """Run the command line of this process (`sassafras.__main__.main`, which needs none of this yet)."""
    from sassafras.__main__ import main as run_all

    run_all()
