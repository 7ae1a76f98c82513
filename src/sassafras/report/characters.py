"""Where a terminal, a pipe or a file takes ASCII only: words for the characters that it cannot take."""

from __future__ import annotations

import codecs
import os
import sys
import unicodedata
from collections.abc import Mapping
from io import TextIOWrapper


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
    "†": "!",
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
