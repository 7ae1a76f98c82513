"""Results of several outputs, and inputs of several buffers, whatever their dtypes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.workload.buffer import Buffer
from sassafras.workload.inputs import bytes_of, check_arrays
from sassafras.workload.result import Result

INT = np.dtype(np.int32)
BUFFERS = (Buffer("count", 8, (2,), INT), Buffer("sums", 16, (2, 2)), Buffer("flat", 4, None))
SUMS = np.array([[0.5, -1], [2, 3]], np.float32)


def result(sums: NDArray[np.float32] = SUMS) -> Result:
    parts = (np.array([7, -(2**24) - 1], np.int32), sums, np.array([9], np.float32))
    return Result(np.frombuffer(b"".join(part.tobytes() for part in parts), np.uint8).copy(), BUFFERS)


def test_outputs_have_their_shapes_and_dtypes() -> None:
    found = result()
    assert (found["count"].dtype, found["count"].tolist()) == (INT, [7, -(2**24) - 1])
    assert np.array_equal(found["sums"], SUMS)
    assert (found["flat"].shape, found.start("flat")) == ((1,), 24)
    with pytest.raises(KeyError):
        _ = found["nothing"]


def test_numbers_are_all_values_as_float32() -> None:
    """What no float32 can hold is rounded, to even."""
    assert result().numbers.tolist() == [7, -(2**24), 0.5, -1, 2, 3, 9]
    floats = Result(SUMS.reshape(-1).view(np.uint8), BUFFERS[1:2])
    assert np.shares_memory(floats.numbers, floats.raw)
    assert floats.numbers.tolist() == [0.5, -1, 2, 3]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite(value: float) -> None:
    sums = SUMS.copy()
    sums[1, 0] = value
    assert result().is_finite
    assert not result(sums).is_finite


def test_a_copy_is_its_own() -> None:
    one = result()
    other = one.copy()
    assert other.tobytes() == one.tobytes()
    other["sums"][0, 0] = 1
    assert other.tobytes() != one.tobytes()
    assert np.array_equal(one["sums"], SUMS)


def test_inputs_are_checked_one_by_one() -> None:
    count, sums = np.array([1, 2], np.int32), SUMS
    check_arrays("it", "taker", BUFFERS[:2], (count, sums))
    for arrays, said in (
        ((count,), "it has 1 arrays, taker takes 2"),
        ((count.astype(np.int64), sums), r"it is int64 \(2,\), taker takes int32 \(2,\) \(count\)"),
        ((count, sums[:1]), r"it is float32 \(1, 2\), taker takes float32 \(2, 2\) \(sums\)"),
    ):
        with pytest.raises(UsageError, match=said):
            check_arrays("it", "taker", BUFFERS[:2], arrays)


def test_bytes_of_inputs_are_in_their_order_whatever_lies_in_memory() -> None:
    turned = SUMS.T
    assert b"".join(bytes_of((turned, SUMS))) == turned.copy().tobytes() + SUMS.tobytes()
