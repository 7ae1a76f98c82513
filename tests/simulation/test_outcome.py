"""Severity of an SDC, by the definitions of DESIGN section 7."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.simulation.outcome import Severity
from sassafras.workload.verdict import classify, top_class

NAN = float("nan")
GOLDEN = np.array([0.05, 0.5, 0.2, 0.1, 0.08, 0.06, 0.01], np.float32)


def changed(**values: float) -> NDArray[np.float32]:
    faulty = GOLDEN.copy()
    for name, value in values.items():
        faulty[int(name[1:])] = value
    return faulty


@pytest.mark.parametrize(
    ("faulty", "severity", "top5"),
    [
        (GOLDEN.copy(), Severity.NO_MALFUNCTION, False),
        (changed(p1=0.49999997), Severity.LIGHT_MALFUNCTION, False),
        (changed(p6=-0.0), Severity.LIGHT_MALFUNCTION, False),
        (changed(p2=0.04), Severity.LIGHT_MALFUNCTION, True),
        (changed(p2=0.51), Severity.MALFUNCTION, True),
        (changed(p6=NAN), Severity.INVALID_OUTPUT, False),
        (changed(p1=NAN), Severity.INVALID_OUTPUT, True),
        (np.full(7, NAN, np.float32), Severity.INVALID_OUTPUT, True),
        (changed(p0=float("inf")), Severity.INVALID_OUTPUT, True),
        (changed(p6=float("-inf")), Severity.INVALID_OUTPUT, False),
        (changed(p1=float("inf")), Severity.INVALID_OUTPUT, False),
    ],
)
def test_severity(faulty: NDArray[np.float32], severity: Severity, top5: bool) -> None:
    verdict = classify(GOLDEN, faulty)
    assert verdict.severity is severity
    assert verdict.top5_changed == top5
    assert verdict.output_nan == bool(np.isnan(faulty).any())
    assert verdict.top1 == top_class(faulty)
    assert verdict.confidence == faulty[1] or np.isnan(faulty[1])


def test_largest_change_is_exact_and_of_finite_outputs_alone() -> None:
    """The difference of two float32 values, which float64 holds exactly."""
    by_hand = abs(Fraction(float(np.float32(0.3))) - Fraction(float(np.float32(0.2))))
    assert classify(GOLDEN, changed(p2=0.3, p6=0.011)).largest_change == float(by_hand)
    assert classify(GOLDEN, GOLDEN.copy()).largest_change == 0
    assert classify(GOLDEN, changed(p6=-0.0)).largest_change == float(np.float32(0.01))
    for value in (NAN, float("inf"), float("-inf")):
        assert classify(GOLDEN, changed(p3=value)).largest_change is None


def test_bits_decide_not_values() -> None:
    """A zero of the other sign is another result, although it compares equal."""
    zeros = np.zeros(7, np.float32)
    assert classify(zeros, zeros.copy()).severity is Severity.NO_MALFUNCTION
    assert classify(zeros, -zeros).severity is Severity.LIGHT_MALFUNCTION


def test_the_first_of_equal_classes_wins_and_nan_never() -> None:
    assert top_class(np.array([0.3, 0.4, 0.4], np.float32)) == 1
    assert top_class(np.array([NAN, 0.1, 0.2], np.float32)) == 2
    assert top_class(np.array([NAN, NAN], np.float32)) == 0
