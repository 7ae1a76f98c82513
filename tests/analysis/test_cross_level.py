"""Layers at two levels, against counts by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from sassafras.analysis.critical import Criticality
from sassafras.analysis.cross_level import Counts, agreement, counts_of, layer_levels
from sassafras.analysis.differences import independent
from sassafras.simulation.outcome import Outcome, Severity


def rows(*outcomes: tuple[Outcome, Severity | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"outcome": o.value, "severity": None if s is None else s.value, "largest_change": change}
            for o, s, change in outcomes
        ]
    )


LAYER = rows(
    (Outcome.MASKED, None, None),
    (Outcome.DUE, None, None),
    (Outcome.SDC, Severity.NO_MALFUNCTION, 0.0),
    (Outcome.SDC, Severity.LIGHT_MALFUNCTION, 0.001),
    (Outcome.SDC, Severity.LIGHT_MALFUNCTION, 0.2),
    (Outcome.SDC, Severity.MALFUNCTION, 0.9),
    (Outcome.SDC, Severity.INVALID_OUTPUT, None),
)


def test_counts_of_a_layer() -> None:
    assert counts_of(LAYER) == Counts(total=7, reached=5, due=1, critical=4)
    assert counts_of(LAYER, Criticality(0.01)) == Counts(total=7, reached=5, due=1, critical=3)


def test_bias_is_the_tensor_level_less_machine_code() -> None:
    """Of all faults, and of those that reach memory; layers that one level does not have are left out."""
    machine = {"a": Counts(100, 40, 10, 30), "b": Counts(100, 20, 0, 10), "c": Counts(5, 5, 0, 5)}
    tensor = {"a": Counts(200, 200, 0, 120), "b": Counts(200, 200, 0, 40)}
    first, second = layer_levels(["a", "b", "c"], machine, tensor)
    assert (first.layer, second.layer) == ("a", "b")
    assert first.bias.value == pytest.approx(0.6 - 0.3) and first.bias_reached.value == pytest.approx(
        0.6 - 0.75
    )
    assert first.bias == independent(30, 100, 120, 200)
    assert second.bias_reached == independent(10, 20, 40, 200)
    assert first.bias.low < first.bias.value < first.bias.high


def test_the_order_of_layers() -> None:
    """The same at both levels, and turned round."""
    machine = {"a": Counts(100, 90, 0, 10), "b": Counts(100, 60, 0, 20), "c": Counts(100, 30, 0, 30)}
    tensor = {"a": Counts(10, 10, 0, 1), "b": Counts(10, 10, 0, 2), "c": Counts(10, 10, 0, 3)}
    levels = layer_levels("abc", machine, tensor)
    found = agreement(levels)
    assert found.rho == pytest.approx(1) and found.tau == pytest.approx(1)
    assert agreement(levels, reached=True).rho == pytest.approx(1)
    against = layer_levels("abc", machine, {k: tensor[m] for k, m in zip("abc", "cba", strict=True)})
    assert agreement(against).rho == pytest.approx(-1)
    # Kendall's exact test: of 3! orders two are as far from none as these.
    assert found.tau_p == pytest.approx(2 / 6)


def test_layers_that_are_alike_have_no_order() -> None:
    machine = {"a": Counts(10, 5, 0, 1), "b": Counts(10, 5, 0, 1)}
    tensor = {"a": Counts(10, 10, 0, 1), "b": Counts(10, 10, 0, 2)}
    assert agreement(layer_levels("ab", machine, tensor)).rho is None


def test_a_layer_of_which_nothing_reaches_memory_is_left_out_of_that_order() -> None:
    machine = {"a": Counts(10, 0, 0, 0), "b": Counts(10, 5, 0, 1), "c": Counts(10, 5, 0, 2)}
    tensor = {k: Counts(10, 10, 0, n) for k, n in zip("abc", (9, 1, 2), strict=True)}
    levels = layer_levels("abc", machine, tensor)
    assert agreement(levels, reached=True).rho == pytest.approx(1)
    assert levels[0].bias_reached.low == -1 and levels[0].bias_reached.high == 1
