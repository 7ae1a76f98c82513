"""Numbers and names as the page writes them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from sassafras.faults.model import Mode
from sassafras.hardening.ranking import Share
from sassafras.report.cells import sampled, share_of
from sassafras.report.numbers import with_unit

MODE_NAMES = {
    Mode.RF: "register file",
    Mode.IOA: "instruction output address",
    Mode.IOV: "instruction output value",
}


def row_text(row: Mapping[Hashable, Any]) -> str:
    """The share of a row of a table of the analysis: "12.7 (10.7–14.9) %", "below 0.30 %", "–"."""
    return share_of(row).said


def said(share: Share) -> str:
    """A share of a hardening study or of a ranking."""
    return sampled(share).said


def plainly(share: Share) -> str:
    """A share without its interval: "12.7 %", "below 0.30 %"."""
    return with_unit(sampled(share).parts[0])


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
