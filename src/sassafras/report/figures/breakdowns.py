"""Stacks of all outcomes beside the share of critical faults with its interval: by mode, flipped bit,
instruction group and opcode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.events import Event
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import breakdown, flipped_bit, of_mode
from sassafras.faults.model import THREAD_MODES, FaultModel, Mode, TargetKind
from sassafras.hardening.ranking import share
from sassafras.isa.groups import Group
from sassafras.report.cells import Share, sampled, share_of
from sassafras.report.figures import value as v
from sassafras.report.figures.axes import lines_axis, rounded_up, share_axis
from sassafras.report.figures.looks import Look, look_of
from sassafras.report.figures.registry import CAMPAIGN
from sassafras.report.figures.vulnerability import table_rows
from sassafras.report.numbers import FEW, NOT_STRUCK
from sassafras.report.page.instructions import UNKNOWN, Instructions, known_instructions
from sassafras.report.tables.captions import UNWEIGHTED

ORDER = (
    OutcomeClass.MALFUNCTION,
    OutcomeClass.INVALID_OUTPUT,
    OutcomeClass.LIGHT_MALFUNCTION,
    OutcomeClass.NO_MALFUNCTION,
    OutcomeClass.DUE,
    OutcomeClass.MASKED,
)  #: as they are stacked, from the worst
MOST = 14  #: opcodes drawn per mode; the table has all
TARGETS: dict[TargetKind, str] = {
    TargetKind.REGISTER: "a register",
    TargetKind.STORE_VALUE: "the stored word",
    TargetKind.REGISTER_INDEX: "the index of the destination register",
    TargetKind.STORE_ADDRESS: "the address of a store",
    TargetKind.CONDITION_CODE: "the condition code",
    TargetKind.UNIFORM_REGISTER: "a register of the warp",
    TargetKind.UNIFORM_INDEX: "the index of the destination register of the warp",
    TargetKind.MEMORY: "a word of memory",
}  #: what has several bits, in words: all but predicates
NEEDED = ["mode", "model", "target", "before", "after", "kernel", "offset", "opcode", "outcome", "severity",
          "largest_change"]  # fmt: skip
NOTE = "Left: all outcomes, n at the end; right: critical faults, percent, with 95 % intervals."


@dataclass(frozen=True)
class Slice:
    """A value of a column (a bit, a group, an opcode): its injections, the share of each outcome, and those
    of them that are critical.
    """

    value: str
    trials: int
    bars: Mapping[OutcomeClass, Share]
    critical: Share


@dataclass(frozen=True)
class Part:
    """A breakdown of a mode: what the figure and the table of numbers are made of. ``words``: of what was
    broken down; ``column``: the name of the table's filter; ``unknown``: faults left out, whose bit is not
    stored because they were proven masked without a run.
    """

    name: str
    title: str
    mode: Mode
    column: str
    words: str
    slices: tuple[Slice, ...]
    chosen: v.Filter
    unknown: int = 0
    most: int | None = None


def slices(
    rows: pd.DataFrame,
    column: str,
    values: Sequence[int] | Sequence[str] | None = None,
    critical: Criticality = PLAIN,
) -> list[Slice]:
    """One per value of a column of the injections ``rows``; see `vulnerability.breakdown`."""
    table = breakdown(rows, column, values=values)
    bad = critical.rows(rows).groupby(rows[column]).sum() if len(rows) else pd.Series(dtype=int)
    found = []
    for value, part in table_rows(table, column).items():
        bars = {OutcomeClass(outcome): share_of(row) for outcome, row in part.items()}
        trials = sum(bar.events for bar in bars.values())
        found.append(Slice(str(value), trials, bars, sampled(share(int(bad.get(value, 0)), trials))))
    return found


@CAMPAIGN.at(10)
def outcomes(results: Results) -> list[v.Figure]:
    """One stack per mode: the campaign at a glance."""
    rows, sums = table_rows(results.outcomes(), "mode"), results.sums()
    sums = sums[(sums["part"] == "mode") & (sums["event"] == Event.CRITICAL)]
    critical = {str(row["mode"]): share_of(row) for row in sums.to_dict("records")}
    shown = []
    for mode in results.modes:
        bars = {OutcomeClass(outcome): share_of(row) for outcome, row in rows[mode.value].items()}
        shown.append((mode.value, results.injected(mode), bars, critical[mode.value], {"mode": mode.value}))
    title = "Outcomes by mode"
    return [_stacked("outcomes", title, _caption(results, len(results.injections)), shown)]


@CAMPAIGN.at(70)
def bits(results: Results) -> list[v.Figure]:
    """By flipped bit."""
    return [_drawn(part, results) for part in bit_parts(results)]


@CAMPAIGN.at(80)
def groups(results: Results) -> list[v.Figure]:
    """By SASSIFI's groups of instructions."""
    return [_drawn(part, results) for part in group_parts(results, known_instructions(results))]


