"""Sample sizes: just enough, against published numbers and the intervals themselves."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sassafras.analysis.intervals import interval
from sassafras.analysis.sample_size import Aim, fixed_half_width, needs, sample_size, ways
from sassafras.campaign.design.lanes import certain_number


@given(st.floats(0.001, 0.4), st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.99]))
@example(0.25, 2.225073858507e-311, 0.9)  # SciPy's beta function overflows
def test_it_is_the_fewest(half_width: float, share: float, confidence: float) -> None:
    n = sample_size(half_width, share, confidence)
    assert fixed_half_width(n, share, confidence) <= half_width
    assert n == 1 or fixed_half_width(n - 1, share, confidence) > half_width


@pytest.mark.parametrize(("events", "trials"), [(0, 100), (10, 100), (500, 1000), (1000, 1000)])
def test_the_half_width_is_that_of_the_interval(events: int, trials: int) -> None:
    low, high = interval(events, trials)
    assert fixed_half_width(trials, events / trials) == pytest.approx(float(high - low) / 2)


def test_known_sizes() -> None:
    """1000 injections give ±3.1 % in the worst case (not the paper's 1.96 %); the normal approximation says
    (1.96 / 0.02)^2 = 9604 for ±1 %, the exact interval a hundred more.
    """
    assert fixed_half_width(1000, 0.5) == pytest.approx(0.0315, abs=0.0001)
    assert 9604 < sample_size(0.01) < 9800
    assert sample_size(0.01, 0.02) < 1000
    assert sample_size(0.5) == 1


def test_too_many() -> None:
    with pytest.raises(ValueError, match="more than"):
        sample_size(1e-8)


def weights() -> pd.DataFrame:
    rows = [
        ("RF", "gemm", 0, 0.5),
        ("RF", "gemm", 1, 0.3),
        ("RF", "softmax", 1, 0.2),
        ("IOV", "gemm", 0, 1.0),
    ]
    return pd.DataFrame([(*row, 0.0) for row in rows], columns=["mode", "kernel", "layer", "weight", "dead"])


def test_needs_grow_as_shares_shrink() -> None:
    aim = Aim(0.01)
    table = needs(weights(), aim)
    n = aim.injections
    found = {(r["mode"], r["part"], r["name"]): r["uniform"] for r in table.to_dict("records")}
    assert found["RF", "mode", "RF"] == found["IOV", "kernel", "gemm"] == n
    assert found["RF", "kernel", "softmax"] == pytest.approx(5 * n, abs=1)
    assert found["RF", "kernel", "gemm"] == pytest.approx(n / 0.8, abs=1)
    assert found["RF", "layer", "1"] == 2 * n
    assert ("IOV", "layer", "1") not in found


def test_ways() -> None:
    aim = Aim(0.01, 0.1)
    n = aim.injections
    found = {way.options.split()[0] + str(k): way for k, way in enumerate(ways(needs(weights(), aim), aim))}
    assert [way.injections for way in found.values()] == [
        2 * n,
        2 * certain_number(0.01),
        3 * n,
        2 * 5 * n,
        3 * n,
        2 * 2 * n,
    ]
    assert [way.at_most for way in found.values()] == [False, True, False, False, False, False]
    assert len(ways(needs(weights(), Aim(0.01, 0.1, 0.99)), Aim(0.01, 0.1, 0.99))) == 5, "--until is 95 %"
