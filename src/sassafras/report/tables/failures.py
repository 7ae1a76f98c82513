"""Failures of two programs, by exposure: a table, and plain rows for files, of which the table is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sassafras.analysis.critical import Criticality
from sassafras.analysis.events import Event
from sassafras.analysis.exposure import ALL, STOPPED, Failures
from sassafras.report.cells import Count, Factor, Missing, Number, Share
from sassafras.report.table import Given, Table, made

Stored = Mapping[str, Any]  #: a row of `failure_rows`

SHOWN = (
    Event.CRITICAL.value,
    Event.MALFUNCTION.value,
    Event.INVALID_OUTPUT.value,
    Event.DUE.value,
    Event.DETECTED.value,
)  #: of the table; files have all
CAPTION = (
    "share x exposure, {first}'s exposure = 100; hits: sites (IOA, IOV) or register bits x modelled time "
    "(RF) of the struck kernels; modes and fault models mixed in equal parts, as injected; 95 % intervals "
    "(ratios: Koopman; where members of a mixture weigh unlike, MOVER on logarithms); where none was seen, "
    "below: shares by the one-sided 95 % bound, ratios by the end of the interval"
)


def failures(
    found: Sequence[Stored],
    critical: Criticality,
    first: str = "the unhardened program",
    heads: tuple[str, str] = ("before", "after"),
) -> list[Table]:
    """Per mode, models mixed, and of all: failures of both programs, and their ratio; none where nothing is
    known of exposures. ``first``: whose hits are 100 %; ``heads``: of the columns.
    """
    shown = shown_failures(found)
    if not shown:
        return []
    groups = []
    for mode in dict.fromkeys(one["mode"] for one in shown):
        own = [one for one in shown if one["mode"] == mode]
        exposure = own[0]["exposure"]
        hits: list[Given] = [mode, "hits", None, Number(100), None, Number(exposure * 100), Number(exposure)]
        groups.append([hits, *(_row(one) for one in own)])
    before, after = heads
    columns = ("mode", "failures", f"{before} n", before, f"{after} n", after, "ratio")
    title = f"Failures, in percent of {first}'s hits{critical.suffix}"
    name = "failures" if heads[0] == "before" else f"failures_{after}"
    return [made(name, title, CAPTION.format(first=first), columns, groups, left=2)]


def _row(one: Stored) -> list[Given]:
    return [one["mode"], label(one["failure"]), *_side(one, "before"), *_side(one, "after"), ratio_of(one)]


def _side(one: Stored, side: str) -> list[Given]:
    value, low, high, below = (one[name] for name in (side, f"{side}_low", f"{side}_high", f"below_{side}"))
    n, of = one[f"n_{side}"], one[f"of_{side}"]
    if value is None:
        return [Count(n, of), Missing()]
    return [Count(n, of), Share(value, low, high, math.nan if below is None else below, n, of)]


def ratio_of(one: Stored) -> Factor:
    """The ratio of the second program's failures to the first's."""
    if one["ratio"] is None:
        return Factor(math.nan, 0.0, math.inf)
    return Factor(
        one["ratio"], one["ratio_low"], math.inf if one["ratio_high"] is None else one["ratio_high"]
    )


def shown_failures(found: Iterable[Stored], names: Sequence[str] = SHOWN) -> list[Stored]:
    """Those of each mode, its models mixed where it has several, in the order of ``names``."""
    every = list(found)
    mixed = {one["mode"] for one in every if one["model"] == ALL}
    modes = list(dict.fromkeys(one["mode"] for one in every))
    chosen = [
        one
        for one in every
        if one["failure"] in names
        and (one["model"] == ALL or one["mode"] not in mixed)
        and _is_possible(one, every)
    ]
    return sorted(chosen, key=lambda one: (modes.index(one["mode"]), names.index(one["failure"])))


def _is_possible(one: Stored, every: Sequence[Stored]) -> bool:
    """Whether it happened anywhere: nothing is detected where nothing looks."""
    same = [other for other in every if other["failure"] == one["failure"]]
    return one["failure"] != Event.DETECTED.value or any(f["n_before"] or f["n_after"] for f in same)


def label(name: str) -> str:
    """The name of a failure as tables write it."""
    return "DUE or Detected" if name == STOPPED else Event(name).label


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
