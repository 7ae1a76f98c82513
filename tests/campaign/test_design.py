"""Which faults are asked for, and when no more are."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.campaign.design.lanes import (
    ENDINGS,
    STEP,
    Design,
    Lane,
    certain_number,
    half_width,
    looks,
)
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode

GOAL = 0.05


def lane(cap: int, stratum: int = 0) -> Lane:
    return Lane(Mode.IOA, stratum, "", cap)


def stored(design: Design, of: Lane, count: int, seed: int = 1) -> dict[int, str | None]:
    """Random endings of the first faults of a lane."""
    dice = np.random.Generator(np.random.Philox(seed))
    words = dice.choice(ENDINGS, count, p=[0.6, 0.3, 0, 0, 0.05, 0, 0.05, 0])
    return dict(zip(design.ids(of, 0, count), map(str, words), strict=True))


@given(st.integers(1, 10**6))
def test_looks_grow_and_end_at_the_cap(cap: int) -> None:
    found = list(looks(cap))
    assert found[-1] == cap
    assert all(a < b for a, b in pairwise(found))
    assert all(n % STEP == 0 for n in found[:-1]), "whole turns of up to four fault models"
    assert all(b <= max(a + STEP, a * 1.2 + STEP) for a, b in pairwise(found))
    assert len(found) < 60
    assert set(found[:-1]) <= set(looks(10**7)), "a larger cap has the same looks"


def test_a_plain_lane_asks_for_all_at_once() -> None:
    design = Design((lane(10),), 1, None)
    known = stored(design, design.lanes[0], 9)
    assert design.standing(design.lanes[0], known).finished is False
    assert design.standing(design.lanes[0], known).asked == 10
    known = stored(design, design.lanes[0], 10)
    assert design.standing(design.lanes[0], known).finished


def test_a_goal_is_looked_at_only_when_every_fault_before_is_known() -> None:
    design = Design((lane(10**5),), 1, GOAL)
    (of,) = design.lanes
    known: dict[int, str | None] = {}
    asked: list[int] = []
    while not (standing := design.standing(of, known)).finished:
        asked.append(standing.asked)
        known = stored(design, of, standing.asked)
        missing_one = dict(islice(known.items(), 1, None))
        assert design.standing(of, missing_one).asked == asked[0], "back to the first look"
    assert asked == list(looks(10**5))[: len(asked)]
    assert standing.reached
    assert standing.half_width is not None
    assert standing.half_width <= GOAL
    before = stored(design, of, asked[-2])
    assert half_width({e: list(before.values()).count(e) for e in set(before.values())}) > GOAL
    more = known | stored(design, of, 3 * asked[-1], seed=2) | known
    assert design.standing(of, more) == standing, "what lies beyond the stop does not matter"


def test_the_cap_ends_it() -> None:
    design = Design((lane(200),), 1, 0.001)
    (of,) = design.lanes
    standing = design.standing(of, stored(design, of, 200))
    assert (standing.asked, standing.finished, standing.reached) == (200, True, False)


def test_errors_of_ours_are_no_trials() -> None:
    assert half_width({"MASKED": 50, "DUE": 70, None: 1000}) == half_width({"MASKED": 50, "DUE": 70})
    assert half_width({None: 7}) == 0.5
    with pytest.raises(ValueError, match="unknown endings: SOUP"):
        half_width({"SOUP": 1})


@pytest.mark.parametrize("goal", [0.1, 0.03, 0.005])
def test_by_the_certain_number_no_share_is_less_known(goal: float) -> None:
    number = certain_number(goal)
    for events in np.linspace(0, number, 21).astype(int).tolist():
        assert half_width({"MASKED": events, "DUE": number - events}) <= goal
    earlier = [n for n in looks(number) if n < number][-1]
    assert half_width({"MASKED": earlier // 2, "DUE": earlier - earlier // 2}) > goal


@given(st.integers(1, 20), st.integers(0, 1000))
def test_lanes_are_woven_without_gaps_or_collisions(strata: int, index: int) -> None:
    design = Design(tuple(lane(5, s) for s in range(strata)), strata, None)
    ids = [i for of in design.lanes for i in design.ids(of, 0, 5)]
    assert sorted(ids) == [fault_id(Mode.IOA, number) for number in range(5 * strata)]
    for of in design.lanes:
        assert design.place(design.number(of, index)) == (of.stratum, index)
