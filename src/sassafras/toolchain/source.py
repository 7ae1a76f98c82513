"""A CUDA source with its own headers written into it: one text for NVRTC and for the digest in the record.

Kernels in hardened copies have no file of their own, unless they need one: ``add_bias_tmr.cu`` is
``KERNEL_tmr.cu`` with ``add_bias`` in the place of the word. It includes ``add_bias.cuh``, one copy of the
computation: ``struct Parameters``, and for ``one_result.cuh`` a function ``copy<COPY>(parameters)``, for
``walk.cuh`` a class ``Walk<COPY>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sassafras.errors import ToolchainError

_KERNEL = "KERNEL"
_INCLUDE = re.compile(r'#include "([^"]+)"\n')


@dataclass(frozen=True)
class SourceLine:
    """A line of the text that NVRTC sees: the file it stands in, its number there (from 1), the line itself
    with its end.
    """

    path: Path
    number: int
    text: str


def kernel_names(cuda: Path) -> tuple[str, ...]:
    """The kernels that have a CUDA source below a folder, hardened ones included, in alphabetical order."""
    files = {path.stem for path in cuda.rglob("*.cu") if not path.stem.startswith(_KERNEL)}
    copies = {
        template.stem.replace(_KERNEL, path.stem)
        for template in cuda.rglob(f"{_KERNEL}_*.cu")
        for path in template.parent.glob("*.cuh")
        if path.stem in files
    }
    return tuple(sorted(files | copies))


def source_text(path: Path) -> str:
    """What a CUDA source says: the file, or where there is none the template that is filled in for it.

    Raises ToolchainError, naming the file, for one that cannot be read.
    """
    try:
        for template in () if path.exists() else path.parent.glob(f"{_KERNEL}_*.cu"):
            kernel = path.stem.removesuffix(template.stem.removeprefix(_KERNEL))
            if kernel != path.stem and (path.parent / f"{kernel}.cuh").exists():
                return template.read_text(encoding="utf-8").replace(_KERNEL, kernel)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ToolchainError(f"cannot read the CUDA source {path.name}: {error.strerror}: {path}") from error


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
    lines: list[SourceLine] = []
    for number, line in enumerate(source_text(path).splitlines(keepends=True), 1):
        found = _INCLUDE.fullmatch(line)
        other = None if found is None else path.parent / found[1]
        if other is None:
            lines.append(SourceLine(path, number, line))
        elif other.resolve() not in seen:
            lines += _expanded(other, seen)
    return lines
