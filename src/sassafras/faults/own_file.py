"""Faults of one's own from a CSV file. Every bad line is refused: number, column, and a way out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sassafras.errors import UsageError
from sassafras.faults.own import COLUMNS, HEADING, OPTIONAL, OwnFault, refused

_NUMBERS = ("invocation", "block", "thread", "instruction", "frame")
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_COMMENT = "#"
_LINE_ENDS = re.compile(r"\r\n|\r|\n")


def read_own_faults(path: Path) -> tuple[OwnFault, ...]:
    """The faults of a file, in its order: UTF-8, a heading, a fault on each line; empty lines and lines that
    begin with # are left out. Raises UsageError for a file that cannot be read, holds none, or has a bad
    line.
    """
    lines = list(_lines(path))
    if not lines:
        raise UsageError(f"{path} is empty; begin it with the heading {HEADING}")
    (number, heading), *rest = lines
    names = _heading(f"{path}, line {number}", heading)
    found = tuple(_fault(f"{path}, line {number}", names, cells) for number, cells in rest)
    if not found:
        raise UsageError(f"{path} has a heading and no faults; give one on each line")
    return found


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and cells."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); give a CSV file of faults") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8; save it as CSV in UTF-8") from None
    for number, line in enumerate(_LINE_ENDS.split(text), 1):
        if not line.strip() or line.startswith(_COMMENT):
            continue
        try:
            (cells,) = csv.reader([line], strict=True)
        except (csv.Error, ValueError) as error:
            raise UsageError(f"{path}, line {number}: not a line of CSV ({error}); write {HEADING}") from None
        yield number, [cell.strip() for cell in cells]


def _heading(where: str, names: Sequence[str]) -> list[str]:
    known = (*COLUMNS, *OPTIONAL)
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise refused(where, repr(name), f"there is no such column; {hint}the heading is {HEADING}")
        if names.count(name) > 1:
            raise refused(where, name, "it is there twice; leave one")
    for name in COLUMNS:
        if name not in names:
            raise refused(where, name, f"it is missing; the heading is {HEADING}")
    return list(names)


def _fault(where: str, names: Sequence[str], cells: Sequence[str]) -> OwnFault:
    if len(cells) != len(names):
        column = names[len(cells)] if len(cells) < len(names) else f"number {len(names) + 1}"
        raise refused(
            where, column, f"the heading has {len(names)} columns, this line {len(cells)}; write all"
        )
    values: dict[str, Any] = {"where": where}
    for name, cell in zip(names, cells, strict=True):
        if not cell and name in OPTIONAL:
            continue
        values[name] = _value(where, name, cell)
    return OwnFault(**values)


def _value(where: str, name: str, cell: str) -> object:
    if not cell:
        raise refused(where, name, "it is empty; only " + ", ".join(OPTIONAL) + " may be")
    if name in _NUMBERS:
        if _NUMBER.fullmatch(cell) is None:
            raise refused(where, name, f"{cell!r} is no number: count from 0, in decimal digits")
        return int(cell)
    return cell
