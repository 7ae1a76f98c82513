"""How every number is written, once for tables, figures, sentences and the page: with the digits that its
interval leaves it, and never "0 %" for what was merely not seen.
"""

from __future__ import annotations

import math

NOTHING = "–"  #: where there is no number
FEW = 10  #: of fewer trials than these a share says little: it is marked
FEW_MARK = "†"
FEW_WORDS = f"{FEW_MARK}: of fewer than {FEW}"
NOT_STRUCK = "not struck"
NONE_SEEN = 'where none was seen, "below" is the one-sided 95 % upper bound'
LEAST = 0.000005  #: shares below it are written with a power of ten: "2e-5" percent
MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """A share in percent, without the sign, of which no interval is known: one decimal, or as many as its
    first digit needs (0.04, 2e-5).
    """
    in_percent = share * 100
    if in_percent == 0 or in_percent >= 0.05:
        return _written(share, 1)
    return _written(share, min(3, max(1, -math.floor(math.log10(in_percent)))))


def decimals_of(share: float, low: float, high: float) -> int:
    """Decimals of a percentage: two digits of the distance to its nearer bound, one where they would be
    above 35 (the rule of the Particle Data Group for errors, Phys. Rev. D 110, 030001, 2024, section 5.3).
    """
    nearer = min((side for side in (share - low, high - share) if side > 1e-12), default=0.0) * 100
    if not 0 < nearer < math.inf:
        return 1
    power = math.floor(math.log10(nearer))
    return max(0, (1 if nearer / 10**power < 3.55 else 0) - power)


def share_parts(share: float, low: float, high: float, below: float = math.nan) -> tuple[str, str]:
    """A share in percent and its interval: ("12.7", "10.7–14.9"); ("below 0.30 %", "") where no event was
    seen (``below``: the one-sided bound, else NaN); a dash without a share.
    """
    if math.isnan(share):
        return NOTHING, ""
    if not math.isnan(below):
        return f"below {bound_percent(below)} %", ""
    places = decimals_of(share, low, high)
    return _written(share, places), f"{_written(low, places)}–{_written(high, places)}"


def share_text(share: float, low: float, high: float, below: float = math.nan) -> str:
    """The same in one piece: "12.7 (10.7–14.9)"."""
    shown, bounds = share_parts(share, low, high, below)
    return f"{shown} ({bounds})" if bounds else shown


def share_label(share: float, low: float, high: float, below: float = math.nan) -> str:
    """The same where there is room for the share alone, as above a bar: "12.7", "<0.30"."""
    shown, _ = share_parts(share, low, high, below)
    return shown if math.isnan(below) else f"<{bound_percent(below)}"


def with_unit(text: str) -> str:
    """A share in a sentence: "12.7 (10.7–14.9) %"; bounds and dashes have no need of it."""
    return text if text.endswith("%") or not text[:1].isdigit() else f"{text} %"


def _written(share: float, places: int) -> str:
    """A share in percent; above 0 it is never written as 0."""
    if 0 < share < LEAST:
        return f"{share * 100:.0e}".replace("e-0", "e-")
    text = f"{share * 100:.{places}f}"
    return percent(share) if share > 0 and float(text) == 0 else text


def bound_percent(share: float) -> str:
    """An upper bound in percent, without the sign: two digits, rounded up, so that it still is one."""
    return "100" if 0.99 <= share <= 1 else rounded_up(share * 100)


def rounded_up(value: float) -> str:
    """Two digits that matter, rounded up: "0.30"; "0" for nothing."""
    if not value > 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(value)))
    return f"{math.ceil(value * 10**places - 1e-9) / 10**places:.{places}f}"


def below(bound: float) -> str:
    """What is said of a share of which no event was seen: "below 0.30 %"."""
    return f"below {bound_percent(bound)} %"


def signed(share: float, places: int = 1) -> str:
    """Percentage points with their sign: "+1.2", "−0.4", "0.0"."""
    points = f"{abs(share) * 100:.{places}f}"
    if float(points) == 0:
        return points
    return ("+" if share > 0 else MINUS) + points


def significant(value: float, digits: int = 3) -> str:
    """A number with so many digits that matter: "0.166", "∞", "NaN"."""
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return "NaN" if math.isnan(value) else f"{value:.{digits}g}"


def added(share: float, *, sign: bool = False) -> str:
    """An overhead in percent, two decimals, without the sign of percent: "2.86", "−0.12"; ``sign``: with a
    plus.
    """
    return f"{share * 100:{'+' if sign else ''}.2f}".replace("-", MINUS)


def band_text(low: float, high: float) -> str:
    """The ends of a band of overheads in percent, with three digits: "1.16–4.86"."""
    return f"{_short(low)}–{_short(high)}"


def _short(share: float) -> str:
    value = share * 100
    digits = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return f"{value:.{digits}f}".replace("-", MINUS)


def rate(value: float) -> str:
    """A rate: two digits that matter; what is not 0 and less than 0.001 is called that."""
    if value == 0 or value >= 0.001:
        return f"{value:.0f}" if value >= 100 or value == 0 else f"{value:.2g}"
    return "<0.001"


def span(low: float, high: float) -> str:
    """Two rates, or one where they read alike."""
    return rate(high) if rate(low) == rate(high) else f"{rate(low)}–{rate(high)}"


def probability(share: float) -> str:
    """A probability in percent."""
    if math.isnan(share):
        return "NaN"
    return f"{100 * share:.4f} %" if share == 0 or share >= 5e-7 else f"{100 * share:.1e} %"


def points(before: float, after: float) -> str:
    """A change of probability in percentage points."""
    if math.isnan(before) or math.isnan(after):
        return NOTHING
    change = 100 * (after - before)
    return f"{change:+.4f}" if abs(change) >= 0.00005 or change == 0 else f"{change:+.1e}"
