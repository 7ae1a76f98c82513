"""A CUDA source with its own headers written into it: one text for NVRTC and for the digest in the record."""

from __future__ import annotations

import re
from pathlib import Path

from sassafras.errors import ToolchainError

_INCLUDE = re.compile(r'^#include "([^"]+)"\n', re.MULTILINE)


def read_source(path: Path) -> str:
    """The text of a CUDA source in which every ``#include "..."`` line is replaced by the header it names,
    relative to the file that includes it; a header's second inclusion is left out.

    Raises ToolchainError, naming the file, for one that cannot be read.
    """
    return _expanded(path, set())


def _expanded(path: Path, seen: set[Path]) -> str:
    seen.add(path.resolve())
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ToolchainError(f"cannot read the CUDA source {path.name}: {error.strerror}: {path}") from error

    def header(found: re.Match[str]) -> str:
        other = path.parent / found[1]
        return "" if other.resolve() in seen else _expanded(other, seen)

    return _INCLUDE.sub(header, text)
