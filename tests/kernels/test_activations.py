"""The activations: bit for bit against the listing's operations done with exact fractions, and close to what
they are meant to be.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.kernels.cases import EXPONENTIAL_BORDERS, SPECIAL_BITS
from tests.kernels.exact_floats import (
    INFINITY,
    NAN,
    SIGN,
    add,
    compare,
    divide,
    ex2,
    fma,
    is_nan,
    multiply,
    rounded,
    value,
)

from sassafras.kernels.activation import Activation
from sassafras.kernels.elementwise import native

ZERO, HALF, ONE, MINUS_ONE, TWO, MINUS_TWO = 0, 0x3F000000, 0x3F800000, 0xBF800000, 0x40000000, 0xC0000000
TENTH = 0x3DCCCCCD


def run(activation: int, x: NDArray[np.float32]) -> NDArray[np.float32]:
    result = x.copy()
    native()[f"activate_{activation}"](result.ctypes.data, result.size)
    return result


def exp_factors(x: int) -> tuple[int, int]:
    """FFMA.SAT, FFMA.RM, FADD32I, SHL, two FFMA, MUFU.EX2, as in the listings."""
    step = fma(x, 0x3BBB989D, HALF)
    step = ZERO if compare(step, ZERO) != 1 else ONE if compare(step, ONE) == 1 else step
    floor = int(252 * value(step))  # FFMA.RM adds 12582913, where float32 holds the integers
    total = rounded(Fraction(floor + 12582913))
    shift = rounded(value(total) - 12582913 - 126)
    rest = fma(x, 0x3FB8AA3B, shift ^ SIGN)
    rest = fma(x, 0x32A57060, rest)
    return total << 23 & 0xFFFFFFFF, ex2(rest)


def logistic(x: int) -> int:
    power, factor = exp_factors(x ^ SIGN)
    return divide(ONE, fma(power, factor, ONE))


def relu(x: int) -> int:
    return multiply(x, ONE if compare(x, ZERO) == 1 else ZERO)


def ramp(x: int) -> int:
    return fma(x, TENTH, relu(x))


def tanh(x: int) -> int:
    power, factor = exp_factors(multiply(x, MINUS_TWO))
    return add(divide(TWO, fma(power, factor, ONE)), MINUS_ONE)


def leaky(x: int) -> int:
    return x if compare(x, ZERO) == 1 else multiply(x, TENTH)


def elu(x: int) -> int:
    power, factor = exp_factors(x)
    sign = compare(x, ZERO)
    below = multiply(ONE if sign == -1 else ZERO, fma(power, factor, MINUS_ONE))
    return fma(x, ONE if sign in (0, 1) else ZERO, below)


def hardtan(x: int) -> int:
    return MINUS_ONE if compare(x, MINUS_ONE) == -1 else ONE if compare(x, ONE) == 1 else x


ORACLES: dict[Activation, Callable[[int], int]] = {
    Activation.LOGISTIC: logistic,
    Activation.RELU: relu,
    Activation.LINEAR: int,
    Activation.RAMP: ramp,
    Activation.TANH: tanh,
    Activation.LEAKY: leaky,
    Activation.ELU: elu,
    Activation.HARDTAN: hardtan,
}

numbers = st.one_of(
    st.integers(0, 2**32 - 1),
    st.sampled_from(SPECIAL_BITS),
    st.floats(-110, 110, width=32).map(lambda x: int(np.float32(x).view(np.uint32))),
    st.sampled_from([int(np.float32(x).view(np.uint32)) for x in EXPONENTIAL_BORDERS]),
)


@pytest.mark.parametrize("activation", list(Activation))
@given(words=st.lists(numbers, min_size=1, max_size=40))
def test_every_operation_is_the_listing_s(activation: Activation, words: list[int]) -> None:
    result = run(activation, np.array(words, np.uint32).view(np.float32)).view(np.uint32)
    expected = [ORACLES[activation](word) for word in words]
    assert [hex(r) for r in result] == [hex(e) for e in expected]


@pytest.mark.parametrize("activation", list(Activation))
def test_special_values_one_by_one(activation: Activation) -> None:
    borders = np.array(EXPONENTIAL_BORDERS, np.float32)
    words = np.concatenate(
        [np.array(SPECIAL_BITS, np.uint32), borders.view(np.uint32), (-borders).view(np.uint32)]
    )
    result = run(activation, words.view(np.float32)).view(np.uint32)
    assert [hex(r) for r in result] == [hex(ORACLES[activation](int(w))) for w in words]


def test_what_the_names_promise() -> None:
    x = np.linspace(-20, 20, 4001).astype(np.float32)
    wide = x.astype(np.float64)
    meant = {
        Activation.LOGISTIC: 1 / (1 + np.exp(-wide)),
        Activation.RELU: np.maximum(wide, 0),
        Activation.LINEAR: wide,
        Activation.RAMP: np.maximum(wide, 0) + 0.1 * wide,
        Activation.TANH: np.tanh(wide),
        Activation.LEAKY: np.where(wide > 0, wide, 0.1 * wide),
        Activation.ELU: np.where(wide >= 0, wide, np.expm1(np.minimum(wide, 0))),
        Activation.HARDTAN: np.clip(wide, -1, 1),
    }
    for activation, values in meant.items():
        np.testing.assert_allclose(run(activation, x), values, rtol=4e-7, atol=4e-7, err_msg=activation.name)


def test_the_edges_a_reader_should_know() -> None:
    x = np.array([-1.0, -np.inf, 100.0, np.inf], np.float32)
    relu_bits = run(Activation.RELU, x).view(np.uint32)
    assert (int(relu_bits[0]), int(relu_bits[1])) == (SIGN, NAN)
    elu_bits = run(Activation.ELU, x).view(np.uint32)
    assert (int(elu_bits[2]), int(elu_bits[3])) == (NAN, NAN)
    payload = np.array([0x7F812345], np.uint32).view(np.float32)
    kept = {a for a in Activation if int(run(a, payload).view(np.uint32)[0]) == 0x7F812345}
    assert kept == {Activation.LINEAR, Activation.HARDTAN}
    assert is_nan(NAN)
    assert not is_nan(INFINITY)
