"""Failures of two programs, by exposure: a table for the terminal, plain rows for files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from sassafras.analysis.critical import Criticality
from sassafras.analysis.events import Event
from sassafras.analysis.exposure import ALL, STOPPED, Failures
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.ratios import Ratio
from sassafras.report.harden_layout import Layout, headed
from sassafras.report.numbers import NOTHING

SHOWN = (
    Event.CRITICAL.value,
    Event.MALFUNCTION.value,
    Event.INVALID_OUTPUT.value,
    Event.DUE.value,
    Event.DETECTED.value,
)  #: of the table; files have all
SEEN = "where none was seen, below: shares by the one-sided 95 % bound, ratios by the end of the interval"
MIXED = "modes and fault models are mixed in equal parts, as they were injected"
INTERVALS = "(ratios: Koopman; where members of a mixture weigh unlike, MOVER on logarithms)"
EXPOSURE = "sites (IOA, IOV) or register bits x modelled time (RF) of the struck kernels"


def failure_table(
    found: Iterable[Failures],
    critical: Criticality,
    first: str = "the unhardened program",
    heads: tuple[str, str] = ("before", "after"),
) -> Table:
    """Per mode, models mixed, and of all: failures of both programs, and their ratio. ``first``: whose hits
    are 100 %; ``heads``: of the columns.
    """
    table = headed(
        f"Failures, in percent of {first}'s hits{critical.suffix}",
        f"share x exposure, {first}'s exposure = 100; hits: {EXPOSURE}; {MIXED}; 95 % intervals "
        f"{INTERVALS}; {SEEN}",
        ["mode", "failures", *heads, "ratio"],
        Layout.TALL,
    )
    last = None
    for one in shown_failures(found):
        if one.mode != last:
            if last is not None:
                table.add_section()
            table.add_row(one.mode, "hits", "100", f"{one.exposure * 100:.0f}", f"{one.exposure:.3g}")
        last = one.mode
        cells = (share_text(one.share_before), after_text(one), ratio_text(one.ratio))
        table.add_row("", label(one.name), *cells)
    return table


def shown_failures(found: Iterable[Failures], names: Sequence[str] = SHOWN) -> list[Failures]:
    """Those of each mode, its models mixed where it has several, in the order of ``names``."""
    every = list(found)
    mixed = {one.mode for one in every if one.model == ALL}
    modes = list(dict.fromkeys(one.mode for one in every))
    chosen = [
        one
        for one in every
        if one.name in names and (one.model == ALL or one.mode not in mixed) and _is_possible(one, every)
    ]
    return sorted(chosen, key=lambda one: (modes.index(one.mode), names.index(one.name)))


def _is_possible(one: Failures, every: Sequence[Failures]) -> bool:
    """Whether it happened anywhere: nothing is detected where nothing looks."""
    same = [other for other in every if other.name == one.name]
    return one.name != Event.DETECTED.value or any(f.share_before.n or f.share_after.n for f in same)


def label(name: str) -> str:
    """The name of a failure as tables write it."""
    return "DUE or Detected" if name == STOPPED else Event(name).label


def percent_text(value: float) -> str:
    """Percent with three digits that matter."""
    return f"{value * 100:.3g}"


def share_text(share: Proportion) -> str:
    """As "23.6", or "below 0.3" where none was seen."""
    return below_text(share.below()) if not share.n else percent_text(share.estimate().value)


def after_text(one: Failures) -> str:
    """As "23.6 (19.9–27.6)", or "below 0.69" where none was seen."""
    found = one.after
    if not one.hit.n:
        return below_text(one.hit.below())
    return f"{percent_text(found.value)} ({percent_text(found.low)}–{percent_text(found.high)})"


def below_text(bound: float) -> str:
    """Percent of which none was seen: two digits, rounded up, so that it still is a bound."""
    return f"below {rounded_up(bound * 100)}"


def rounded_up(value: float) -> str:
    """Two digits that matter."""
    places = max(0, 1 - math.floor(math.log10(value)))
    return f"{math.ceil(value * 10**places - 1e-9) / 10**places:.{places}f}"


def ratio_text(found: Ratio) -> str:
    """As "0.166 (0.12–0.221)"; "below 0.3" where the second saw none; a dash where the first did."""
    if math.isnan(found.value):
        return NOTHING
    if not found.value:
        return f"below {rounded_up(found.high)}" if math.isfinite(found.high) else NOTHING
    high = "∞" if math.isinf(found.high) else f"{found.high:.3g}"
    return f"{found.value:.3g} ({found.low:.3g}–{high})"


def failure_rows(found: Iterable[Failures]) -> list[dict[str, Any]]:
    """JSON types: every failure of every mode, model and mixture; numbers that do not exist are None."""
    return [
        {
            "mode": one.mode,
            "model": one.model,
            "mixture": one.is_mixture,
            "failure": one.name,
            "exposure": one.exposure,
            "n_before": one.share_before.n,
            "of_before": one.share_before.total,
            "n_after": one.share_after.n,
            "of_after": one.share_after.total,
            "below_before": _number(one.share_before.below()),
            "below_after": _number(one.hit.below()),
            **_bounds("before", one.before.value, one.before.low, one.before.high),
            **_bounds("after", one.after.value, one.after.low, one.after.high),
            **_bounds("ratio", one.ratio.value, one.ratio.low, one.ratio.high),
            "interval": one.ratio.interval.value,
        }
        for one in found
    ]


def _bounds(name: str, value: float, low: float, high: float) -> dict[str, float | None]:
    numbers = {name: value, f"{name}_low": low, f"{name}_high": high}
    return {key: _number(number) for key, number in numbers.items()}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