@CAMPAIGN.at(90)
def opcodes(results: Results) -> list[v.Figure]:
    """By opcode, those with most critical faults."""
    return [_drawn(part, results) for part in opcode_parts(results)]


def bit_parts(results: Results) -> list[Part]:
    """Every mode and kind of target with single-bit faults in words of several bits."""
    rows = results.injections[NEEDED]
    rows = rows[rows["model"] == FaultModel.SINGLE_BIT.value]
    rows = rows.assign(bit=flipped_bit(rows))
    found = []
    for mode in results.modes:
        own = of_mode(rows, mode)
        for target in TARGETS:
            struck = own[own["target"] == target.value]
            known = struck[struck["bit"].notna()]
            if not known.empty:
                found.append(_bits(known, mode, target, len(struck) - len(known), results.critical))
    return found


def _bits(known: pd.DataFrame, mode: Mode, target: TargetKind, unknown: int, critical: Criticality) -> Part:
    digits = known["before"].str.len().max() * 4 - 8  # "0x" and four bits a digit
    known = known.assign(bit=known["bit"].astype(int))
    width = max(int(digits), int(known["bit"].max()) + 1)
    shown = slices(known, "bit", list(range(width)), critical)
    title = f"Outcomes by bit of {TARGETS[target]}, mode {mode.value}"
    name, chosen = f"bits_{mode.value}_{target.value}", {"mode": mode.value, "target": target.value}
    return Part(name, title, mode, "bit", f"bit of {TARGETS[target]}", tuple(shown), chosen, unknown)


def modes_of_threads(results: Results) -> list[Mode]:
    """The modes that strike an instruction of a thread."""
    return [mode for mode in results.modes if mode in THREAD_MODES]


def group_parts(results: Results, known: Instructions) -> list[Part]:
    """By SASSIFI's groups, in their order. An instruction may be in several of them."""
    found = []
    for mode in modes_of_threads(results):
        rows = of_mode(results.injections[NEEDED], mode)
        places = zip(rows["kernel"], rows["offset"], strict=True)
        own = rows.assign(group=pd.Series([known.get(place, UNKNOWN).groups for place in places], rows.index))
        own = own.explode("group").dropna(subset="group").reset_index(drop=True)
        names = [g.name for g in Group if (own["group"] == g.name).any()]
        shown = slices(own, "group", names, results.critical)
        title = f"Outcomes by instruction group, mode {mode.value}"
        found.append(_part("groups", title, mode, "group", "SASSIFI's group", shown))
    return found


def opcode_parts(results: Results) -> list[Part]:
    """By opcode without modifiers, those with most critical faults first."""
    found = []
    for mode in modes_of_threads(results):
        rows = of_mode(results.injections[NEEDED], mode)
        own = rows.assign(op=rows["opcode"].str.split(".").str[0])
        shown = sorted(
            slices(own, "op", critical=results.critical),
            key=lambda s: (-s.critical.events, -s.trials, s.value),
        )
        title = f"Outcomes by opcode, mode {mode.value}"
        found.append(_part("opcodes", title, mode, "op", "opcode", shown, MOST))
    return found


def _part(
    kind: str, title: str, mode: Mode, column: str, words: str, shown: list[Slice], most: int | None = None
) -> Part:
    name = f"{kind}_{mode.value}"
    return Part(name, title, mode, column, words, tuple(shown), {"mode": mode.value}, most=most)


