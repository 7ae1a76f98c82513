"""IEEE 754 by hand, on integers only: the oracle of float instructions.

A finite number is an integer count of the format's smallest quantum, so sums and products are exact; one
function rounds. Special cases follow the rules of docs/sass.md: one NaN pattern, optional flushing of
denormals, saturation to [+0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Format:
    """A binary interchange format. ``digits``: bits of the significand with the hidden one; ``quantum``:
    exponent of the smallest positive number.
    """

    width: int
    digits: int
    quantum: int
    nan: int

    @property
    def sign(self) -> int:
        """The sign bit."""
        return 1 << (self.width - 1)

    @property
    def infinity(self) -> int:
        """Bits of +Inf."""
        return self.sign - (1 << (self.digits - 1))

    def is_nan(self, bits: int) -> bool:
        """Any NaN."""
        return bits & (self.sign - 1) > self.infinity

    def is_infinite(self, bits: int) -> bool:
        """Either infinity."""
        return bits & (self.sign - 1) == self.infinity

    def is_denormal(self, bits: int) -> bool:
        """A nonzero number without hidden one."""
        return 0 < bits & (self.sign - 1) < 1 << (self.digits - 1)

    def units(self, bits: int) -> int:
        """A finite number in units of the smallest positive one."""
        magnitude = bits & (self.sign - 1)
        field, fraction = magnitude >> (self.digits - 1), magnitude & ((1 << (self.digits - 1)) - 1)
        value = fraction if field == 0 else (fraction | 1 << (self.digits - 1)) << (field - 1)
        return -value if bits & self.sign else value

    def value(self, bits: int) -> Fraction:
        """A finite number as a fraction."""
        return Fraction(self.units(bits)) * Fraction(2) ** self.quantum

    def flush(self, bits: int) -> int:
        """Denormals to zero of their sign."""
        return bits & self.sign if self.is_denormal(bits) else bits

    def round(self, count: int, scale: int, mode: str = "RN") -> int:
        """Bits of count * 2**scale, rounded. An exact zero gives +0 (callers know better)."""
        if count == 0:
            return 0
        negative, magnitude = count < 0, abs(count)
        step = max(magnitude.bit_length() - self.digits, self.quantum - scale)
        if step <= 0:
            significand = magnitude << -step
        else:
            significand, rest = magnitude >> step, magnitude & ((1 << step) - 1)
            half = 1 << (step - 1)
            away = {"RZ": False, "RP": not negative, "RM": negative}.get(mode)
            if away is None:
                away = rest > half or (rest == half and significand & 1 == 1)
            if rest and away:
                significand += 1
        if significand == 1 << self.digits:
            significand, step = significand >> 1, step + 1
        bits = significand + max(scale + step - self.quantum, 0) * (1 << (self.digits - 1))
        if bits >= self.infinity:
            keeps = mode == "RZ" or (mode == "RP" and negative) or (mode == "RM" and not negative)
            bits = self.infinity - 1 if keeps else self.infinity
        return bits | self.sign if negative else bits

    def add(self, x: int, y: int, mode: str = "RN") -> int:
        """Bits of x + y."""
        return self.multiply_add(x, self.round(1, 0), y, mode)

    def multiply(self, x: int, y: int, mode: str = "RN") -> int:
        """Bits of x * y."""
        sign = (x ^ y) & self.sign
        if self.is_nan(x) or self.is_nan(y):
            return self.nan
        zero = self.units_or_infinity(x) == 0 or self.units_or_infinity(y) == 0
        if self.is_infinite(x) or self.is_infinite(y):
            return self.nan if zero else sign | self.infinity
        if zero:
            return sign
        return self.round(self.units(x) * self.units(y), 2 * self.quantum, mode)

    def units_or_infinity(self, bits: int) -> int:
        """Units, or a nonzero number for an infinity: only good for asking whether it is zero."""
        return 1 if self.is_infinite(bits) else self.units(bits)

    def multiply_add(self, x: int, y: int, z: int, mode: str = "RN") -> int:
        """Bits of x * y + z, rounded once."""
        if self.is_nan(z):
            return self.nan
        product = self.multiply(x, y, "RZ")
        if self.is_nan(product):
            return self.nan
        sign = (x ^ y) & self.sign
        if self.is_infinite(x) or self.is_infinite(y):
            return self.nan if self.is_infinite(z) and z != sign | self.infinity else sign | self.infinity
        if self.is_infinite(z):
            return z
        total = self.units(x) * self.units(y) + (self.units(z) << -self.quantum)
        if total:
            return self.round(total, 2 * self.quantum, mode)
        exact_zero_product = self.units(x) * self.units(y) == 0
        if exact_zero_product and sign == z & self.sign:
            return sign
        return self.sign if mode == "RM" else 0

    def saturate(self, bits: int) -> int:
        """Clamp to [+0, 1]; NaN gives +0."""
        if self.is_nan(bits) or bits & self.sign or bits == 0:
            return 0
        return min(bits, self.round(1, 0))

    def order(self, x: int, y: int) -> int | None:
        """-1, 0 or 1 as x is below, equal to or above y; None where a NaN is involved. -0 equals +0."""
        if self.is_nan(x) or self.is_nan(y):
            return None
        a, b = (-(v & (self.sign - 1)) if v & self.sign else v for v in (x, y))
        return (a > b) - (a < b)


HALF = Format(16, 11, -24, 0x7FFF)
BRAIN = Format(16, 8, -133, 0x7FFF)
SINGLE = Format(32, 24, -149, 0x7FFFFFFF)
DOUBLE = Format(64, 53, -1074, 0xFFF8000000000000)

_HOLDS = {"LT": (-1,), "EQ": (0,), "LE": (-1, 0), "GT": (1,), "NE": (-1, 1), "GE": (0, 1)}


def holds(comparison: str, order: int | None) -> bool:
    """Whether a comparison by its printed name holds for an order (``Format.order``)."""
    if comparison in ("T", "F"):
        return comparison == "T"
    if comparison in ("NUM", "NAN"):
        return (order is None) == (comparison == "NAN")
    if order is None:
        return comparison.endswith("U")
    return order in _HOLDS[comparison.removesuffix("U")]
