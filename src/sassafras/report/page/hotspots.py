"""Each kernel's machine code and CUDA source, with what faults did where they struck."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sassafras.analysis.results import Results
from sassafras.errors import SassafrasError
from sassafras.faults.model import Mode
from sassafras.isa.program import Program
from sassafras.kernels.programs import folder_of, load_program
from sassafras.report.cells import Percent
from sassafras.report.figures.value import Told
from sassafras.report.page.instructions import UNKNOWN, Instructions
from sassafras.toolchain.source import source_text

Counts = dict[Mode, tuple[int, int]]  #: critical and all injections of a mode
CONTEXT = 2  #: lines kept around a hot one


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
    ``filter``: which injections of the kernel are its own. ``share``: its part of the campaign's critical
    faults, None without one. ``near``: critical itself, or at most `CONTEXT` lines from one that is.
    """

    label: str
    key: str
    text: str
    source: str
    filter: Mapping[str, int | str]
    heats: tuple[Heat, ...]
    share: Percent | None
    near: bool


@dataclass(frozen=True)
class Listing:
    """A file of the CUDA source that instructions come from, or (``name`` of the kernel) machine code."""

    name: str
    lines: tuple[Line, ...]


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


@dataclass(frozen=True)
class _Campaign:
    """``critical``: faults of all kernels; 0 where the sample was so chosen that counts are no shares."""

    modes: tuple[Mode, ...]
    critical: int
    known: Instructions


class _Given(NamedTuple):
    label: str
    key: str
    text: str
    source: str
    filter: Mapping[str, int | str]
    counts: Counts


def hot_spots(results: Results, known: Instructions) -> list[HotSpots]:
    """The campaign's kernels in its order; kernels that are not bundled are left out."""
    rows = results.injections[["kernel", "offset", "mode", "severity", "largest_change"]]
    rows = rows.assign(critical=results.critical.rows(rows))
    total = int(rows["critical"].sum()) if results.sampling.is_plain else 0
    campaign = _Campaign(results.modes, total, known)
    found = []
    for kernel in results.kernels:
        try:
            program = load_program(kernel, results.arch)
        except SassafrasError:
            continue
        found.append(_kernel(rows[rows["kernel"] == kernel], program, campaign))
    return found


def _kernel(rows: pd.DataFrame, program: Program, campaign: _Campaign) -> HotSpots:
    counts = _counts(rows)
    keys = {
        i.offset: campaign.known.get((program.name, i.offset), UNKNOWN).source for i in program.instructions
    }
    by_line: dict[str, Counts] = defaultdict(dict)
    for offset, found in counts.items():
        key = keys.get(offset, "")
        by_line[key] = _sum(by_line[key], found)
    names = {key.rpartition(":")[0] for key in keys.values() if key}
    files = sorted(names, key=lambda name: (not name.endswith(".cu"), name)) or [f"{program.name}.cu"]
    code = (
        _Given(
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
        _listing(program.name, list(code), campaign),
        tuple(
            _listing(name, _file(folder_of(program.name) / "cuda" / name, by_line), campaign)
            for name in files
        ),
        bool(names),
    )


def _counts(rows: pd.DataFrame) -> dict[int, Counts]:
    """By byte offset."""
    found: dict[int, Counts] = defaultdict(dict)
    counted = rows.groupby(["offset", "mode"])["critical"].agg(["sum", "size"]).reset_index()
    for offset, mode, critical, trials in counted.itertuples(index=False):
        found[int(offset)][Mode(mode)] = (int(critical), int(trials))
    return found


def _sum(one: Counts, other: Counts) -> Counts:
    sums = {n: Counter({mode: both[n] for mode, both in one.items()}) for n in (0, 1)}
    for n, total in sums.items():
        total.update({mode: both[n] for mode, both in other.items()})
    return {mode: (sums[0][mode], trials) for mode, trials in sums[1].items()}


def _file(path: Path, counts: Mapping[str, Counts]) -> list[_Given]:
    found = []
    for number, text in enumerate(source_text(path).splitlines(), 1):
        key = f"{path.name}:{number}"
        found.append(_Given(str(number), key, text, key, {"source": key}, counts.get(key, {})))
    return found


def _listing(name: str, given: Sequence[_Given], campaign: _Campaign) -> Listing:
    worst = _worst((one.counts for one in given), campaign.modes)
    critical = [sum(bad for bad, _ in one.counts.values()) for one in given]
    return Listing(
        name,
        tuple(
            Line(
                *one[:-1],
                _heats(one, worst),
                Percent(n / campaign.critical) if n and campaign.critical else None,
                near=any(critical[max(0, at - CONTEXT) : at + CONTEXT + 1]),
            )
            for at, (one, n) in enumerate(zip(given, critical, strict=True))
        ),
    )


def _worst(counts: Iterable[Counts], modes: Sequence[Mode]) -> dict[Mode, int]:
    found = dict.fromkeys(modes, 0)
    for place in counts:
        for mode, (critical, _) in place.items():
            found[mode] = max(found[mode], critical)
    return found


def _heats(line: _Given, worst: Mapping[Mode, int]) -> tuple[Heat, ...]:
    found = []
    for mode, most in worst.items():
        critical, trials = line.counts.get(mode, (0, 0))
        told = f"{mode.value}: {critical:,} critical of {trials:,} injections"
        words = line.text.strip() if line.key == line.source else f"{int(line.key, 16):#06x} {line.text}"
        found.append(
            Heat(
                critical, trials, critical / most if most else 0.0, Told((words, told), {"mode": mode.value})
            )
        )
    return tuple(found)
