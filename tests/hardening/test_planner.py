from __future__ import annotations

import itertools
import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hardening.made_up_choices import choices, left_by, weights

from sassafras.errors import UsageError
from sassafras.hardening.effects import turning
from sassafras.hardening.fates import FATES, Fate, Numbers, Weights, place
from sassafras.hardening.picking import knee, named_points, pick
from sassafras.hardening.plan import protect
from sassafras.hardening.planner import SAME, Choice, Plans, Scored, enumerate_plans, pareto
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.report.harden_json import read_plans

points = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40)


def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] <= other[1]


@given(points)
def test_the_front_is_what_nobody_beats(found: list[tuple[int, int]]) -> None:
    cost, harm = (np.array(column, float) for column in zip(*found, strict=True))
    front = [found[k] for k in pareto(cost, harm)]
    assert set(front) == {p for p in found if not any(beats(q, p) for q in found)}
    assert len(set(front)) == len(front)
    assert front == sorted(front)
    assert [p[1] for p in front] == sorted((p[1] for p in front), reverse=True)


@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(0, 1)), min_size=1, max_size=60), st.floats(1e-6, 0.5))
def test_nobody_of_a_coarse_front_is_beaten(found: list[tuple[float, float]], resolution: float) -> None:
    cost, harm = (np.array(column, float) for column in zip(*found, strict=True))
    front = [found[k] for k in pareto(cost, harm, (), resolution)]
    assert front
    assert not any(beats(q, p) for p in front for q in found)
    assert min(harm) == front[-1][1]


@given(choices(), weights)
def test_every_combination_is_there_once(found: dict[str, list[Choice]], weighed: Weights) -> None:
    plans = enumerate_plans(found, 2.0, weighed)
    brute = list(itertools.product(*found.values()))
    assert len(plans) == len(brute)
    for number, combination in enumerate(brute):
        left = left_by(list(found), combination)
        np.testing.assert_allclose(plans.fates[number], left, atol=1e-12)
        plan = plans.plan(number)
        assert plan.overhead == pytest.approx(sum(c.seconds for c in combination) / 2.0)
        assert plan.failures == pytest.approx(float(left @ weighed.vector))
        chosen = {n: c.technique for n, c in zip(found, combination, strict=True) if c.technique}
        assert dict(plan.protection.chosen) == chosen


def nobody_is_beaten(plans: Plans, shown: list[Scored]) -> None:
    """By brute force over all plans."""
    for plan in shown:
        as_good = (plans.overhead <= plan.overhead) & (plans.failures <= plan.failures)
        better = (plans.overhead < plan.overhead) | (plans.failures < plan.failures)
        assert not (as_good & better).any()


def all_that_is_shown(plans: Plans) -> list[Scored]:
    """The front, its named points, and what can be chosen from it."""
    picked = [pick(plans, budget, None) for budget in (0.0, 0.05, 0.1, 1.0)]
    picked += [pick(plans, None, goal) for goal in (plans.front[-1].critical, plans.front[0].critical)]
    return [*plans.front, *(p.plan for p in named_points(plans)), *picked, knee(plans.front)]


@settings(max_examples=60, deadline=None)
@given(choices(), weights)
def test_nothing_that_is_shown_or_chosen_is_dominated(
    found: dict[str, list[Choice]], weighed: Weights
) -> None:
    plans = enumerate_plans(found, 2.0, weighed)
    nobody_is_beaten(plans, all_that_is_shown(plans))
    assert plans.front[-1].failures == min(plans.failures)


def test_nothing_that_is_shown_or_chosen_is_dominated_in_the_paper_preset() -> None:
    """The choices of `sassafras harden` on the paper preset (seed 2021), as it stored them."""
    stored = json.loads((Path(__file__).parent / "paper_choices.json").read_text("utf-8"))
    plans = read_plans(stored)
    assert len(plans) > 12000
    nobody_is_beaten(plans, all_that_is_shown(plans))
    for weighed in (Weights(due=0, detected=0), Weights(due=1, detected=1), Weights(detected=0)):
        again = enumerate_plans(dict(zip(plans.slots, plans.choices, strict=True)), plans.seconds, weighed)
        nobody_is_beaten(again, all_that_is_shown(again))


def left(critical: float, due: float = 0.0, detected: float = 0.0, invalid: float = 0.0) -> Numbers:
    found = np.zeros(len(FATES))
    for fate, share in (
        (Fate.CRITICAL, critical),
        (Fate.DUE, due),
        (Fate.DETECTED, detected),
        (Fate.INVALID, invalid),
    ):
        found[place(fate)] = share
    return found


def plans() -> dict[str, list[Choice]]:
    return {
        "im2col_gpu": [
            Choice(None, left(0.10), 0),
            Choice(Technique.TMR, left(0.01), 3.0),
            Choice(Technique.DMR, left(0.02), 1.0),
        ],
        "add_bias": [Choice(None, left(0.03), 0), Choice(Technique.TMR, left(0.002), 2.0)],
    }


def test_a_budget_buys_the_least_that_is_left() -> None:
    every = enumerate_plans(plans(), 100.0, Weights())
    assert str(pick(every, 0.03, None).protection) == "im2col_gpu=dmr,add_bias=tmr"
    assert str(pick(every, 0.01, None).protection) == "im2col_gpu=dmr"
    assert str(pick(every, 0.0, None).protection) == "none"


