"""Shares as people read them: percentages with as many decimals as they need, and never "0 %" for what was
merely not seen.
"""

from __future__ import annotations

import math

NOTHING = "–"  #: where there is no share
NONE_SEEN = 'where none was seen, "below" is the one-sided 95 % upper bound'


LEAST = 0.00001  #: smaller shares are not told apart: "<0.001"


def percent(share: float) -> str:
    """A share in percent, without the sign: one decimal, up to three where one shows nothing (0.04)."""
    if 0 < share < LEAST / 2:
        return f"<{LEAST * 100:g}"
    return f"{share * 100:.{decimals(share)}f}"


def decimals(share: float) -> int:
    """Decimals of a share in percent and of its interval: 1, or as many as its first digit needs."""
    value = share * 100
    return 1 if value == 0 or value >= 0.05 else min(3, max(1, -math.floor(math.log10(value))))


def bound_percent(share: float) -> str:
    """An upper bound in percent, without the sign: two digits, rounded up, so that it still is one."""
    value = share * 100
    if value >= 99:
        return "100"
    places = max(0, 1 - math.floor(math.log10(value)))
    shown = math.ceil(value * 10**places - 1e-9) / 10**places
    return f"{shown:.{places}f}"


def below(bound: float) -> str:
    """What is said of a share of which no event was seen: "below 0.30 %"."""
    return f"below {bound_percent(bound)} %"
