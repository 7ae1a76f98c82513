"""Critical faults by kernel, and how large changes of the output are. The page's slider counts both again for
another tolerance (``tolerance.js``).
"""

from __future__ import annotations

import math

import numpy as np

from sassafras.analysis.critical import Criticality
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import rank
from sassafras.report.cells import Share, sampled
from sassafras.report.figures import value as v
from sassafras.report.figures.axes import lines_axis, rounded_up, share_axis
from sassafras.report.figures.looks import Look, look_of
from sassafras.report.figures.registry import CAMPAIGN
from sassafras.report.numbers import FEW, NOT_STRUCK

#: Tolerances of the slider: nothing, then 1, 2 and 5 times powers of ten up to 1.
STOPS = (0.0, *(float(f"{digit}e{power}") for power in range(-8, 0) for digit in (1, 2, 5)), 1.0)
CHANGED = (OutcomeClass.MALFUNCTION, OutcomeClass.LIGHT_MALFUNCTION)  #: outputs that differ and are finite
LEAST = 0.5e-8  #: left end of the axis of changes: what is below 1e-8 has a bin of its own
MARK = "tolerance-mark"


@CAMPAIGN.at(50)
def critical(results: Results) -> list[v.Figure]:
    """Critical faults by kernel (CKV), per mode, on one axis; a plain sample's, whose counts are shares."""
    if not results.sampling.is_plain or results.injections.empty:
        return []
    widest = _by_kernel(results, Criticality())
    top = rounded_up(max((e.end for found in widest.values() for e in found.values()), default=1.0))
    found = _by_kernel(results, results.critical)
    return [_critical(results, mode, shares, top) for mode, shares in found.items()]


def _by_kernel(results: Results, meant: Criticality) -> dict[Mode, dict[str, Share]]:
    ranked = {
        found.kernel: dict(found.by_mode)
        for found in rank(results.injections, results.kernels, results.modes, meant)
    }
    return {m: {kernel: sampled(ranked[kernel][m]) for kernel in results.kernels} for m in results.modes}


def bar_key(mode: Mode, kernel: str) -> str:
    """By which ``tolerance.js`` finds a bar."""
    return f"{mode.value} {kernel}"


def _critical(results: Results, mode: Mode, shares: dict[str, Share], top: float) -> v.Figure:
    struck = results.injections[results.injections["mode"] == mode.value]["kernel"].value_counts()
    marks: list[v.Mark] = []
    rows = []
    for number, (kernel, found) in enumerate(shares.items()):
        n, text, y = int(struck.get(kernel, 0)), found.said, 1.5 * number + 0.6
        told = v.Told((f"{mode.value}, {kernel}", f"critical: {text}", f"{n:,} injections struck it"))
        bar = v.Bar(y, 0.9, Look.CRITICAL, found, text, told, n < FEW, key=bar_key(mode, kernel))
        marks.append(bar if n else v.Words(0.0, y, NOT_STRUCK))
        rows.append(v.RowLabel(y, f"{kernel} n={n:,}"))
    lines = 1.5 * len(shares) or 1.0
    title = f"Critical faults by kernel, mode {mode.value}"
    worst = max(shares, key=lambda kernel: shares[kernel].events)
    alt = f"{title}: bars with 95 % intervals; most: {worst} {shares[worst].said}"
    axis = share_axis(top, "share of the mode's injections", 4)
    panel = v.Panel(axis, lines_axis(lines), lines, tuple(marks), tuple(rows))
    caption = f"n = {results.injected(mode):,} injections; critical: {results.critical.words}"
    return v.Figure(
        f"critical_{mode.value}", title, caption, "", alt, ((panel,),), v.with_few((), tuple(marks))
    )


@CAMPAIGN.at(40)
def changes(results: Results) -> list[v.Figure]:
    """How large the changes of finite outputs are; nothing where none changed, or none says how much."""
    rows = results.injections
    rows = rows[rows["severity"].isin([c.value for c in CHANGED]) & rows["largest_change"].notna()]
    if rows.empty:
        return []
    bins = np.searchsorted(np.array(STOPS), rows["largest_change"].to_numpy(np.float64), side="right") - 1
    counts = {c: np.bincount(bins[rows["severity"] == c.value], minlength=len(STOPS)) for c in CHANGED}
    columns = [_column(k, {c: int(counts[c][k]) for c in CHANGED}) for k in range(len(STOPS))]
    highest = max(column.n for column in columns)
    at = place_of(results.critical.tolerance)
    mark = v.Line(((at, 0.0), (at, float(highest))), Look.INK, dashed=True, key=MARK)
    x = v.Axis(LEAST, 2.0, tuple(v.Tick(10.0**p, _power(p)) for p in range(-8, 1, 2)),
             "largest change of an output value", log=True, grid=False)  # fmt: skip
    y = v.Axis(0.0, float(highest), (v.Tick(0.0, "0"), v.Tick(float(highest), f"{highest:,}")), "faults")
    shown = tuple(column for column in columns if column.n)
    title = "Largest change of an output value"
    legend = tuple(v.Entry(look_of(c), c.label) for c in reversed(CHANGED))
    caption = f"{len(rows):,} faults that changed a finite output; dashed: the tolerance"
    alt = f"{title}: a histogram on a logarithmic axis; the fullest bin has {highest:,} faults"
    note = "What changed by less than 1e-8 stands in the first bin."
    return [v.Figure("changes", title, caption, note, alt, ((v.Panel(x, y, 7.0, (*shown, mark)),),), legend)]


def _column(number: int, counts: dict[OutcomeClass, int]) -> v.Column:
    low = place_of(STOPS[number])
    high = STOPS[number + 1] if number + 1 < len(STOPS) else 2.0
    total = sum(counts.values())
    pieces = tuple(v.Piece(look_of(c), counts[c], counts[c] / total) for c in reversed(CHANGED) if counts[c])
    return v.Column(low, high, pieces)


def place_of(change: float) -> float:
    """Where a change is drawn: everything below 1e-8 at the left end."""
    return max(change, LEAST)


def _power(power: int) -> str:
    return "1" if power == 0 else f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def log_part(change: float) -> float:
    """How far along the axis of changes a change lies, 0 to 1."""
    return (math.log10(place_of(change)) - math.log10(LEAST)) / (math.log10(2.0) - math.log10(LEAST))
