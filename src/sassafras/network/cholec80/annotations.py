"""The annotation files of Cholec80: which tools are present, once a second, and the phase of the operation,
in every frame.

A tool is annotated as present where at least half of its tip is in the picture (the paper, section 5.1): the
annotators applied that rule, and a reader has nothing to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.importers.darknet.text_files import check_kind, decode, lines_of

RATE = 25  #: frames per second of every video, and frames from one row of tools to the next
TOOLS = CLASS_NAMES  #: the seven, in the order of the files' columns
COLUMNS = ("Frame", "Grasper", "Bipolar", "Hook", "Scissors", "Clipper", "Irrigator", "SpecimenBag")
PHASES = (
    "Preparation",
    "CalotTriangleDissection",
    "ClippingCutting",
    "GallbladderDissection",
    "GallbladderPackaging",
    "CleaningCoagulation",
    "GallbladderRetraction",
)


@dataclass(frozen=True)
class ToolRow:
    """A row: ``frame``, from 0; ``tools``: names of those that are present, in the order of `TOOLS`; ``line``
    of the file, from 1.
    """

    frame: int
    tools: tuple[str, ...]
    line: int


def read_tools(path: Path) -> tuple[ToolRow, ...]:
    """The rows of a tool annotation, frames ascending. Raises NetworkError with the file and line."""
    rows: list[ToolRow] = []
    for number, words in _rows(path, COLUMNS):
        try:
            frame, *marks = (int(word) for word in words)
        except ValueError:
            raise _error(path, number, f"{' '.join(words)}: whole numbers are expected") from None
        if any(mark not in {0, 1} for mark in marks):
            raise _error(path, number, "a tool is present (1) or not (0)")
        _check_frame(path, number, frame, rows[-1].frame if rows else -RATE)
        tools = tuple(name for name, mark in zip(TOOLS, marks, strict=True) if mark)
        rows.append(ToolRow(frame, tools, number))
    if not rows:
        raise NetworkError(f"{path}: no frame is annotated")
    return tuple(rows)


def read_phases(path: Path) -> tuple[str, ...]:
    """The phase of every frame, from 0. Raises NetworkError with the file and line."""
    phases: list[str] = []
    for number, (frame, phase) in _rows(path, ("Frame", "Phase")):
        if frame != str(len(phases)):
            raise _error(path, number, f"frame {len(phases)} is expected, found {frame}")
        if phase not in PHASES:
            raise _error(path, number, f"{phase} is no phase; there are: {', '.join(PHASES)}")
        phases.append(phase)
    return tuple(phases)


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    """Number and words of every row below the heading; empty lines are passed over."""
    try:
        data = path.read_bytes()
        check_kind(data, "an annotation of Cholec80")
        lines = lines_of(decode(data))
    except OSError as error:
        raise NetworkError(f"{path}: cannot read the annotation: {error.strerror or error}") from None
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None
    if tuple(lines[0].split()) != columns:
        raise _error(path, 1, f"the heading {' '.join(columns)} is expected, separated by tabs")
    found = [(number, line.split()) for number, line in enumerate(lines[1:], 2) if line.strip()]
    for number, words in found:
        if len(words) != len(columns):
            raise _error(path, number, f"{len(columns)} columns are expected, found {len(words)}")
    return found


def _check_frame(path: Path, line: int, frame: int, before: int) -> None:
    if frame <= before or frame % RATE:
        at = f"above {before}" if before >= 0 else "from 0"
        raise _error(path, line, f"frame {frame}: a multiple of {RATE} {at} is expected")


def _error(path: Path, line: int, what: str) -> NetworkError:
    return NetworkError(f"{path}: line {line}: {what}")
