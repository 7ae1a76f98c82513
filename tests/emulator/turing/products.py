"""What tensor cores compute, in exact numbers: sums of products in the order and with the widths of
`sassafras.emulator.tensor_sums`, from the published description; and where the parts of matrices lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WARP = 32
Matrix = NDArray[np.uint32]  #: of the bits of elements
Words = NDArray[np.uint32]  #: of a warp: a row for each lane


@dataclass(frozen=True)
class Kind:
    """A float format: bits of exponent and fraction, of which ``dropped`` more lie below it."""

    exponent: int
    fraction: int
    dropped: int = 0

    def value(self, bits: int) -> float:
        """As a double (exact)."""
        bits = bits >> self.dropped
        top = (1 << self.exponent) - 1
        field, fraction = bits >> self.fraction & top, bits & (1 << self.fraction) - 1
        sign = -1.0 if bits >> self.exponent + self.fraction & 1 else 1.0
        if field == top:
            return math.nan if fraction else sign * math.inf
        bias = (1 << self.exponent - 1) - 1
        hidden = 1 << self.fraction if field else 0
        return sign * math.ldexp(hidden + fraction, max(field, 1) - bias - self.fraction)

    def exponent_of(self, value: float) -> int:
        """Of its highest bit, not below that of the least normal number; of zero that of a binary32."""
        if value == 0:
            return -126
        return max(math.frexp(value)[1] - 1, 2 - (1 << self.exponent - 1))


F16, BF16, TF32, F32 = Kind(5, 10), Kind(8, 7), Kind(8, 10, 13), Kind(8, 23)
#: Products summed at once by the bits of an element (bytes of a row), and fraction bits kept.
CORES = {"sm_75": (16, 24), "sm_80": (16, 24), "sm_90": (32, 25)}


def float_sum(arch: str, kind: Kind, sums: Kind, row: Sequence[int], column: Sequence[int], c: int) -> int:
    """The bits of c + row . column."""
    nbytes, kept = CORES[arch]
    step = 8 * nbytes // (32 if kind is TF32 else 16)
    for start in range(0, len(row), step):
        here = slice(start, start + step)
        c = _step(
            kind, sums, kept, [kind.value(x) for x in row[here]], [kind.value(x) for x in column[here]], c
        )
    return c


def _step(kind: Kind, sums: Kind, kept: int, row: list[float], column: list[float], c: int) -> int:
    addend = sums.value(c)
    with np.errstate(invalid="ignore"):
        # Products of numbers of 11 significant bits and their sums are exact in doubles.
        plain = float(
            np.sum([np.float64(x) * np.float64(y) for x, y in zip(row, column, strict=True)]) + addend
        )
    if not math.isfinite(plain):
        return _special(sums, plain)
    products = [(x * y, kind.exponent_of(x) + kind.exponent_of(y)) for x, y in zip(row, column, strict=True)]
    terms = [(addend, sums.exponent_of(addend)), *products]
    unit = max(exponent for _, exponent in terms) - kept
    total = math.ldexp(sum(math.trunc(math.ldexp(value, -unit)) for value, _ in terms), unit)
    return _half(total) if sums is F16 else _single_towards_zero(total)


def _special(sums: Kind, value: float) -> int:
    if math.isnan(value):
        return 0x7FFF if sums is F16 else 0x7FFFFFFF
    infinite = 0x7C00 if sums is F16 else 0x7F800000
    return infinite | ((0x8000 if sums is F16 else 0x80000000) if value < 0 else 0)


def _half(total: float) -> int:
    with np.errstate(over="ignore"):
        found = np.float16(total)
    return int((found + np.float16(0)).view(np.uint16))


def _single_towards_zero(exact: float) -> int:
    if abs(exact) >= 2.0**128:
        return _special(F32, math.copysign(math.inf, exact))
    with np.errstate(over="ignore", under="ignore"):
        near = np.float32(exact)
        if abs(float(near)) > abs(exact):
            near = np.nextafter(near, np.float32(0))
    return int((near + np.float32(0)).view(np.uint32))


def integer_sum(bits: tuple[int, int], signed: tuple[bool, bool], clamped: bool) -> Callable[..., int]:
    """A function like `float_sum` of a row, a column and c."""

    def value(x: int, which: int) -> int:
        return x - (1 << bits[which]) if signed[which] and x >> bits[which] - 1 else x

    def total(row: Sequence[int], column: Sequence[int], c: int) -> int:
        found = c - (1 << 32 if c >> 31 else 0)
        found += sum(value(x, 0) * value(y, 1) for x, y in zip(row, column, strict=True))
        if clamped:
            found = min(max(found, -(1 << 31)), (1 << 31) - 1)
        return found & 0xFFFFFFFF

    return total


# where elements lie ----------------------------------------------------------------------------------------


def elements(words: Words, bits: int, rows: int, depth: int) -> Matrix:
    """The rows of A (or, of B, its columns) that lanes hold in these words, element by element."""
    each = 32 // bits
    matrix = np.zeros((rows, depth), np.uint32)
    for row in range(rows):
        for k in range(depth):
            lane = 4 * (row % 8) + k // each % 4
            word = row // 8 + max(rows // 8, 1) * (k // (4 * each))
            matrix[row, k] = int(words[lane, word]) >> bits * (k % each) & (1 << bits) - 1
    return matrix


def sums_of(words: Words, rows: int, paired: bool) -> Matrix:
    """C (rows x 8) from the words of lanes."""
    matrix = np.zeros((rows, 8), np.uint32)
    for row in range(rows):
        for column in range(8):
            lane, high = 4 * (row % 8) + column // 2, row // 8
            if paired:
                matrix[row, column] = int(words[lane, high]) >> 16 * (column % 2) & 0xFFFF
            else:
                matrix[row, column] = words[lane, 2 * high + column % 2]
    return matrix
