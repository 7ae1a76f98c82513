"""Several classes at once: what is present, what a set is called, and what a changed one is worth."""

from __future__ import annotations

from itertools import combinations
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.errors import UsageError
from sassafras.workload.buffer import Buffer
from sassafras.workload.judgement import Classes
from sassafras.workload.result import Result
from sassafras.workload.together import MOST, Sets, Together
from sassafras.workload.verdict import Severity

TOOLS = ("grasper", "bipolar", "hook")
shares = st.floats(0, 1, width=32)


def result(*values: float) -> Result:
    raw = np.array(values, np.float32)
    return Result(raw.view(np.uint8), (Buffer("output", raw.nbytes, raw.shape),))


def names_of(values: np.ndarray, threshold: float) -> set[str]:
    return {name for name, value in zip(TOOLS, values, strict=True) if value >= np.float32(threshold)}


def test_names_of_sets() -> None:
    """Every subset once; the number's bits say which."""
    sets = Sets(TOOLS)
    assert len(sets) == 8
    assert sets[0] == "none"
    expected = {" + ".join(some) for count in (1, 2, 3) for some in combinations(TOOLS, count)}
    assert set(sets) == expected | {"none"}
    assert sets[5] == "grasper + hook"
    assert sets[-1] == "grasper + bipolar + hook"
    assert sets[1:3] == ["grasper", "bipolar"]
    with pytest.raises(IndexError):
        sets[8]
    assert Sets(tuple("abcdefghijklmnopqrstuvwxyz1234"))[1 << 29] == "4"


@given(st.tuples(shares, shares, shares), st.tuples(shares, shares, shares), st.floats(0.01, 0.99))
def test_a_verdict_is_about_the_set(
    before: tuple[float, ...], now: tuple[float, ...], threshold: float
) -> None:
    judgement = Together(TOOLS, threshold)
    golden, faulty = result(*before), result(*now)
    old, new = (names_of(one.numbers, threshold) for one in (golden, faulty))
    verdict = judgement.judge(golden, faulty)
    same_bits = golden.tobytes() == faulty.tobytes()
    if same_bits:
        expected = Severity.NO_MALFUNCTION
    else:
        expected = Severity.LIGHT_MALFUNCTION if old == new else Severity.MALFUNCTION
    assert verdict.severity is expected
    assert verdict.top1 == judgement.number_of(new)
    assert set(judgement.answers[verdict.top1].split(" + ")) - {"none"} == new
    assert {TOOLS[place] for place in judgement.named(verdict.top1)} == new
    chance = 1.0
    for name, value in zip(TOOLS, faulty.numbers.astype(np.float64), strict=True):
        chance *= value if name in old else 1 - value
    assert verdict.confidence == pytest.approx(chance, abs=1e-15)
    assert verdict.largest_change == max(
        abs(float(a) - float(b)) for a, b in zip(golden.numbers, faulty.numbers, strict=True)
    )


def test_at_the_threshold_a_class_is_present() -> None:
    below = float(np.nextafter(np.float32(0.5), np.float32(0)))
    assert Together(TOOLS).judge(result(0.5, below, 0), result(0.5, below, 0)).top1 == 0b001
    assert Together(TOOLS, 0.1).judge(result(0.1, 0, 1), result(0.1, 0, 1)).top1 == 0b101


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite(value: float) -> None:
    verdict = Together(TOOLS).judge(result(0.9, 0.1, 0.8), result(0.9, value, 0.8))
    assert verdict.severity is Severity.INVALID_OUTPUT
    assert verdict.largest_change is None
    assert verdict.output_nan == isnan(value)
    assert isnan(verdict.confidence) == isnan(value)
    assert verdict.top1 == (0b111 if value == np.inf else 0b101)


def test_values_beyond_probabilities_count_as_certain() -> None:
    verdict = Together(TOOLS).judge(result(0.9, 0.1, 0.8), result(3e38, -3e38, 0.75))
    assert verdict.severity is Severity.LIGHT_MALFUNCTION
    assert verdict.confidence == 0.75


def test_answers_by_names() -> None:
    together, classes = Together(TOOLS), Classes(TOOLS)
    assert together.number_of([]) == 0
    assert together.number_of(("hook", "grasper")) == 5
    assert together.number_of(("hook", "knife")) is None
    assert classes.number_of(("hook",)) == 2
    assert classes.number_of(("hook", "grasper")) is None
    assert classes.number_of(()) is None
    assert classes.number_of(("knife",)) is None
    assert together.classes == classes.classes == TOOLS
    assert classes.named(2) == (2,)
    assert classes.certainty(1, (0.25, 0.5, 0.25)) == 0.5


def test_what_is_said_of_it() -> None:
    """A campaign's fingerprint: the paper's judgement says nothing, as ever."""
    assert Classes(TOOLS).said == ""
    assert Together(TOOLS).said != Together(TOOLS, 0.25).said != ""


@pytest.mark.parametrize("threshold", [0, 1, -0.5, float("nan"), float("inf")])
def test_thresholds(threshold: float) -> None:
    with pytest.raises(UsageError, match=r"give one between 0 and 1, such as 0\.5"):
        Together(TOOLS, threshold)


def test_too_many_classes() -> None:
    Together(tuple(map(str, range(MOST))))
    with pytest.raises(UsageError, match="31 classes cannot be judged together: 30 can at most"):
        Together(tuple(map(str, range(MOST + 1))))
