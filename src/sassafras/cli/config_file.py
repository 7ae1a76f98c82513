"""A command in a file: ``run --config study.toml``. Keys are names of options, without the dashes before
them; the command line wins over the file, and relative paths are meant beside it.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from sassafras.errors import UsageError, did_you_mean

CONFIG = "config"
LAST = "run"  #: the command that knows every key


def read_into(context: typer.Context, path: Path | None) -> Path | None:
    """Make the values of a file those of the options that the command line leaves out. A key that only
    ``run`` knows decides nothing in another command, and is passed over there.

    Raises UsageError for a file that cannot be read, an unknown key, and a value of another type.
    """
    if path is None or context.resilient_parsing:
        return path
    own, known = options_of(context.command), options_of(_run_of(context))
    values: dict[str, Any] = {}
    text = _text(path)
    for key, value in _parsed(path, text).items():
        where = f"{path}{_line_of(key, text)}"
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            raise UsageError(f"{where}: no option {key!r}; {hint.rstrip()}")
        option = own.get(key, known[key])
        typed = _as_typed(option, key, value, path.parent, where)
        _check(context, option, key, typed, where)
        if key in own:
            values[option.name] = typed
    context.default_map = {**(context.default_map or {}), **values}
    return path


Config: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=read_into,
        help="TOML: options by name; the command line wins. Every run writes one: DIR/campaign.toml.",
    ),
]


def options_of(command: Any) -> dict[str, Any]:
    """Options that a file may hold, by their names there."""
    found = {p.opts[0].removeprefix("--"): p for p in command.params if p.param_type_name == "option"}
    return {key: option for key, option in found.items() if option.expose_value and key != CONFIG}


def _run_of(context: typer.Context) -> Any:
    group = getattr(context.find_root().command, "commands", {})
    return group.get(LAST, context.command)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"--config {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--config {path}: not text in UTF-8, as TOML is") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}") from None


def _line_of(key: str, text: str) -> str:
    """Where a key stands: ", line 3"; nothing where it is written in another way."""
    name = re.escape(key)
    begins = re.compile(rf"""\s*(\[\s*)?["']?{name}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), 1):
        if begins.match(line):
            return f", line {number}"
    return ""


def _as_typed(option: Any, key: str, value: Any, beside: Path, where: str) -> Any:
    """What the command line would have given. Raises UsageError for a value of another type."""
    kind, is_list = option.type_descriptor.annotation, option.multiple
    listed = is_list or "LIST" in (option.metavar or "")
    match value:
        case "":
            raise UsageError(f"{where}: {key} is empty: give a value, or leave it out")
        case bool() if kind is bool:
            return value
        case int() if kind is int and not isinstance(value, bool):
            return value
        case int() | float() if kind is float and not isinstance(value, bool):
            return float(value)
        case str() if option.type_descriptor.is_path:
            return str(beside / value)
        case str() if is_list:
            return [value]
        case str() if kind is str:
            return value
        case list() if listed and value and all(isinstance(item, str) and item for item in value):
            return value if is_list else ",".join(value)
    raise UsageError(f"{where}: {key} is {_wanted(option, listed=listed)}, not {_said(value)}")


def _wanted(option: Any, *, listed: bool) -> str:
    if option.type_descriptor.is_path:
        return "a path"
    if listed:
        return "text or a list of texts"
    known = {int: "a whole number", float: "a number", bool: "true or false"}
    return known.get(option.type_descriptor.annotation, "text")


def _said(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"a whole number ({value})"
        case float():
            return f"a number with a point ({value})"
        case str():
            return f"text ({value!r})"
        case list():
            return "a list of these"
        case date() | time() | datetime():
            return "a date"
    return "a table"


def _check(context: typer.Context, option: Any, key: str, value: Any, where: str) -> None:
    """What the option itself refuses, such as a number that is too small. Raises UsageError."""
    try:
        option.get_runtime_param().coerce(value, param=option, ctx=context)
    except typer.BadParameter as error:
        raise UsageError(f"{where}: {key}: {error.message}") from None
