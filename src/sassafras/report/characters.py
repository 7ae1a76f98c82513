"""Where a terminal, a pipe or a file takes ASCII only: words for the characters that it cannot take."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from io import TextIOWrapper

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text


def _line(character: str) -> str:
    """A character of a box: lines across, lines down, and where they meet."""
    words = set(unicodedata.name(character).replace("-", " ").split())
    across, down = words & {"HORIZONTAL", "LEFT", "RIGHT"}, words & {"VERTICAL", "UP", "DOWN"}
    return "+" if across and down else "|" if down else "-"


SPELT = {
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "…": "...",
    "\N{NO-BREAK SPACE}": " ",
    "±": "+/-",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "·": "*",
    "→": "->",
    "∞": "inf",
    "∪": "or",
    "Δ": "diff",
    "µ": "u",
    "°": " degrees",
    "²": "^2",
    "³": "^3",
    **{line: _line(line) for line in map(chr, range(0x2500, 0x2580))},
    **dict.fromkeys("█▉▊▋▌▍▎▏▓▒░■●•", "#"),
}  #: what stands for a character
ASCII = "sassafras_ascii"  #: ASCII by a name of ours: Click writes UTF-8 into a stream that calls it ASCII
HANDLER = "sassafras.spelt"  #: name of the error handler of codecs


def spelt(text: str) -> str:
    """The text with every character of `SPELT` in ASCII; others stay."""
    return text if text.isascii() else "".join(SPELT.get(character, character) for character in text)


def spell(error: UnicodeError) -> tuple[str, int]:
    r"""An error handler of codecs: what cannot be written is spelt; letters of a name, and whatever else
    there is no word for, are escaped as Python does (``\xe9``), so that they can be told apart.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    written = []
    for character in error.object[error.start : error.end]:
        word = SPELT.get(character)
        written.append(character.encode("ascii", "backslashreplace").decode() if word is None else word)
    return "".join(written), error.end


def speak_plainly(environment: Mapping[str, str] = os.environ) -> None:
    """Let this process's output be spelt wherever its encoding cannot take a character; in the locale C,
    which is ASCII, throughout (Python writes UTF-8 there unless ``PYTHONIOENCODING`` says otherwise).
    """
    codecs.register_error(HANDLER, spell)
    codecs.register(_find)
    ascii_wanted = (
        environment.get("LC_ALL") in ("C", "POSIX")
        and not environment.get("PYTHONIOENCODING")
        and environment.get("PYTHONUTF8") != "1"
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            is_ascii = ascii_wanted or codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=ASCII if is_ascii else stream.encoding, errors=HANDLER)


def _find(name: str) -> codecs.CodecInfo | None:
    if name != ASCII:
        return None
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode, known.decode, known.streamreader, known.streamwriter, known.incrementalencoder,
        known.incrementaldecoder, name=ASCII,
    )  # fmt: skip


def spelt_table(table: Table) -> Table:
    """A table in ASCII: spelt before it is laid out, so that its columns stand in line."""
    made = copy(table)
    made.title, made.caption = _spelt_title(table.title), _spelt_title(table.caption)
    made.columns = [
        replace(
            column,
            header=_spelt_cell(column.header),
            footer=_spelt_cell(column.footer),
            _cells=[_spelt_cell(cell) for cell in column._cells],  # noqa: SLF001  (as `fitting` does)
        )
        for column in table.columns
    ]
    return made


def _spelt_title(title: str | Text | None) -> str | Text | None:
    found = None if title is None else _spelt_cell(title)
    assert found is None or isinstance(found, str | Text)
    return found


def _spelt_cell(cell: RenderableType) -> RenderableType:
    if isinstance(cell, str):
        return spelt(cell)
    if isinstance(cell, Text) and not cell.plain.isascii():
        made = cell.copy()
        made.plain = spelt(cell.plain)
        return made
    return cell
