"""Threads sorted into classes by their counters, against comparing all of them with each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.emulator.profile import ProfileBuilder

ROWS = st.lists(st.tuples(*[st.sampled_from([0, 1, 2, 2**31 - 1])] * 3), min_size=1, max_size=30)


@given(ROWS, st.integers(1, 8))
def test_equal_rows_are_one_class_in_the_order_of_their_first_threads(
    rows: list[tuple[int, int, int]], at_a_time: int
) -> None:
    builder = ProfileBuilder(3)
    for first in range(0, len(rows), at_a_time):
        builder.add(np.array(rows[first : first + at_a_time], np.int32))
    found = builder.finish(issued=[0, 2], executed=[1, 1])
    classes = list(found.thread_class)
    for one, row in enumerate(rows):
        assert found.issued[classes[one]].tolist() == [row[0], row[2]]
        assert found.executed[classes[one]].tolist() == [row[1], row[1]]
        assert [classes[one] == c for c in classes] == [row == other for other in rows]
    assert sorted(set(classes)) == list(range(len(set(rows))))
    assert found.threads_per_class.tolist() == [classes.count(c) for c in range(len(set(rows)))]
    assert found.longest == max(row[0] + row[2] for row in rows)
    by_class = [thread for c in range(len(set(rows))) for thread in range(len(rows)) if classes[thread] == c]
    assert found.threads_by_class.tolist() == by_class


def test_unequal_rows_are_never_taken_for_one_class() -> None:
    builder = ProfileBuilder(2)
    builder._multipliers = np.array([1, 1], np.uint64)
    with pytest.raises(ArithmeticError, match="two different counter rows have one hash"):
        builder.add(np.array([[0, 1], [1, 0]], np.int32))


@given(ROWS, st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_rows_of_fewer_counters_give_the_same_classes(
    rows: list[tuple[int, int, int]], places: list[int]
) -> None:
    """Where several of our counters are one of theirs."""
    one, other = ProfileBuilder(len(places)), ProfileBuilder(len(places))
    few = np.array(rows, np.int32)
    one.add(few[:, places])
    other.add(few, places)
    counters = list(range(len(places)))
    assert one.finish(counters, counters).equals(other.finish(counters, counters))


@given(ROWS, st.data())
def test_rows_that_threads_share_give_the_same_classes(
    rows: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    few = np.array(sorted(set(rows)), np.int32)
    extra = data.draw(st.lists(st.integers(0, len(few) - 1), max_size=20))
    which = np.array(data.draw(st.permutations([*range(len(few)), *extra])), np.intp)
    one, other = ProfileBuilder(3), ProfileBuilder(3)
    one.add(few[which])
    other.add(few, which=which)
    assert one.finish([0, 1, 2], [0, 1, 2]).equals(other.finish([0, 1, 2], [0, 1, 2]))
