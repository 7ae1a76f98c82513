"""Each kernel's machine code and CUDA source, with what faults did where they struck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.results import Results
from sassafras.errors import SassafrasError
from sassafras.faults.model import THREAD_MODES, Mode
from sassafras.isa.program import Program
from sassafras.kernels.programs import folder_of, load_program
from sassafras.report.cells import Percent
from sassafras.report.figures.value import Told
from sassafras.report.page.instructions import UNKNOWN, Instructions
from sassafras.toolchain.source import source_text

Counts = dict[Mode, tuple[int, int]]  #: critical and all injections of a mode
CONTEXT = 2  #: lines kept around a hot one


@dataclass(frozen=True)
class Campaign:
    """``critical``: faults of all kernels; 0 where the sample was so chosen that counts are no shares."""

    modes: tuple[Mode, ...]
    critical: int
    known: Instructions


@dataclass(frozen=True)
class Heat:
    """A mode's injections at a place: how many, how many critical, and critical as a share of the most that
    any line of the listing has in that mode.
    """

    critical: int
    trials: int
    heat: float
    told: Told


@dataclass(frozen=True)
class Line:
    """A line of a listing. ``label``: the number of a CUDA line, the byte offset of an instruction in hex.
    ``key``: the line in links. ``source``: the CUDA line that it is or comes from ("file:line", or "").
    ``filter``: which injections of the kernel are its own.
    """

    label: str
    key: str
    text: str
    source: str
    filter: Mapping[str, int | str]
    counts: Counts

    @property
    def critical(self) -> int:
        """Of all modes."""
        return sum(critical for critical, _ in self.counts.values())


@dataclass(frozen=True)
class Listing:
    """A file of the CUDA source that instructions come from, or (``name`` of the kernel) machine code."""

    name: str
    lines: tuple[Line, ...]
    campaign: Campaign

    @cached_property
    def worst(self) -> dict[Mode, int]:
        """The most critical injections that a line has."""
        none = dict.fromkeys(self.campaign.modes, (0, 0))
        return {mode: max([0, *((none | line.counts)[mode][0] for line in self.lines)]) for mode in none}

    def heats(self, line: Line) -> Iterator[Heat]:
        """Of each mode."""
        words = line.text.strip() if line.key == line.source else f"{int(line.key, 16):#06x} {line.text}"
        for mode, most in self.worst.items():
            critical, trials = line.counts.get(mode, (0, 0))
            told = (words, f"{mode.value}: {critical:,} critical of {trials:,} injections")
            yield Heat(critical, trials, critical / (most or 1), Told(told, {"mode": mode.value}))

    def share(self, line: Line) -> Percent | None:
        """Its part of the campaign's critical faults, None without one."""
        total = self.campaign.critical
        return Percent(line.critical / total) if line.critical and total else None

    def is_near(self, at: int) -> bool:
        """Whether it is critical itself, or at most `CONTEXT` lines from one that is."""
        return any(line.critical for line in self.lines[max(0, at - CONTEXT) : at + CONTEXT + 1])


@dataclass(frozen=True)
class HotSpots:
    """A kernel. ``mapped``: its instructions name their CUDA lines."""

    kernel: str
    trials: int
    critical: int
    registers: int
    sass: Listing
    sources: tuple[Listing, ...]
    mapped: bool


def hot_spots(results: Results, known: Instructions) -> list[HotSpots]:
    """The campaign's kernels in its order; kernels that are not bundled are left out."""
    rows = results.injections[["kernel", "offset", "mode", "severity", "largest_change"]]
    rows = rows[rows["mode"] != Mode.MEM.value]  # strikes no instruction
    rows = rows.assign(critical=results.critical.rows(rows))
    total = int(rows["critical"].sum()) if results.sampling.is_plain else 0
    modes = tuple(mode for mode in results.modes if mode in THREAD_MODES)
    campaign = Campaign(modes, total, known)
    found = []
    for kernel in results.kernels:
        try:
            program = load_program(kernel, results.arch)
        except SassafrasError:
            continue
        found.append(_kernel(rows[rows["kernel"] == kernel], program, campaign))
    return found


def _kernel(rows: pd.DataFrame, program: Program, campaign: Campaign) -> HotSpots:
    keys = {
        i.offset: campaign.known.get((program.name, i.offset), UNKNOWN).source for i in program.instructions
    }
    counts = _counts(rows, rows["offset"])
    by_line = _counts(rows, rows["offset"].map(keys))
    names = {key.rpartition(":")[0] for key in keys.values() if key}
    files = sorted(names, key=lambda name: (not name.endswith(".cu"), name)) or [f"{program.name}.cu"]
    code = (
        Line(
            f"{i.offset:04x}",
            f"{i.offset:#x}",
            i.text,
            keys[i.offset],
            {"offset": i.offset},
            counts[i.offset],
        )
        for i in program.instructions
    )
    return HotSpots(
        program.name,
        len(rows),
        int(rows["critical"].sum()),
        program.register_count,
        Listing(program.name, tuple(code), campaign),
        tuple(
            Listing(name, tuple(_file(folder_of(program.name) / "cuda" / name, by_line)), campaign)
            for name in files
        ),
        bool(names),
    )


def _counts(rows: pd.DataFrame, places: pd.Series) -> dict[Any, Counts]:
    """By place: the byte offset of an instruction, or its CUDA line."""
    found: dict[Any, Counts] = defaultdict(dict)
    table = rows["critical"].groupby([places, rows["mode"]]).agg(["sum", "size"])
    for (place, mode), critical, trials in table.itertuples(name=None):
        found[place][Mode(mode)] = (int(critical), int(trials))
    return found


def _file(path: Path, counts: Mapping[str, Counts]) -> Iterator[Line]:
    for number, text in enumerate(source_text(path).splitlines(), 1):
        key = f"{path.name}:{number}"
        yield Line(str(number), key, text, key, {"source": key}, counts.get(key, {}))
