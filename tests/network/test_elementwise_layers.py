"""Functions of one and two values, against float64."""

from __future__ import annotations

from collections.abc import Callable
from math import erf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.network.one_layer import result_of, values

from sassafras.network.layers.arithmetic import Arithmetic, Operation
from sassafras.network.layers.elementwise import LARGEST, Elementwise, Function
from sassafras.network.layers.layer import MisfitError
from sassafras.network.tensor import Shape, Tensor

Wide = NDArray[np.float64]
_ERF = np.vectorize(erf)


def _sigmoid(x: Wide) -> Wide:
    return np.asarray(1 / (1 + np.exp(-x)))


def _hard(x: Wide, alpha: float, beta: float) -> Wide:
    return np.clip(alpha * x + beta, 0, 1)


FUNCTIONS: dict[Function, tuple[tuple[float, ...], Callable[..., Any]]] = {
    Function.CLIP: ((-0.5, 1.5), np.clip),
    Function.SIGMOID: ((), _sigmoid),
    Function.TANH: ((), np.tanh),
    Function.HARD_SIGMOID: ((0.2, 0.5), _hard),
    Function.HARD_SWISH: ((1 / 6, 0.5), lambda x, a, b: x * _hard(x, a, b)),
    Function.SILU: ((), lambda x: x * _sigmoid(x)),
    Function.GELU: ((), lambda x: 0.5 * x * (1 + _ERF(x / np.sqrt(2)))),
    Function.GELU_TANH: ((), lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))),
    Function.LEAKY: ((0.2,), lambda x, a: np.where(x < 0, a * x, x)),
    Function.ELU: ((0.7,), lambda x, a: np.where(x < 0, a * (np.exp(x) - 1), x)),
    Function.EXP: ((), np.exp),
    Function.LOG: ((), lambda x: np.log(np.abs(x))),
    Function.SQRT: ((), lambda x: np.sqrt(np.abs(x))),
    Function.NEG: ((), np.negative),
    Function.ERF: ((), _ERF),
}
POSITIVE = (Function.LOG, Function.SQRT)


@pytest.mark.parametrize("function", Function)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 8.0])
def test_functions_equal_float64_to_rounding(function: Function, scale: float) -> None:
    numbers, reference = FUNCTIONS[function]
    x = np.float32(scale) * values(3, 7, 11)
    x = np.abs(x) if function in POSITIVE else x
    found = result_of(Elementwise(function, numbers), x)
    assert found.shape == x.shape
    np.testing.assert_allclose(found, reference(x.astype(np.float64), *numbers), rtol=4e-6, atol=3e-7)


@pytest.mark.parametrize("function", Function)
def test_nan_stays_nan(function: Function) -> None:
    x = np.full((1, 1, 1), np.nan, np.float32)
    assert np.isnan(result_of(Elementwise(function, FUNCTIONS[function][0]), x)).all()


def test_a_clip_without_bounds() -> None:
    x = np.array([-np.inf, -1, np.inf], np.float32).reshape(3, 1, 1)
    found = result_of(Elementwise(Function.CLIP, (-LARGEST, LARGEST)), x)
    np.testing.assert_array_equal(found.ravel(), np.array([-LARGEST, -1, LARGEST], np.float32))


@pytest.mark.parametrize("numbers", [(), (1.0,), (1.0, 2.0, 3.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_wrong_numbers_are_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(MisfitError, match="clip takes 2 finite numbers"):
        Elementwise(Function.CLIP, numbers).check((Tensor("input", (1, 1, 1, 1)),))


OPERATIONS: dict[Operation, Callable[[Wide, Wide], Any]] = {
    Operation.ADD: np.add,
    Operation.SUB: np.subtract,
    Operation.MUL: np.multiply,
    Operation.DIV: np.divide,
    Operation.PRELU: lambda a, b: np.where(a < 0, a * b, a),
    Operation.POW: np.power,
}
PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((3, 5, 7), (3, 5, 7)),
    ((3, 5, 7), (3, 1, 1)),
    ((3, 1, 1), (3, 5, 7)),
    ((3, 5, 7), (1, 1, 1)),
    ((3, 5, 7), (1, 5, 7)),
    ((3, 1, 1), (1, 5, 7)),
    ((1, 5, 7), (1, 1, 7)),
    ((3, 5, 7), (1, 1, 7)),
    ((3, 5, 7), (3, 5, 1)),
    ((1, 1, 1), (1, 1, 1)),
    ((9, 1, 1), (9, 1, 1)),
    ((1, 1, 9), (1, 1, 1)),
)


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_operations_equal_float64_to_rounding(operation: Operation, one: Shape, other: Shape) -> None:
    a, b = values(*one), values(*other, seed=2)
    if operation is Operation.POW:
        a = np.abs(a)
    expected = OPERATIONS[operation](a.astype(np.float64), b.astype(np.float64))
    for found in (
        result_of(Arithmetic(operation), a, b),
        result_of(Arithmetic(operation, other), a, parameters={"constant": b}),
        result_of(Arithmetic(operation, one, constant_first=True), b, parameters={"constant": a}),
    ):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=2e-6)


def test_powers_of_negative_numbers() -> None:
    a = np.array([-2, -2, -2, 0, 5, 0, -3], np.float32).reshape(7, 1, 1)
    b = np.array([3, 2, 0.5, 0, 0, 2, -1], np.float32).reshape(7, 1, 1)
    found = result_of(Arithmetic(Operation.POW), a, b).ravel()
    np.testing.assert_allclose(found, [-8, 4, np.nan, 1, 1, 0, -1 / 3], rtol=1e-6)


@pytest.mark.parametrize("shapes", [((2, 3, 4), (1, 3, 1)), ((2, 3, 4), (2, 1, 4)), ((2, 3, 4), (2, 3, 3))])
def test_shapes_that_do_not_fit_are_refused(shapes: tuple[Shape, Shape]) -> None:
    with pytest.raises(MisfitError, match=r"operands of 2x3x4 and \dx\dx\d do not fit together"):
        Arithmetic(Operation.ADD).check(tuple(Tensor(f"t{k}", (1, *s)) for k, s in enumerate(shapes)))
    with pytest.raises(MisfitError, match="two operands has 1"):
        Arithmetic(Operation.ADD).check((Tensor("t", (1, *shapes[0])),))
