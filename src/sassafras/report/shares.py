"""Shares as people read them: percentages with as many decimals as they need, and never "0 %" for what was
merely not seen.
"""

from __future__ import annotations

import math

NOTHING = "–"  #: where there is no share
NONE_SEEN = 'where none was seen, "below" is the one-sided 95 % upper bound'
LEAST = 0.000005  #: shares below it are written with a power of ten: "2e-5" percent


def percent(share: float) -> str:
    """A share in percent, without the sign: one decimal, or as many as its first digit needs (0.04, 2e-5)."""
    return _written(share, share)


def interval_percent(low: float, high: float, share: float) -> str:
    """The interval of a share in percent, with as many decimals as the share has: "10.7–14.9"."""
    return f"{_written(low, share)}–{_written(high, share)}"


def _written(value: float, like: float) -> str:
    """A share in percent, as precisely as another one needs."""
    if 0 < like < LEAST:
        return "0" if value == 0 else f"{value * 100:.0e}".replace("e-0", "e-")
    in_percent = like * 100
    if in_percent == 0 or in_percent >= 0.05:
        places = 1
    else:
        places = min(3, max(1, -math.floor(math.log10(in_percent))))
    return f"{value * 100:.{places}f}"


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
