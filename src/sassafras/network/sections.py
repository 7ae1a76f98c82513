"""The text of a Darknet cfg: sections of ``key=value`` lines, and typed access to their values with errors
that name the line.

Syntax as Darknet's ``read_cfg``: blanks and tabs mean nothing anywhere in a line; lines that start with ``#``
or ``;`` are comments; of a key given twice the first counts (``option_find``); a key with an empty value
counts as not given (``read_option``). Beyond it, a comment may also follow a value, and a line without ``=``
is refused.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sassafras.errors import NetworkError
from sassafras.network.text_files import lines_of

LARGEST_INTEGER = (1 << 31) - 1  #: Darknet's int, and the kernels'

_INTEGER = re.compile(r"([+-]?[0-9]+)(?:\.0*)?")  #: 8.0 is 8, as Darknet's atoi reads it
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BLANKS = str.maketrans("", "", " \t\f\v")


@dataclass(frozen=True)
class Option:
    """One ``key=value`` line (``line`` counts from 1)."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Section:
    """One ``[kind]`` with its options in order."""

    kind: str
    line: int
    options: tuple[Option, ...]

    def error(self, message: str, key: str | None = None) -> NetworkError:
        """The error ``message`` at the line of ``key``, or of the section where the key is not given."""
        option = self.find(key) if key else None
        return NetworkError(f"line {option.line if option else self.line}: [{self.kind}] {message}")

    def find(self, key: str) -> Option | None:
        """The first option of that name, or None."""
        return next((option for option in self.options if option.key == key), None)

    def integer(self, key: str, default: int, *, minimum: int) -> int:
        """A whole number of at least ``minimum``. Raises NetworkError."""
        option = self.find(key)
        if option is None:
            return default
        whole = _INTEGER.fullmatch(option.value)
        if whole is None:
            raise self.error(f"{key}={option.value} is not a whole number", key)
        value = int(whole[1]) if len(whole[1]) <= 12 else LARGEST_INTEGER + 1
        if not minimum <= value <= LARGEST_INTEGER:
            raise self.error(f"{key}={option.value} must lie in {minimum} .. {LARGEST_INTEGER}", key)
        return value

    def integers(self, key: str) -> tuple[int, ...]:
        """Whole numbers, separated by commas; at least one must be given. Raises NetworkError."""
        option = self.find(key)
        if option is None:
            raise self.error(f"{key} must be given: whole numbers, separated by commas")
        found = [_INTEGER.fullmatch(word) for word in option.value.split(",")]
        if any(whole is None or len(whole[1]) > 12 for whole in found):
            raise self.error(f"{key}={option.value} is no list of whole numbers", key)
        return tuple(int(whole[1]) for whole in found if whole is not None)

    def number(self, key: str, default: float) -> float:
        """A finite number. Raises NetworkError."""
        option = self.find(key)
        if option is None:
            return default
        value = float(option.value) if _NUMBER.fullmatch(option.value) else math.nan
        if not math.isfinite(value):
            raise self.error(f"{key}={option.value} is not a finite number", key)
        return value

    def check_keys(self, used: Iterable[str], unsupported: Mapping[str, float | None]) -> None:
        """Refuse what would change the result without our knowing it; accept what does not.

        ``used``: the keys this section reads. ``unsupported``: keys that Darknet reads
        and we do not, with the value that changes nothing (None: no value does). Any other key is accepted
        (training options) unless it looks like a misspelt used one. Raises NetworkError with the keys that
        are supported.
        """
        used = tuple(used)
        supported = f"supported here: {', '.join(used) or 'no option'}"
        for option in self.options:
            if option.key in used:
                continue
            if option.key in unsupported:
                self._check_neutral(option, unsupported[option.key], supported)
            elif close := difflib.get_close_matches(option.key, used, 1, cutoff=0.8):
                raise NetworkError(
                    f"line {option.line}: [{self.kind}] unknown option {option.key!r}: "
                    f"did you mean {close[0]!r}? {supported}"
                )

    def _check_neutral(self, option: Option, neutral: float | None, supported: str) -> None:
        if neutral is not None and self.number(option.key, neutral) == neutral:
            return
        raise NetworkError(
            f"line {option.line}: [{self.kind}] {option.key}={option.value} is not supported; {supported}"
        )


def parse_sections(text: str) -> tuple[Section, ...]:
    """The sections of a cfg in order. Raises NetworkError with the line for text that is neither section,
    option nor comment.
    """
    headers: list[tuple[str, int]] = []
    options: list[list[Option]] = []
    for number, raw in enumerate(lines_of(text.removeprefix("\ufeff")), 1):
        line = re.split("[#;]", raw.translate(_BLANKS), maxsplit=1)[0]
        if not line:
            continue
        if line.startswith("["):
            if not re.fullmatch(r"\[[^\[\]=]+\]", line):
                raise NetworkError(f"line {number}: {line!r} is not a section header such as [convolutional]")
            headers.append((line[1:-1], number))
            options.append([])
            continue
        key, equals, value = line.partition("=")
        if not (key and equals):
            raise NetworkError(f"line {number}: {line!r} is neither [section], key=value nor a comment")
        if not options:
            raise NetworkError(f"line {number}: {line!r} stands before the first section; start with [net]")
        if value:
            options[-1].append(Option(key, value, number))
    return tuple(
        Section(kind, line, tuple(found)) for (kind, line), found in zip(headers, options, strict=True)
    )
