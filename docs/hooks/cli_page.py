"""The command line, from the commands themselves."""

from __future__ import annotations

from typing import Any

from typer.main import get_command

from sassafras.cli.command_line import DEFECT, INTERRUPTED, USER_ERROR
from sassafras.cli.judging import CONDITION_TRUE
from sassafras.cli.main import app

COMMON = (
    "Options of every command: `-h`, `--help`; `-q`, `--quiet`: only errors, paths and verdicts; `-v`, "
    "`--verbose`: also times, cache and versions; `-V`, `--version`; `--debug` shows where an error is from. "
    "[Commands](../commands.md) says more, and how to complete them with Tab."
)
EXIT_CODES = (
    f"Exit codes: 0 done; {CONDITION_TRUE} a condition of `--fail-if` is true; {USER_ERROR} something the "
    f"user can put right, in one line on stderr; {INTERRUPTED} stopped by the user. A defect of ours is "
    f"{DEFECT} too, and says so."
)


def page() -> str:
    """Every command with its arguments and options."""
    group: Any = get_command(app)
    parts = ["# Command line", group.help, COMMON, EXIT_CODES]
    parts += [_command(name, command) for name, command in group.commands.items()]
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden and p.expose_value]
    usage = " ".join(["sassafras", name, *(p.metavar or p.name.upper() for p in arguments), "[OPTIONS]"])
    rows = [f"| `{p.metavar or p.name}` | {_escaped(p.help or '')} |" for p in arguments]
    rows += [_option(p) for p in options]
    table = "\n".join(["| | |", "|---|---|", *rows])
    return "\n\n".join([f"## {name}", f"    {usage}", command.help or "", table])


def _option(option: Any) -> str:
    names = ", ".join(option.opts)
    value = "" if option.is_flag else f" {option.metavar or option.type.name.upper()}"
    text = option.help or ""
    shown = option.default not in (None, False) and "[default" not in text and not callable(option.default)
    default = f" [default: {option.default}]" if shown else ""
    return f"| `{names}{value}` | {_escaped(text + default)} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