_Row = tuple[str, int, Mapping[OutcomeClass, Share], Share, v.Filter]


def _drawn(part: Part, results: Results) -> v.Figure:
    chosen = part.slices[: part.most]
    shown = _bit_rows(part) if part.column == "bit" else [_row(part, one, one.value) for one in chosen]
    caption = _caption(results, sum(one.trials for one in part.slices))
    if part.unknown:
        caption += f"; without {part.unknown:,} proven masked without a run"
    if len(part.slices) > len(chosen):
        caption += f"; the {len(chosen)} of {len(part.slices)} with most critical faults"
    if results.sampling.stratify is not None:
        caption += f"; {UNWEIGHTED}"
    return _stacked(part.name, part.title, caption, shown)


def _row(part: Part, one: Slice, name: str) -> _Row:
    value: int | str = int(one.value) if part.column == "bit" else one.value
    return name, one.trials, one.bars, one.critical, {**part.chosen, part.column: value}


def _bit_rows(part: Part) -> list[_Row]:
    """The highest bit first, as numbers are written; neighbours that were not struck in one row."""
    found = []
    for struck, run in groupby(reversed(part.slices), key=lambda one: one.trials > 0):
        bits = list(run)
        if struck:
            found += [_row(part, one, f"bit {one.value}") for one in bits]
        else:
            ends = dict.fromkeys((bits[0].value, bits[-1].value))
            found.append(_row(part, bits[0], f"{'bits' if len(ends) > 1 else 'bit'} {'–'.join(ends)}"))
    return found


def _caption(results: Results, n: int) -> str:
    return f"n = {n:,}; {results.network} on {results.arch}{results.critical.suffix}"


def _stacked(name: str, title: str, caption: str, shown: Sequence[_Row]) -> v.Figure:
    left: list[v.Mark] = []
    right: list[v.Mark] = []
    rows = []
    for number, (label, trials, bars, critical, chosen) in enumerate(shown):
        y = number + 0.5
        rows.append(v.RowLabel(y, label))
        told = _told(label, trials, bars, critical, chosen)
        if not trials:
            left.append(v.Words(0.0, y, NOT_STRUCK))
            continue
        pieces = tuple(v.Piece(look_of(c), bars[c].events, bars[c].value) for c in ORDER if bars[c].events)
        left.append(v.Stack(y, 0.8, pieces, trials, told))
        ends = (critical.low, critical.end)
        right.append(v.Point(critical.value, y, Look.INK, ends, few=trials < FEW, told=told))
    lines = float(len(shown)) or 1.0
    top = rounded_up(
        max((p.interval[1] for p in right if isinstance(p, v.Point) and p.interval), default=1.0)
    )
    panels = (
        v.Panel(share_axis(1.0, "share of the row's injections", 4), lines_axis(lines), lines, tuple(left),
              tuple(rows), weight=1.6),
        v.Panel(share_axis(top, "critical", 3), lines_axis(lines), lines, tuple(right)),
    )  # fmt: skip
    legend = v.with_few(tuple(v.Entry(look_of(c), c.label) for c in ORDER), (*left, *right))
    return v.Figure(name, title, caption, NOTE, _alt(title, shown), (panels,), legend)


def _told(
    label: str, trials: int, bars: Mapping[OutcomeClass, Share], critical: Share, chosen: v.Filter
) -> v.Told:
    lines = [f"{label}: {trials:,} injections", f"critical: {critical.said}"]
    lines += [f"{c.label}: {bars[c].said}" for c in ORDER if bars[c].events]
    return v.Told(tuple(lines), chosen)


def _alt(title: str, shown: Sequence[_Row]) -> str:
    struck = [(label, critical) for label, trials, _, critical, _ in shown if trials]
    worst = sorted(struck, key=lambda one: -one[1].value)[:3]
    most = ", ".join(f"{label} {critical.label} %" for label, critical in worst)
    return f"{title}: stacked bars of all outcomes and the critical share of each; most critical: {most}"
