"""What a row keeps of an output."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sassafras.simulation.kept_output import CHANGES, LIMIT, Outputs, keep, kept_places
from sassafras.workload.verdict import classify

MANY = 1000


def golden(size: int = MANY) -> NDArray[np.float32]:
    raw = np.random.Generator(np.random.Philox(size)).random(size, np.float32)
    found: NDArray[np.float32] = raw / raw.sum(dtype=np.float32)
    return found


@pytest.mark.parametrize("size", [1, 4, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("outputs", Outputs)
def test_up_to_the_limit_everything_is_kept(size: int, outputs: Outputs) -> None:
    faulty = golden(size)[::-1].copy()
    kept = keep(golden(size), faulty, outputs)
    assert (kept.values, kept.places, kept.digest) == (faulty.tobytes(), None, None)


def test_beyond_it_only_when_asked() -> None:
    one, other = golden(LIMIT + 1), golden(LIMIT + 1)[::-1].copy()
    whole = keep(one, other, Outputs.WHOLE)
    assert (whole.values, whole.places, whole.digest) == (other.tobytes(), None, None)
    short = keep(one, other, Outputs.SHORT)
    assert short.digest == hashlib.sha256(other.tobytes()).hexdigest()
    assert short.places is not None
    places = np.frombuffer(short.places, "<i4")
    assert short.values == other[places].tobytes()
    assert len(places) <= 10 + CHANGES


def test_what_is_kept_by_hand() -> None:
    """Golden: classes 900 to 904 lead. The fault swaps 3 and 900, and puts infinity into 77, NaN into 78."""
    one = np.full(MANY, 1e-4, np.float32)
    one[900:905] = [0.5, 0.1, 0.09, 0.08, 0.07]
    faulty = one.copy()
    faulty[[3, 900]] = one[[900, 3]]
    assert kept_places(one, faulty).tolist() == [0, 3, 900, 901, 902, 903, 904][1:]
    faulty[77], faulty[78] = np.inf, np.nan
    assert {3, 77, 78, 900} <= set(kept_places(one, faulty).tolist())
    assert kept_places(one, one).tolist() == [900, 901, 902, 903, 904]


@given(st.lists(st.tuples(st.integers(0, MANY - 1), st.floats(width=32)), max_size=40))
def test_what_is_judged_can_be_judged_again_from_what_is_kept(changes: list[tuple[int, float]]) -> None:
    """The kept values alone, put over the golden output, give the same judgement."""
    one, faulty = golden(), golden()
    for place, value in changes:
        faulty[place] = np.float32(value)
    kept = keep(one, faulty, Outputs.SHORT)
    assert kept.places is not None
    again = one.copy()
    again[np.frombuffer(kept.places, "<i4")] = np.frombuffer(kept.values, "<f4")
    true, found = classify(one, faulty), classify(one, again)
    assert (found.severity, found.largest_change, found.top1) == (
        true.severity,
        true.largest_change,
        true.top1,
    )
    same = np.array_equal(np.float32(found.confidence), np.float32(true.confidence), equal_nan=True)
    assert same
    assert (found.top5_changed, found.output_nan) == (true.top5_changed, true.output_nan)
