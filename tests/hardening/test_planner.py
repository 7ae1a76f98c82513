from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.errors import UsageError
from sassafras.hardening.plan import protect
from sassafras.hardening.planner import Choice, enumerate_plans, pareto, pick
from sassafras.kernels.hardened.technique import Technique

points = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40)
choice = st.builds(
    Choice,
    st.sampled_from([Technique.TMR, Technique.DMR]),
    st.floats(0, 1, allow_nan=False),
    st.floats(0, 1, allow_nan=False),
)
ways = st.lists(choice, max_size=3).map(lambda found: [Choice(None, 0.5, 0.0), *found])


def beats(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one != other and one[0] <= other[0] and one[1] <= other[1]


@given(points)
def test_the_front_is_what_nobody_beats(found: list[tuple[int, int]]) -> None:
    cost, harm = (np.array(column, float) for column in zip(*found, strict=True))
    front = [found[k] for k in pareto(cost, harm)]
    assert set(front) == {p for p in found if not any(beats(q, p) for q in found)}
    assert len(set(front)) == len(front)
    assert front == sorted(front)
    assert [p[1] for p in front] == sorted((p[1] for p in front), reverse=True)


@given(st.lists(ways, min_size=1, max_size=4))
def test_every_combination_is_there_once(choices: list[list[Choice]]) -> None:
    names = ["fill_gpu", "im2col_gpu", "gemm", "add_bias"][: len(choices)]
    plans = enumerate_plans(dict(zip(names, choices, strict=True)), 2.0)
    brute = list(itertools.product(*choices))
    assert len(plans.residual) == len(brute)
    for number, combination in enumerate(brute):
        assert plans.residual[number] == pytest.approx(sum(c.residual for c in combination))
        assert plans.overhead[number] == pytest.approx(sum(c.seconds for c in combination) / 2.0)
        chosen = {n: c.technique for n, c in zip(names, combination, strict=True) if c.technique}
        assert dict(plans.plan(number).protection.chosen) == chosen


def plans() -> dict[str, list[Choice]]:
    return {
        "im2col_gpu": [
            Choice(None, 0.10, 0),
            Choice(Technique.TMR, 0.01, 3.0),
            Choice(Technique.DMR, 0.02, 1.0),
        ],
        "add_bias": [Choice(None, 0.03, 0), Choice(Technique.TMR, 0.002, 2.0)],
    }


def test_a_budget_buys_the_least_that_is_left() -> None:
    every = enumerate_plans(plans(), 100.0)
    assert str(pick(every, 0.03, None).protection) == "im2col_gpu=dmr,add_bias=tmr"
    assert str(pick(every, 0.01, None).protection) == "im2col_gpu=dmr"
    assert str(pick(every, 0.0, None).protection) == "none"


def test_a_target_is_reached_as_cheaply_as_can_be() -> None:
    every = enumerate_plans(plans(), 100.0)
    assert str(pick(every, None, 0.05).protection) == "im2col_gpu=dmr"
    assert str(pick(every, None, 0.013).protection) == "im2col_gpu=tmr,add_bias=tmr"
    assert str(pick(every, 0.5, 0.03).protection) == "im2col_gpu=dmr,add_bias=tmr"


def test_a_target_out_of_reach_names_the_nearest() -> None:
    every = enumerate_plans(plans(), 100.0)
    with pytest.raises(UsageError, match=r"leave 0.1 % or less; .*im2col_gpu=tmr,add_bias=tmr \(1.2 % left"):
        pick(every, None, 0.001)
    with pytest.raises(UsageError, match=r"within an overhead of 1 %; .*--protect im2col_gpu=dmr \(5 % left"):
        pick(every, 0.01, 0.02)


def test_all_kernels_with_all_techniques_are_enumerated_at_once() -> None:
    ways = [Choice(t, 0.01, 0.01) for t in (None, *Technique)]
    names = ["fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax"]
    every = enumerate_plans(dict.fromkeys(names, ways), 1.0)
    assert len(every.residual) == len(ways) ** 7
    assert len({every.plan(k).protection for k in range(0, len(ways) ** 7, 997)}) == len(
        range(0, len(ways) ** 7, 997)
    )


def test_a_plan_is_found_by_what_it_protects() -> None:
    every = enumerate_plans(plans(), 100.0)
    for number in range(len(every.residual)):
        plan = every.plan(number)
        assert every.find(plan.protection) == plan
    assert every.find(protect({"softmax": Technique.TMR})) is None
    assert every.find(protect({"add_bias": Technique.DMR})) is None
