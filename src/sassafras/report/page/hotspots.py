"""Each kernel's machine code and CUDA source, with what faults did where they struck."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.errors import SassafrasError
from sassafras.faults.model import Mode
from sassafras.isa.program import Program
from sassafras.kernels.programs import folder_of, load_program
from sassafras.report.figures.value import Told
from sassafras.report.page.instructions import UNKNOWN, Instructions
from sassafras.toolchain.source import source_text

Counts = dict[Mode, tuple[int, int]]  #: critical and all injections of a mode


@dataclass(frozen=True)
class Heat:
    """A mode's injections at a place: how many, how many critical, and critical as a share of the most that
    any place of the kernel has in that mode.
    """

    mode: Mode
    critical: int
    trials: int
    heat: float
    told: Told


@dataclass(frozen=True)
class SassLine:
    """An instruction: byte offset in hex, its text, the CUDA line it comes from ("file:line", or "")."""

    offset: int
    text: str
    source: str
    heats: tuple[Heat, ...]


@dataclass(frozen=True)
class CudaLine:
    """A line of a CUDA source: ``key`` as in `SassLine.source`. ``heats``: of its instructions together."""

    key: str
    number: int
    text: str
    heats: tuple[Heat, ...]


@dataclass(frozen=True)
class CudaFile:
    """A file of the CUDA source that instructions come from."""

    name: str
    lines: tuple[CudaLine, ...]


@dataclass(frozen=True)
class HotSpots:
    """A kernel. ``mapped``: its instructions name their CUDA lines."""

    kernel: str
    trials: int
    critical: int
    registers: int
    sass: tuple[SassLine, ...]
    sources: tuple[CudaFile, ...]
    mapped: bool


def hot_spots(results: Results, known: Instructions) -> list[HotSpots]:
    """The campaign's kernels in its order; kernels that are not bundled are left out."""
    rows = results.injections[["kernel", "offset", "mode", "severity", "largest_change"]]
    found = []
    for kernel in results.kernels:
        try:
            program = load_program(kernel, results.arch)
        except SassafrasError:
            continue
        found.append(_kernel(rows[rows["kernel"] == kernel], results.modes, program, known, results.critical))
    return found


def _kernel(
    rows: pd.DataFrame,
    modes: Sequence[Mode],
    program: Program,
    known: Instructions,
    critical: Criticality,
) -> HotSpots:
    bad = critical.rows(rows)
    counts = _counts(rows["offset"].tolist(), rows["mode"].tolist(), bad.tolist())
    keys = {i.offset: known.get((program.name, i.offset), UNKNOWN).source for i in program.instructions}
    used = {key.rpartition(":")[0] for key in keys.values() if key}
    worst = _worst(counts.values(), modes)
    sass = tuple(
        SassLine(
            i.offset,
            i.text,
            keys[i.offset],
            _heats(counts[i.offset], modes, worst, f"{i.offset:#06x} {i.text}"),
        )
        for i in program.instructions
    )
    mapped = any(keys.values())
    by_line: dict[str, Counts] = defaultdict(dict)
    for offset, found in counts.items():
        by_line[keys.get(offset, "")] = _sum(by_line[keys.get(offset, "")], found)
    files = sorted(used, key=lambda name: (not name.endswith(".cu"), name)) or [f"{program.name}.cu"]
    folder = folder_of(program.name) / "cuda"
    return HotSpots(
        program.name,
        len(rows),
        int(bad.sum()),
        program.register_count,
        sass,
        tuple(_file(folder / name, name, by_line if mapped else {}, modes) for name in files),
        mapped,
    )


def _counts(offsets: Sequence[int], modes: Sequence[str], critical: Sequence[bool]) -> dict[int, Counts]:
    every = Counter(zip(offsets, modes, strict=True))
    bad = Counter(
        place for place, is_bad in zip(zip(offsets, modes, strict=True), critical, strict=True) if is_bad
    )
    found: dict[int, Counts] = defaultdict(dict)
    for (offset, mode), n in every.items():
        found[offset][Mode(mode)] = (bad[offset, mode], n)
    return found


def _sum(one: Counts, other: Counts) -> Counts:
    zero = (0, 0)
    return {
        mode: (
            one.get(mode, zero)[0] + other.get(mode, zero)[0],
            one.get(mode, zero)[1] + other.get(mode, zero)[1],
        )
        for mode in one.keys() | other.keys()
    }


def _worst(counts: Iterable[Counts], modes: Sequence[Mode]) -> dict[Mode, int]:
    found = dict.fromkeys(modes, 0)
    for place in counts:
        for mode, (critical, _) in place.items():
            found[mode] = max(found[mode], critical)
    return found


def _heats(counts: Counts, modes: Sequence[Mode], worst: Mapping[Mode, int], words: str) -> tuple[Heat, ...]:
    found = []
    for mode in modes:
        critical, trials = counts.get(mode, (0, 0))
        heat = critical / worst[mode] if worst[mode] else 0.0
        lines = (words, f"{mode.value}: {critical:,} critical of {trials:,} injections")
        found.append(Heat(mode, critical, trials, heat, Told(lines, {"mode": mode.value})))
    return tuple(found)


def _file(path: Path, name: str, counts: Mapping[str, Counts], modes: Sequence[Mode]) -> CudaFile:
    own = {key: value for key, value in counts.items() if key.rpartition(":")[0] == name}
    worst = _worst(own.values(), modes)
    lines = [
        CudaLine(
            f"{name}:{number}",
            number,
            text,
            _heats(own.get(f"{name}:{number}", {}), modes, worst, text.strip()),
        )
        for number, text in enumerate(source_text(path).splitlines(), 1)
    ]
    return CudaFile(name, tuple(lines))
