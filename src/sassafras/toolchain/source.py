"""A CUDA source with its own headers written into it: one text for NVRTC and for the digest in the record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sassafras.errors import ToolchainError

_INCLUDE = re.compile(r'#include "([^"]+)"\n')


@dataclass(frozen=True)
class SourceLine:
    """A line of the text that NVRTC sees: the file it stands in, its number there (from 1), the line itself
    with its end.
    """

    path: Path
    number: int
    text: str


def read_source(path: Path) -> str:
    """The text of a CUDA source in which every ``#include "..."`` line is replaced by the header it names,
    relative to the file that includes it; a header's second inclusion is left out.

    Raises ToolchainError, naming the file, for one that cannot be read.
    """
    return "".join(line.text for line in source_lines(path))


def source_lines(path: Path) -> tuple[SourceLine, ...]:
    """The lines of ``read_source``, each with the file and line it comes from. Raises ToolchainError."""
    return tuple(_expanded(path, set()))


def _expanded(path: Path, seen: set[Path]) -> list[SourceLine]:
    seen.add(path.resolve())
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ToolchainError(f"cannot read the CUDA source {path.name}: {error.strerror}: {path}") from error
    lines: list[SourceLine] = []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        found = _INCLUDE.fullmatch(line)
        other = None if found is None else path.parent / found[1]
        if other is None:
            lines.append(SourceLine(path, number, line))
        elif other.resolve() not in seen:
            lines += _expanded(other, seen)
    return lines
