"""Critical faults on the page: by kernel, in a ranking, and how large changes of the output are. A slider
counts all of it again for another tolerance (``tolerance.js``), from the packed rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sassafras.analysis.critical import Criticality
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.hardening.ranking import Ranked, Share, rank
from sassafras.report.page.marks import WIDTH, Tick, percent_tick, share_ticks
from sassafras.report.page.wording import said, style_of
from sassafras.simulation.outcome import Severity

LEFT, RIGHT, TOP = 112, 108, 20  #: names of kernels; their numbers; the axis
BAR, GAP = 12.0, 8.0
TALL = 90.0  #: of the histogram's bars

#: Tolerances of the slider: nothing, then 1, 2 and 5 times powers of ten up to 1.
STOPS = (0.0, *(float(f"{digit}e{power}") for power in range(-8, 0) for digit in (1, 2, 5)), 1.0)
CHANGED = (OutcomeClass.MALFUNCTION, OutcomeClass.LIGHT_MALFUNCTION)  #: outputs that differ and are finite


def stops_with(tolerance: float) -> tuple[float, ...]:
    """The slider's stops and the tolerance that the page was made with."""
    return tuple(sorted({*STOPS, tolerance}))


@dataclass(frozen=True)
class CriticalBar:
    """A kernel's bar: y, ends of bar and whisker, what stands beside it."""

    kernel: str
    y: float
    end: float
    low: float
    high: float
    label: str

    @property
    def middle(self) -> float:
        """Where whisker and label are."""
        return self.y + BAR / 2


@dataclass(frozen=True)
class CriticalFigure:
    """Critical faults of a mode by kernel (CKV). ``top``: where the axis ends, as a share: at tolerance 0
    every bar fits.
    """

    mode: str
    title: str
    height: float
    scale: float
    ticks: tuple[Tick, ...]
    bars: tuple[CriticalBar, ...]
    left: int = LEFT
    width: int = WIDTH


@dataclass(frozen=True)
class Bin:
    """Changes from one stop to the next, of one outcome: x, y, width and height of its bar."""

    style: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Histogram:
    """How large changes are, on a logarithmic axis. ``highest``: faults in the fullest bin."""

    bins: tuple[Bin, ...]
    ticks: tuple[Tick, ...]
    highest: int
    counted: int
    mark: float
    height: float = TALL + 34
    bottom: float = TALL + 12
    width: int = WIDTH


def ranking(results: Results, critical: Criticality) -> tuple[Ranked, ...]:
    """The kernels, most critical faults first."""
    return rank(results.injections, results.kernels, results.modes, critical)


def critical_figures(results: Results, critical: Criticality) -> list[CriticalFigure]:
    """One per mode, on one axis."""
    widest = _by_kernel(results, Criticality())
    highest = max((share.high for of_mode in widest.values() for share in of_mode.values()), default=1.0)
    scale = (WIDTH - LEFT - RIGHT) / (min(1.0, math.ceil(highest * 20) / 20) or 1.0)
    ticks = tuple(
        Tick(LEFT + share * scale, percent_tick(share))
        for share in share_ticks((WIDTH - LEFT - RIGHT) / scale, 4)
    )
    found = []
    for mode, shares in _by_kernel(results, critical).items():
        bars = tuple(
            CriticalBar(
                kernel,
                TOP + number * (BAR + GAP),
                LEFT + share.value * scale,
                LEFT + share.low * scale,
                LEFT + share.high * scale,
                said(share),
            )
            for number, (kernel, share) in enumerate(shares.items())
        )
        height = TOP + len(bars) * (BAR + GAP)
        found.append(CriticalFigure(mode, f"Critical faults by kernel, {mode}", height, scale, ticks, bars))
    return found


def _by_kernel(results: Results, critical: Criticality) -> dict[str, dict[str, Share]]:
    ranked = {found.kernel: dict(found.by_mode) for found in ranking(results, critical)}
    return {
        mode.value: {kernel: ranked[kernel][mode] for kernel in results.kernels} for mode in results.modes
    }


def histogram(results: Results, tolerance: float) -> Histogram | None:
    """How large the changes of finite outputs are; None where none changed, or none says how much."""
    rows = results.injections
    rows = rows[rows["severity"].isin([c.value for c in CHANGED]) & rows["largest_change"].notna()]
    if rows.empty:
        return None
    changes = rows["largest_change"].to_numpy(np.float64)
    bins = np.searchsorted(np.array(STOPS), changes, side="right") - 1
    counts = {c: np.bincount(bins[rows["severity"] == c.value], minlength=len(STOPS)) for c in CHANGED}
    highest = int(np.sum(list(counts.values()), axis=0).max())
    placed = []
    for number in range(len(STOPS)):
        x, y = place_of(STOPS[number]), TALL + 12
        width = (place_of(STOPS[number + 1]) if number + 1 < len(STOPS) else WIDTH - 4) - x
        for outcome in reversed(CHANGED):
            tall = TALL * int(counts[outcome][number]) / highest
            y -= tall
            placed += [Bin(style_of(outcome), x, y, width, tall)] if tall else []
    ticks = tuple(Tick(place_of(10.0**power), _power(power)) for power in range(-8, 1, 2))
    return Histogram(tuple(placed), ticks, highest, len(rows), place_of(tolerance))


def place_of(change: float) -> float:
    """Where a change is on the histogram's axis; everything below 1e-8 in a bin of its own."""
    left, decade = 4.0, (WIDTH - 40.0) / 8.5
    if change < STOPS[1]:
        return left
    return left + decade * (math.log10(change) + 8.3)


def _power(power: int) -> str:
    return "1" if power == 0 else f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def no_slider(results: Results) -> str:
    """Why nothing can be counted again from the rows of the page; "" where it can."""
    if results.sampling.stratify is not None or results.sampling.until is not None:
        return "the injections were sampled so that counts alone are no estimate"
    light = results.injections["severity"] == Severity.LIGHT_MALFUNCTION.value
    if results.injections.loc[light, "largest_change"].isna().any():
        return "an older version stored some of the rows, and how large their changes are is not known"
    return ""


def slider_facts(results: Results) -> dict[str, object]:
    """What ``tolerance.js`` needs: the stops, which one the page was made with, the histogram's places."""
    stops = stops_with(results.critical.tolerance)
    return {
        "stops": list(stops),
        "words": [f"{stop:g}" for stop in stops],
        "meanings": [Criticality(stop).words for stop in stops],
        "start": stops.index(results.critical.tolerance),
        "places": [round(place_of(stop), 1) for stop in stops],
        "missing": no_slider(results),
        "left": LEFT,
    }
