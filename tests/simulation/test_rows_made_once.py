"""A row is made once, whole; what it takes to run a fault is in its draw."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from tests.simulation.draws import profiled, random_draws

from sassafras.faults.model import DRAWN_MODELS, Mode, Scope
from sassafras.faults.population import Population, draw_fault
from sassafras.faults.strata import Strata
from sassafras.faults.targets import Selection
from sassafras.simulation.ending import Ending
from sassafras.simulation.injector import Injector
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.record import COLUMNS, Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench


@pytest.mark.parametrize("full", [False, True], ids=["fast", "full"])
def test_a_row_is_made_once(bench: Workbench, full: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(**values: Any) -> Injection:
        made.append(values["id"])
        return Injection(**values)

    monkeypatch.setattr("sassafras.simulation.rows_of_faults.Injection", counted)
    draws = list(random_draws(bench, 60, 79))
    rows, errors = Injector(bench, Rules(None, 10, full)).inject_all(0, draws)
    assert errors == []
    assert {row.outcome for row in rows} == {Outcome.MASKED, Outcome.DUE, Outcome.SDC}
    assert sorted(made) == [row.id for row in rows] == sorted(draw.id for draw in draws)


def test_an_ending_is_columns_of_the_row() -> None:
    assert {field.name for field in fields(Ending)} - {"words"} < set(COLUMNS)


def test_a_draw_says_how_long_its_launch_is(bench: Workbench) -> None:
    launches = profiled(bench)
    longest = {item.launch: item.profile.longest for item in launches}
    assert len(set(longest.values())) > 3
    models = list(DRAWN_MODELS)
    populations = {model: Population(launches, Selection(Mode.IOV, model)) for model in models}
    strata = Strata(populations, ["one"] * len(launches))
    for number in range(40):
        plain = draw_fault(3, Mode.IOV, number, models, Scope.THREAD, populations)
        chosen = strata.draw(3, Mode.IOV, "one", number, number, Scope.THREAD)
        assert plain.longest == longest[plain.launch]
        assert chosen.longest == longest[chosen.launch]
