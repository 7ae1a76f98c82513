"""Which line of the CUDA source an instruction was compiled from.

The bundled machine code holds no line numbers. The same source compiled once more with ``-lineinfo`` gives
the same instructions (that is checked, byte by byte) and the numbers beside them, which nvdisasm prints; they
are kept in ``<kernel>.lines.json``. A compiler that made other code of it would leave the table empty.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sassafras.errors import ListingError
from sassafras.toolchain.source import SourceLine

_INSTRUCTION = re.compile(r"\s*\{?\s*/\*([0-9a-f]{4,})\*/")
_LINE = re.compile(r'\s*//## File "[^"]*", line (\d+)')


@dataclass(frozen=True)
class SourcePlace:
    """A line of a CUDA source: its file, relative to the folder of all CUDA sources, its number from 1."""

    file: str
    line: int


Places = tuple[SourcePlace, ...]  #: a line, the line that its function was inlined into, and so on outwards


def _start(run: tuple[int, Places]) -> int:
    return run[0]


@dataclass(frozen=True)
class LineTable:
    """The contents of ``<kernel>.lines.json``: byte offsets at which other lines begin, in order.

    ``source_sha256``: of the source the table was made from, as in the kernel's record.
    """

    source_sha256: str
    runs: tuple[tuple[int, Places], ...]

    def at(self, offset: int) -> Places:
        """Where the instruction at a byte offset comes from, innermost first; empty where it is not known."""
        before = bisect_right(self.runs, offset, key=_start)
        return self.runs[before - 1][1] if before else ()

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that occur."""
        return tuple(dict.fromkeys(place.file for _, places in self.runs for place in places))

    def to_text(self) -> str:
        """The file's text: JSON, a run a line: ``[offset, [[number of the file, line], ...]]``."""
        numbers = {file: k for k, file in enumerate(self.files)}
        rows = [[start, [[numbers[p.file], p.line] for p in places]] for start, places in self.runs]
        runs = ",\n".join("    " + json.dumps(row) for row in rows)
        head = {"source_sha256": self.source_sha256, "files": list(self.files)}
        return json.dumps(head, indent=2)[:-2] + f',\n  "runs": [\n{runs}\n  ]\n}}\n'

    @classmethod
    def from_text(cls, text: str, where: str) -> LineTable:
        """Read what ``to_text`` wrote; ``where`` names the file in the error. Raises ListingError when the
        text is anything else.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            files = data["files"]
            runs = tuple(
                (int(start), tuple(SourcePlace(str(files[file]), int(line)) for file, line in places))
                for start, places in data["runs"]
            )
            return cls(str(data["source_sha256"]), runs)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ListingError(
                f"{where} is not a kernel's table of lines ({error!r}); rebuild it with: make bundle"
            ) from error


def read_lines(listing: str, source: Sequence[SourceLine], folder: Path, digest: str) -> LineTable:
    """The table of a listing that ``nvdisasm -c -gi`` printed.

    ``source``: the lines that were compiled; ``folder``: what their files are named relative to; ``digest``:
    SHA-256 of the whole source, in hex.
    """
    runs: list[tuple[int, Places]] = []
    for offset, numbers in _numbered(listing):
        places = tuple(_place(source[n - 1], folder) for n in numbers if 0 < n <= len(source))
        if not runs or runs[-1][1] != places:
            runs.append((offset, places))
    return LineTable(digest, tuple(runs))


def _numbered(listing: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each instruction's offset and the line numbers above it; they hold until other ones are printed."""
    numbers: list[int] = []
    fresh = False
    for text in listing.splitlines():
        if found := _LINE.match(text):
            numbers = [*numbers, int(found[1])] if fresh else [int(found[1])]
            fresh = True
        elif found := _INSTRUCTION.match(text):
            fresh = False
            yield int(found[1], 16), tuple(numbers)


def _place(line: SourceLine, folder: Path) -> SourcePlace:
    return SourcePlace(line.path.resolve().relative_to(folder.resolve()).as_posix(), line.number)
