"""The oracle of float instructions is itself held against NumPy's float32 and Python's floats, where those
apply (round to nearest).
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.emulator.ieee import DOUBLE, SINGLE
from tests.emulator.values import FLOATS

WORD = st.one_of(st.sampled_from(FLOATS), st.integers(0, 2**32 - 1))
LONG = st.integers(0, 2**64 - 1)


def _canonical32(value: np.float32) -> int:
    return SINGLE.nan if np.isnan(value) else int(value.view(np.uint32))


def _single(bits: int) -> np.float32:
    return np.float32(np.array([bits], np.uint32).view(np.float32)[0])


def _double(bits: int) -> float:
    return float(struct.unpack("<d", struct.pack("<Q", bits))[0])


def _bits(value: float) -> int:
    return DOUBLE.nan if math.isnan(value) else int(struct.unpack("<Q", struct.pack("<d", value))[0])


@given(WORD, WORD)
def test_single_sum_and_product_as_numpy(x: int, y: int) -> None:
    with np.errstate(all="ignore"):
        assert SINGLE.add(x, y) == _canonical32(_single(x) + _single(y))
        assert SINGLE.multiply(x, y) == _canonical32(_single(x) * _single(y))


@given(LONG, LONG)
def test_double_sum_and_product_as_python(x: int, y: int) -> None:
    assert DOUBLE.add(x, y) == _bits(_double(x) + _double(y))
    assert DOUBLE.multiply(x, y) == _bits(_double(x) * _double(y))


@given(WORD, WORD, WORD)
def test_directed_results_enclose_the_exact_sum_of_product(x: int, y: int, z: int) -> None:
    if any(SINGLE.is_nan(v) or SINGLE.is_infinite(v) for v in (x, y, z)):
        return
    exact = SINGLE.value(x) * SINGLE.value(y) + SINGLE.value(z)
    down, up, zero, near = (SINGLE.multiply_add(x, y, z, mode) for mode in ("RM", "RP", "RZ", "RN"))
    low = Fraction(-(2**200)) if SINGLE.is_infinite(down) else SINGLE.value(down)
    high = Fraction(2**200) if SINGLE.is_infinite(up) else SINGLE.value(up)
    assert low <= exact <= high
    assert zero == (down if exact > 0 else up) or exact == 0
    assert near in (down, up)
    if not SINGLE.is_infinite(near):
        assert abs(SINGLE.value(near) - exact) <= (high - low) / 2


@given(WORD, WORD)
def test_order_as_numpy(x: int, y: int) -> None:
    a, b = _single(x), _single(y)
    order = SINGLE.order(x, y)
    assert (order == -1, order == 0, order == 1) == (bool(a < b), bool(a == b), bool(a > b))
