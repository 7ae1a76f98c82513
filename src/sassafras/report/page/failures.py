"""Failures of the hardened program beside the unhardened one's, from ``harden.json``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sassafras.analysis.exposure import ALL
from sassafras.analysis.ratios import Ratio, RatioInterval
from sassafras.report.failure_tables import (
    EXPOSURE,
    INTERVALS,
    MIXED,
    SEEN,
    below_text,
    label,
    percent_text,
    ratio_text,
)
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.tables import Row, Table

Stored = Mapping[str, Any]  #: of ``harden.json``: a row of ``failures``


def failures_table(hardening: Hardening) -> Table | None:
    """Every failure of every mode, its models mixed where it has several; None where nothing is
    known of exposures.
    """
    stored = hardening.numbers["failures"]
    mixed = {one["mode"] for one in stored if one["model"] == ALL}
    shown = [one for one in stored if one["model"] == ALL or one["mode"] not in mixed]
    if not shown:
        return None
    rows: list[Row] = []
    last = None
    for one in shown:
        if one["mode"] != last:
            hits = ("hits", "100", f"{one['exposure'] * 100:.0f}", f"{one['exposure']:.3g}")
            rows.append(Row(one["mode"], hits, rule=last is not None))
        last = one["mode"]
        rows.append(Row(one["mode"], (label(one["failure"]), *_numbers(one))))
    caption = (
        "Failures in percent of the unhardened program's hits: share x exposure, the unhardened program's "
        f"exposure = 100; hits: {EXPOSURE}; {MIXED}; 95 % intervals {INTERVALS}; {SEEN}"
    )
    return Table("failures", caption, ("mode", "failures", "before", "after", "ratio"), tuple(rows))


def _numbers(one: Stored) -> tuple[str, str, str]:
    value = math.nan if one["ratio"] is None else one["ratio"]
    high = math.inf if one["ratio_high"] is None else one["ratio_high"]
    ratio = Ratio(value, one["ratio_low"], high, RatioInterval(one["interval"]))
    return _side(one, "before"), _side(one, "after"), ratio_text(ratio)


def _side(one: Stored, side: str) -> str:
    if one[f"below_{side}"] is not None:
        return below_text(one[f"below_{side}"])
    return (
        f"{percent_text(one[side])} ({percent_text(one[f'{side}_low'])}–{percent_text(one[f'{side}_high'])})"
    )
