"""Behind every injection memory is as it was, so that a worker can go on for ever."""

from __future__ import annotations

import hashlib

import pytest
from tests.simulation.draws import random_draws

from sassafras.faults.model import Scope
from sassafras.simulation.injector import Injector
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench


def digest(bench: Workbench) -> str:
    return hashlib.sha256(bench.golden(0).memory.data.data).hexdigest()


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
@pytest.mark.parametrize("full", [False, True], ids=["fast", "full"])
def test_the_whole_arena_is_put_back(bench: Workbench, full: bool, scope: Scope) -> None:
    count = 100 if full or scope is Scope.WARP else 300
    injector, golden = Injector(bench, Rules(None, 10, full)), bench.golden(0)
    golden.go_before(0)
    at_first = digest(bench)
    outcomes = []
    for draw in list(random_draws(bench, count, 77, scope)):
        outcomes.append(injector.inject(draw).outcome)
        golden.go_before(0)
        assert digest(bench) == at_first, draw
    assert {outcomes.count(o) > 5 for o in (Outcome.MASKED, Outcome.DUE, Outcome.SDC)} == {True}


def test_a_fault_can_be_injected_again_and_again(bench: Workbench) -> None:
    """The second time, in another order, after others and with another frame in between: the same rows."""
    injector = Injector(bench, Rules(None, 10, full=False))
    draws = list(random_draws(bench, 60, 78))
    rows = [injector.inject(draw) for draw in draws]
    bench.golden(1)
    again = [injector.inject(draw) for draw in reversed(draws)]
    assert again[::-1] == rows
