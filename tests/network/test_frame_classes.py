"""Balanced frames: every class as often, and the same whoever renders how many of them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sassafras.network.frames import CLASS_NAMES, Frame, FrameClasses, balanced_class, render_frames

_seeds = st.integers(0, 2**63 - 1)
_ROUND = len(CLASS_NAMES)


@settings(max_examples=50)
@given(seed=_seeds, count=st.integers(0, 60))
def test_every_class_occurs_as_often(seed: int, count: int) -> None:
    found = Counter(balanced_class(seed, index) for index in range(count))
    for label in range(_ROUND):
        assert found[label] in (count // _ROUND, -(-count // _ROUND))


@settings(max_examples=50)
@given(seed=_seeds, last=st.integers(0, (2**63 - 1) // _ROUND - 1))
def test_so_it_is_in_the_last_rounds(seed: int, last: int) -> None:
    assert {balanced_class(seed, last * _ROUND + place) for place in range(_ROUND)} == set(range(_ROUND))


def test_the_order_is_another_in_every_round_and_seed() -> None:
    """All 5040 orders are to be had: of 400 seeds, few share one, and each class is first about as often."""
    orders = Counter(tuple(balanced_class(seed, place) for place in range(_ROUND)) for seed in range(400))
    assert len(orders) > 360
    firsts = Counter(balanced_class(seed, _ROUND * 3) for seed in range(1400))
    assert all(150 < firsts[label] < 250 for label in range(_ROUND))


def _same(a: Frame, b: Frame) -> bool:
    return (a.label, a.name) == (b.label, b.name) and np.array_equal(a.pixels, b.pixels)


@pytest.fixture(scope="module")
def balanced() -> list[Frame]:
    return render_frames(2021, 9, classes=FrameClasses.BALANCED)


def test_more_frames_change_none_of_them(balanced: list[Frame]) -> None:
    part = render_frames(2021, 3, start=6, classes=FrameClasses.BALANCED)
    assert all(_same(a, b) for a, b in zip(part, balanced[6:], strict=True))
    assert [frame.label for frame in balanced] == [balanced_class(2021, index) for index in range(9)]


def test_a_frame_of_the_same_class_is_the_same_frame(balanced: list[Frame]) -> None:
    """What is drawn for a frame stays where it is: only the instrument is another one."""
    drawn = render_frames(2021, 9)
    assert [frame.label for frame in drawn][:8] == [0, 5, 3, 6, 6, 6, 4, 1]
    same = [_same(a, b) for a, b in zip(drawn, balanced, strict=True)]
    assert same == [a.label == b.label for a, b in zip(drawn, balanced, strict=True)]
    assert not all(same)
