"""binary32 arithmetic in plain Python with exact fractions: the oracle. Works on bits; NaN results are
0x7fffffff.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

NAN = 0x7FFFFFFF
INFINITY = 0x7F800000
SIGN = 0x80000000


def is_nan(a: int) -> bool:
    return a & 0x7FFFFFFF > INFINITY


def is_infinite(a: int) -> bool:
    return a & 0x7FFFFFFF == INFINITY


def value(a: int) -> Fraction:
    """The number that finite bits stand for."""
    exponent, fraction = a >> 23 & 0xFF, a & 0x7FFFFF
    magnitude = Fraction(fraction | (0x800000 if exponent else 0)) * Fraction(2) ** (max(exponent, 1) - 150)
    return -magnitude if a & SIGN else magnitude


def rounded(x: Fraction, zero_sign: int = 0) -> int:
    """The nearest float32, ties to even; a zero gets ``zero_sign``."""
    if x == 0:
        return zero_sign
    sign, x = (SIGN, -x) if x < 0 else (0, x)
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if Fraction(2) ** exponent > x:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    steps = round(x / unit)  # Fraction rounds half to even
    if steps * unit >= Fraction(2) ** 128:
        return sign | INFINITY
    return sign | int(np.float32(float(steps * unit)).view(np.uint32))


def fma(a: int, b: int, c: int) -> int:
    """a * b + c."""
    product_sign = (a ^ b) & SIGN
    if is_nan(a) or is_nan(b) or is_nan(c):
        return NAN
    if is_infinite(a) or is_infinite(b):
        zero = a & 0x7FFFFFFF == 0 or b & 0x7FFFFFFF == 0
        clash = is_infinite(c) and c & SIGN != product_sign
        return NAN if zero or clash else product_sign | INFINITY
    if is_infinite(c):
        return c
    product = value(a) * value(b)
    total = product + value(c)
    both_negative = product_sign and c & SIGN
    zero_sign = SIGN if product == 0 and value(c) == 0 and both_negative else 0
    return rounded(total, zero_sign)


def add(a: int, b: int) -> int:
    return fma(a, 0x3F800000, b)


def multiply(a: int, b: int) -> int:
    """fma(a, b, -0) and +0 differ only for a zero product, whose sign is that of the product."""
    return fma(a, b, (a ^ b) & SIGN)


def divide(a: int, b: int) -> int:
    sign = (a ^ b) & SIGN
    a_zero, b_zero = a & 0x7FFFFFFF == 0, b & 0x7FFFFFFF == 0
    if is_nan(a) or is_nan(b) or (a_zero and b_zero) or (is_infinite(a) and is_infinite(b)):
        return NAN
    if is_infinite(a) or b_zero:
        return sign | INFINITY
    if is_infinite(b) or a_zero:
        return sign
    return rounded(value(a) / value(b), sign)


def compare(a: int, b: int) -> int | None:
    """-1, 0 or 1; None for NaN."""
    if is_nan(a) or is_nan(b):
        return None
    x, y = ordered(a), ordered(b)
    return (x > y) - (x < y)


def ordered(a: int) -> int:
    """Sign and magnitude as one integer: orders floats, -0 == +0."""
    return -(a & 0x7FFFFFFF) if a & SIGN else a


def ex2(a: int) -> int:
    """MUFU.EX2 by way of the wider long double: 2^a rounded once more, denormals flushed."""
    if is_nan(a):
        return NAN
    if a & INFINITY == 0:
        return 0x3F800000
    if is_infinite(a) or abs(value(a)) > 200:
        return 0 if a & SIGN else INFINITY
    power = np.exp2(np.longdouble(float(value(a))))
    result = rounded(Fraction(*power.as_integer_ratio()))
    return result if result & INFINITY else 0
