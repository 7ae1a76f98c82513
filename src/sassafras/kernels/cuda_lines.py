"""The CUDA line that an instruction of a bundled kernel comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sassafras.errors import ListingError
from sassafras.kernels.programs import folder_of
from sassafras.toolchain.lines import LineTable
from sassafras.toolchain.record import BundleRecord, bundle_paths
from sassafras.toolchain.source import source_text


@dataclass(frozen=True)
class CudaLine:
    """A line of a CUDA source: its file below ``kernels/cuda``, its number from 1, and the line itself."""

    file: str
    line: int
    text: str


def cuda_lines(kernel: str, arch: str, offset: int) -> tuple[CudaLine, ...]:
    """Where the instruction at a byte offset of a bundled kernel comes from: the line, the line that its
    function was inlined into, and so on outwards. Empty where it is not known.

    Raises ListingError for a table that does not belong to the kernel's listing.
    """
    found = []
    for place in load_lines(kernel, arch).at(offset):
        text = _text(folder_of(kernel) / "cuda" / place.file)
        found.append(CudaLine(place.file, place.line, text[place.line - 1].strip()))
    return tuple(found)


@cache
def load_lines(kernel: str, arch: str) -> LineTable:
    """The table of a bundled kernel; empty where none is bundled. Raises ListingError."""
    return read_table(folder_of(kernel), kernel, arch)


def read_table(folder: Path, kernel: str, arch: str) -> LineTable:
    """Read a table from a folder laid out like the kernels room. Raises ListingError."""
    paths = bundle_paths(folder, kernel, arch)
    where = f"{arch}/{kernel}"
    record = BundleRecord.from_text(paths.record.read_text(encoding="utf-8"), f"{where}.json")
    if not paths.lines.exists():
        return LineTable(record.source_sha256, ())
    table = LineTable.from_text(paths.lines.read_text(encoding="utf-8"), f"{where}.lines.json")
    if table.source_sha256 != record.source_sha256:
        raise ListingError(
            f"{where}.lines.json is not of the source that {where}.json describes; "
            "rebuild both with: make bundle"
        )
    return table


@cache
def _text(path: Path) -> list[str]:
    return source_text(path).splitlines()
