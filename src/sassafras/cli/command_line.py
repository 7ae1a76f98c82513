"""How every command ends: exit codes, and errors in one line.

0: done. 1: a condition of ``--fail-if`` is true, or a defect of ours. 2: something the user can put right.
130: stopped by the user.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from sassafras.cli.interrupt import INTERRUPTED, STOPPED, pressed
from sassafras.cli.loudness import own_loudness
from sassafras.errors import CampaignInterrupted, SassafrasError, UsageError, did_you_mean

DEFECT = 1
USER_ERROR = 2

DEBUG = "--debug"


class CommandLine(TyperGroup):
    """The group of all commands: turns every exception into one line on stderr and an exit code. Its own
    options are options of every command.

    ``--debug``, anywhere on the line, prints the traceback too.
    """

    def __init__(self, *, params: list[Any] | None = None, **attrs: Any) -> None:
        super().__init__(params=params, **attrs)
        for command in self.commands.values():
            command.params.extend(params or ())

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the first word names. Raises UsageError where there is none."""
        name = args[0]
        if name not in self.commands and not name.startswith("-") and not ctx.resilient_parsing:
            hint = did_you_mean(name, self.commands).rstrip() or f"there are: {', '.join(self.commands)}"
            raise UsageError(f"No such command {name!r}; {hint} (see --help)")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; always ends in SystemExit."""
        given = list(sys.argv[1:] if args is None else args)
        words = [word for word in given if word != DEBUG] or ["--help"]
        try:
            refuse_empty(words)
            with own_loudness():
                code = super().main(
                    words, prog_name, complete_var, False, windows_expand_args=windows_expand_args, **extra
                )
        except Exception as error:  # noqa: BLE001  (the last stop: a person reads what comes out here)
            if DEBUG in given:
                traceback.print_exception(error)
            line, code = explain(error)
            if code == DEFECT and pressed():
                line, code = STOPPED, INTERRUPTED
            typer.echo(line if code == INTERRUPTED else f"error: {line}", err=True)
        else:
            code = code if isinstance(code, int) else 0
            if code == INTERRUPTED:
                typer.echo(STOPPED, err=True)
        sys.exit(code)


def refuse_empty(words: Sequence[str]) -> None:
    """Raise UsageError for an empty word: no option and no argument has a use for one, and as a folder it
    would be the current one (``--out "$UNSET"``).
    """
    before = ""
    for word in words:
        if not word.strip() or (word.startswith("--") and word.endswith("=")):
            name = before if not word.strip() else word.removesuffix("=")
            after = f" after {name}" if name else ""
            raise UsageError(f"an empty word{after}: give a value, or leave the option out")
        before = word


def explain(error: Exception) -> tuple[str, int]:
    """One line for a person, and the exit code."""
    if isinstance(error, SassafrasError):
        return one_line(str(error)), INTERRUPTED if isinstance(error, CampaignInterrupted) else USER_ERROR
    if isinstance(error, TyperException):
        return one_line(f"{_refusal(error)} (see --help)"), USER_ERROR
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return one_line(f"{place}{error.strerror}"), USER_ERROR
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return one_line(f"{what} (a defect of ours; {DEBUG} shows where)"), DEFECT


def _refusal(error: TyperException) -> str:
    """What the reader of options says; of an option that does not exist, in our words."""
    name, context = getattr(error, "option_name", None), getattr(error, "ctx", None)
    if name is None or context is None or not hasattr(error, "possibilities"):
        return error.format_message()
    known = [option for param in context.command.get_params(context) for option in param.opts]
    hint = did_you_mean(name, known).rstrip()
    return f"No such option {name}" + (f"; {hint}" if hint else "")


def one_line(text: str) -> str:
    """The text with every stretch of white space made one blank."""
    return " ".join(text.split())
