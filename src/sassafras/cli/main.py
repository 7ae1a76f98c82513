"""The command ``sassafras``."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from sassafras import __version__
from sassafras.cli.command_line import CommandLine
from sassafras.cli.loudness import Loudness, choose

_FIRST = (
    *("run", "plan", "profile", "kernels", "harden", "report", "status", "resume", "merge", "export"),
    *("check", "compare", "fit", "sites", "import", "tables", "explain", "verify"),
)
"""The order of ``--help``: along a study. What is not here follows by name."""
_COMMAND = re.compile(r'"""``sassafras ([a-z-]+)``')


def commands() -> dict[str, str]:
    """The modules of this room that are a command, by its name: the first words of such a file say so, and
    its function is called as the file is. There is no list to keep.
    """
    files = Path(__file__).parent.glob("*.py")
    said = {path.stem: _COMMAND.match(path.read_text(encoding="utf-8")) for path in files}
    found = {words[1]: name for name, words in said.items() if words}
    return dict(sorted(found.items(), key=lambda one: ((*_FIRST, one[0]).index(one[0]), one[0])))


app = typer.Typer(
    cls=CommandLine,
    name="sassafras",
    help="Fault injection into GPU machine code, emulated on the CPU, to study neural networks.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for _command, _name in commands().items():
    app.command(_command)(getattr(import_module(f"sassafras.cli.{_name}"), _name))


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