def test_a_target_is_reached_as_cheaply_as_can_be() -> None:
    every = enumerate_plans(plans(), 100.0, Weights())
    assert str(pick(every, None, 0.05).protection) == "im2col_gpu=dmr"
    assert str(pick(every, None, 0.013).protection) == "im2col_gpu=tmr,add_bias=tmr"
    assert str(pick(every, 0.5, 0.03).protection) == "im2col_gpu=dmr,add_bias=tmr"


def test_a_target_out_of_reach_names_the_nearest() -> None:
    every = enumerate_plans(plans(), 100.0, Weights())
    with pytest.raises(UsageError, match=r"leave 0.1 % or less; .*im2col_gpu=tmr,add_bias=tmr \(1.2 % left"):
        pick(every, None, 0.001)
    with pytest.raises(UsageError, match=r"within an overhead of 1 %; .*--protect im2col_gpu=dmr \(5 % left"):
        pick(every, 0.01, 0.02)


def test_correction_comes_before_detection_where_it_costs_the_same() -> None:
    """To a tenth of a percent; the one that detects is cheaper by a hair."""
    for dearer, kept in ((0.0, 1), (SAME * 0.9, 1), (SAME * 1.1, 2)):
        ways = [
            Choice(None, left(0.1), 0),
            Choice(Technique.DMR, left(0.005, detected=0.095), 5.0),
            Choice(Technique.DMR_RETRY, left(0.005), 5.0 + dearer * 100),
        ]
        front = enumerate_plans({"add_bias": ways}, 100.0, Weights()).front
        assert [str(p.protection) for p in front][-1] == "add_bias=dmr-retry"
        assert len(front) == 1 + kept


def test_stops_count_as_much_as_they_weigh() -> None:
    ways = [
        Choice(None, left(0.1, due=0.1), 0),
        Choice(Technique.TMR, left(0.01, due=0.9), 1.0),
        Choice(Technique.DMR_RETRY, left(0.03, due=0.2), 1.0),
    ]
    best = {
        due: str(pick(enumerate_plans({"add_bias": ways}, 100.0, Weights(due=due)), 1.0, None).protection)
        for due in (0.0, 0.1, 1.0)
    }
    assert best == {0.0: "add_bias=tmr", 0.1: "add_bias=dmr-retry", 1.0: "none"}


def test_of_equal_plans_that_with_fewer_techniques() -> None:
    ways = [Choice(None, left(0.1), 0), Choice(Technique.TMR, left(0.1), 0.0)]
    front = enumerate_plans({"add_bias": ways, "gemm": ways}, 1.0, Weights()).front
    assert [str(p.protection) for p in front] == ["none"]


def test_a_technique_acts_on_faults_struck_elsewhere() -> None:
    """Like a guard: what is invalid is detected, whichever kernel was struck."""
    guard = turning(1.0, Fate.DETECTED, (Fate.INVALID,))
    found = {
        "add_bias": [Choice(None, left(0.01, invalid=0.02), 0), Choice(Technique.TMR, left(0.0), 1.0)],
        "softmax": [
            Choice(None, left(0.0, invalid=0.5), 0),
            Choice(Technique.DMR, left(0.0, invalid=0.5), 0.1, {"add_bias": guard}),
        ],
    }
    every = enumerate_plans(found, 100.0, Weights())
    guarded = every.find(protect({"softmax": Technique.DMR}))
    assert guarded is not None
    assert (guarded.critical, guarded.detected) == pytest.approx((0.51, 0.02))
    both = every.find(protect({"softmax": Technique.DMR, "add_bias": Technique.TMR}))
    assert both is not None
    assert (both.critical, both.detected) == pytest.approx((0.5, 0.0))


def test_the_knee_lies_farthest_below_the_chord() -> None:
    def plan(overhead: float, failures: float) -> Scored:
        return Scored(protect({}), overhead, failures, failures, 0.0, 0.0)

    front = (plan(0.0, 1.0), plan(0.1, 0.8), plan(0.2, 0.2), plan(1.0, 0.0))
    assert knee(front) == front[2]
    assert knee(front[:1]) == front[0]
    assert knee(front[:2]) in front[:2]


def test_who_beats_a_plan_is_named() -> None:
    every = enumerate_plans(plans(), 100.0, Weights())
    tmr = every.find(protect({"add_bias": Technique.TMR}))
    assert tmr is not None
    better = every.better(tmr)
    assert better is not None and str(better.protection) == "im2col_gpu=dmr"
    assert [every.better(plan) for plan in every.front] == [None] * len(every.front)


def test_a_hundred_thousand_plans_are_enumerated_at_once() -> None:
    names = ["fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax"]
    dice = np.random.Generator(np.random.Philox(5))
    found = {
        name: [
            Choice(technique, dice.random(len(FATES)) / (1 + k), 0.01 * k, acting)
            for k, technique in enumerate((None, *techniques_of(name)))
            for spreads in [k == 2 and name in ("activate_array", "softmax")]
            for acting in [{other: turning(0.5, Fate.QUIET) for other in names} if spreads else None]
        ]
        for name in names
    }
    begin = time.perf_counter()
    every = enumerate_plans(found, 1.0, Weights())
    assert every.front
    assert time.perf_counter() - begin < 2
    assert len(every) == np.prod([len(ways) for ways in found.values()])


def test_a_plan_is_found_by_what_it_protects() -> None:
    every = enumerate_plans(plans(), 100.0, Weights())
    for number in range(len(every)):
        plan = every.plan(number)
        assert every.find(plan.protection) == plan
    assert every.find(protect({"softmax": Technique.TMR})) is None
    assert every.find(protect({"add_bias": Technique.DMR})) is None
