"""Numbers and names as the page writes them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from sassafras.analysis.intervals import none_seen_bound
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import Share
from sassafras.report.cells import cell
from sassafras.report.numbers import percent

MODE_NAMES = {
    Mode.RF: "register file",
    Mode.IOA: "instruction output address",
    Mode.IOV: "instruction output value",
}


def share_text(share: float | None, low: float, high: float, below: float | None) -> str:
    """A share as the terminal's tables write it, with its unit: "12.7 (10.7–14.9) %", "below 0.30 %", "–"."""
    shown = cell(math.nan if share is None else share, low, high, math.nan if below is None else below).plain
    return shown if shown.endswith("%") or not shown[0].isdigit() else f"{shown} %"


def row_text(row: Mapping[Hashable, Any]) -> str:
    """The share of a row of a table of the analysis."""
    share, low, high, below = (float(row[name]) for name in ("share", "low", "high", "below"))
    return share_text(None if math.isnan(share) else share, low, high, None if math.isnan(below) else below)


def said(share: Share) -> str:
    """A share of a hardening study or of a ranking."""
    if not share.trials:
        return share_text(None, 0, 1, None)
    below = None if share.n else float(none_seen_bound(share.trials))
    return share_text(share.value, share.low, share.high, below)


def plainly(share: Share) -> str:
    """A share without its interval: "12.7 %", "below 0.30 %"."""
    return f"{percent(share.value)} %" if share.n else said(share)


def stored_share(stored: dict[str, float]) -> Share:
    """A share as ``harden.json`` keeps it."""
    return Share(int(stored["n"]), int(stored["of"]), stored["low"], stored["high"])


def listed(words: list[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def duration(seconds: float) -> str:
    """A time for people: "3.4 s", "2 min 12 s", "1 h 04 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
