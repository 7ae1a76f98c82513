"""Shares as people read them: percentages with as many decimals as they need, and never "0 %" for what was
merely not seen.
"""

from __future__ import annotations

import math

NOTHING = "–"  #: where there is no share
NONE_SEEN = 'where none was seen, "below" is the one-sided 95 % upper bound'


def percent(share: float) -> str:
    """A share in percent, without the sign: one decimal, or more where one would show nothing (0.04)."""
    return f"{share * 100:.{_decimals(share)}f}"


def _decimals(share: float) -> int:
    """1, or as many as the first digit that is not 0 needs."""
    value = share * 100
    return 1 if value == 0 or value >= 0.05 else max(1, -math.floor(math.log10(value)))


def bound_percent(share: float) -> str:
    """An upper bound in percent, without the sign: two digits, rounded up, so that it still is one."""
    value = share * 100
    if value >= 99:
        return "100"
    decimals = max(0, 1 - math.floor(math.log10(value)))
    shown = math.ceil(value * 10**decimals - 1e-9) / 10**decimals
    return f"{shown:.{decimals}f}"


def below(bound: float) -> str:
    """What is said of a share of which no event was seen: "below 0.30 %"."""
    return f"below {bound_percent(bound)} %"
