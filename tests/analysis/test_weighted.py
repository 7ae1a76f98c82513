from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sassafras.analysis.intervals import interval
from sassafras.analysis.weighted import weighted_sum

Cell = tuple[float, int, int]
CELLS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 50), st.integers(0, 50)).map(
        lambda c: (c[0], min(c[1], c[2]), c[2])
    ),
    min_size=1,
    max_size=8,
)


@given(CELLS)
@example([(8.945875854625015e-184, 1, 1)])  # its square is no number
@example([(5e-324, 1, 2)])
@example([(1e-170, 1, 50), (1.0, 0, 0)])
def test_the_value_lies_in_its_interval_and_the_interval_in_what_is_possible(cells: list[Cell]) -> None:
    weights, events, trials = (np.array(column) for column in zip(*cells, strict=True))
    found = weighted_sum(weights, events, trials)
    seen = trials > 0
    assert found.value == pytest.approx(float((weights[seen] * events[seen] / trials[seen]).sum()))
    assert 0 <= found.low <= found.value <= found.high <= weights.sum() * (1 + 1e-12)


@pytest.mark.parametrize("trials", [1, 10, 500])
def test_no_events_is_not_nothing(trials: int) -> None:
    found = weighted_sum([0.4], [0], [trials])
    assert (found.value, found.low) == (0.0, 0.0)
    # Poisson: at most -ln(0.025) = 3.69 events are expected where none were seen.
    assert found.high == pytest.approx(min(0.4, 0.4 * 3.688879 / trials))
    assert found.high >= 0.4 * float(interval(0, trials)[1]) * 0.999


def test_a_cell_without_trials_adds_its_weight_to_the_upper_bound_alone() -> None:
    known = weighted_sum([0.2], [5], [50])
    both = weighted_sum([0.2, 0.3], [5, 0], [50, 0])
    assert (both.value, both.low) == (known.value, known.low)
    assert both.high == pytest.approx(known.high + 0.3)
    assert weighted_sum([0.3, 0.1], [0, 0], [0, 0]).high == pytest.approx(0.4)


def test_one_cell_is_wider_than_clopper_and_pearson() -> None:
    for events in (1, 5, 20):
        found = weighted_sum([1.0], [events], [1000])
        low, high = interval(events, 1000)
        assert found.low <= float(low) * 1.001
        assert found.high >= float(high) * 0.999


def test_cells_that_weigh_nothing_say_nothing() -> None:
    assert weighted_sum([0.0], [3], [4]) == weighted_sum([0.0, 0.0], [0, 1], [1, 1])


@pytest.mark.slow
@pytest.mark.parametrize("scale", [0.0005, 0.01, 0.1, 0.5])
def test_coverage(scale: float) -> None:
    """Of 95 % intervals at least 95 % cover, weights unequal, strikes as a campaign draws them."""
    random = np.random.Generator(np.random.Philox(11))
    weights = np.array([0.3, 0.25, 0.1, 0.05, 0.02, 0.01])
    drawn = np.array([0.2, 0.4, 0.2, 0.1, 0.08, 0.02])
    truth = scale * np.array([1.0, 0.3, 1.6, 0.1, 2.0, 0.5])
    rounds, covered = 2000, 0
    for _ in range(rounds):
        trials = random.multinomial(500, drawn)
        found = weighted_sum(weights, random.binomial(trials, truth), trials)
        covered += found.low <= (weights * truth).sum() <= found.high
    assert covered / rounds >= 0.95, f"{covered} of {rounds}"
