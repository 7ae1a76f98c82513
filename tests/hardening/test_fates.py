from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sassafras.analysis.critical import Criticality
from sassafras.errors import UsageError
from sassafras.faults.model import Mode
from sassafras.hardening.coverage import coverage_of, measure_coverage
from sassafras.hardening.effects import ASSUMED, turning
from sassafras.hardening.fates import FATES, Fate, Weights, fates, parse_weights, place
from sassafras.hardening.outvoted import outvoted
from sassafras.hardening.plan import protect
from sassafras.hardening.weighed import weighted_failures
from sassafras.kernels.hardened.technique import Technique

ENDINGS = {
    Fate.CRITICAL: ("SDC", "MALFUNCTION", 0.5),
    Fate.INVALID: ("SDC", "INVALID_OUTPUT", None),
    Fate.HARMLESS: ("SDC", "NO_MALFUNCTION", 0.0),
    Fate.DUE: ("DUE", None, None),
    Fate.DETECTED: ("DETECTED", None, None),
    Fate.QUIET: ("MASKED", None, None),
}


def rows(ended: list[Fate], kernel: str = "add_bias", mode: str = "IOV") -> pd.DataFrame:
    found = [ENDINGS[fate] for fate in ended]
    return pd.DataFrame(
        {
            "id": range(len(ended)),
            "kernel": kernel,
            "mode": mode,
            "outcome": [outcome for outcome, _, _ in found],
            "severity": [severity for _, severity, _ in found],
            "largest_change": [change for _, _, change in found],
        }
    )


def test_every_ending_has_its_fate() -> None:
    assert [FATES[k] for k in fates(rows(list(FATES)))] == list(FATES)
    corrected = rows([Fate.QUIET]).assign(outcome="CORRECTED")
    assert fates(corrected).tolist() == [place(Fate.QUIET)]
    assert len(fates(rows([]))) == 0


def test_a_small_change_is_critical_where_the_tolerance_says_so() -> None:
    light = rows([Fate.HARMLESS]).assign(severity="LIGHT_MALFUNCTION", largest_change=0.01)
    for tolerance, fate in ((0.0, Fate.CRITICAL), (0.01, Fate.CRITICAL), (0.02, Fate.HARMLESS)):
        assert fates(light, Criticality(tolerance)).tolist() == [place(fate)]


def test_weights() -> None:
    assert parse_weights("due=0.5") == Weights(1.0, 0.5, 0.1)
    assert parse_weights("critical=2, due=0,detected=1") == Weights(2.0, 0.0, 1.0)
    assert parse_weights(str(Weights(3, 0.25, 0))) == Weights(3, 0.25, 0)
    vector = Weights(3, 0.25, 0.5).vector
    assert vector.tolist() == [3, 3, 0, 0.25, 0.5, 0]
    bad = (
        "due",
        "due=x",
        "due=-1",
        "due=inf",
        "due=nan",
        "harm=1",
        "due=1,due=1",
        "",
        "critical=0,due=0,detected=0",
    )
    for text in bad:
        with pytest.raises(UsageError, match="--weights"):
            parse_weights(text)


def test_every_technique_has_an_effect_that_loses_no_fault() -> None:
    assert set(ASSUMED) == set(Technique)
    for effect in ASSUMED.values():
        for matrix in (effect.own, *([] if effect.elsewhere is None else [effect.elsewhere])):
            assert (matrix >= 0).all()
            np.testing.assert_allclose(matrix.sum(axis=1), 1)


def test_assumed_coverages() -> None:
    found = coverage_of({}, "add_bias", Technique.DMR)
    assert not found.measured and found.share == pytest.approx(0.95)
    assert found.becomes[place(Fate.HARMLESS), place(Fate.DETECTED)] == pytest.approx(0.95)
    assert found.becomes[place(Fate.DUE), place(Fate.DUE)] == 1


def test_a_coverage_is_measured_on_pairs() -> None:
    before = rows([Fate.CRITICAL] * 4 + [Fate.INVALID] + [Fate.DUE] * 2 + [Fate.QUIET])
    after = rows([Fate.QUIET] * 3 + [Fate.CRITICAL, Fate.DETECTED, Fate.DUE, Fate.CRITICAL, Fate.QUIET])
    found = measure_coverage(before, after, Technique.TMR)
    assert found is not None and found.measured
    assert found.share == pytest.approx(1 - 2 / 5)  # five were critical, two are
    assert found.becomes[place(Fate.CRITICAL), place(Fate.QUIET)] == 0.75
    assert found.becomes[place(Fate.DUE), place(Fate.CRITICAL)] == 0.5
    assert found.becomes[place(Fate.INVALID), place(Fate.DETECTED)] == 1
    np.testing.assert_array_equal(
        found.becomes[place(Fate.HARMLESS)], turning(0.95, Fate.QUIET)[place(Fate.HARMLESS)]
    )  # none was seen: assumed
    assert measure_coverage(rows([Fate.DUE]), rows([Fate.DUE]), Technique.TMR) is None


def test_voters_are_told_from_masking() -> None:
    """Only a silent corruption of a TMR kernel that leaves no trace under TMR was outvoted."""
    before = rows(
        [Fate.CRITICAL, Fate.HARMLESS, Fate.INVALID, Fate.DUE, Fate.QUIET, Fate.CRITICAL, Fate.CRITICAL]
    )
    after = rows([Fate.QUIET, Fate.QUIET, Fate.CRITICAL, Fate.QUIET, Fate.QUIET, Fate.QUIET])
    after.loc[5, "outcome"] = "CORRECTED"  # a flag was raised: no voter's work; fault 6 has no counterpart
    modes = [Mode.RF, Mode.IOV]
    protection = protect({"add_bias": Technique.TMR})
    assert outvoted(before, after, protection, modes) == {"RF": 0, "IOV": 2, "all": 2}
    others = protect({"add_bias": Technique.DMR_RETRY, "softmax": Technique.TMR})
    assert outvoted(before, after, others, modes) == {"RF": 0, "IOV": 0, "all": 0}


def test_weighted_failures_count_exposure() -> None:
    before = pd.concat([rows([Fate.CRITICAL] * 10), rows([Fate.QUIET] * 10, mode="RF")])
    fresh = pd.concat([rows([Fate.CRITICAL] * 2 + [Fate.DUE] * 8), rows([Fate.QUIET] * 10, mode="RF")])
    found = weighted_failures(before, fresh, {Mode.IOV: 3.0, Mode.RF: 2.0}, Weights())
    assert found.value == pytest.approx(0.5 * 3 * (0.2 + 0.1 * 0.8))
    assert found.low < found.value < found.high
    nothing = weighted_failures(before, rows([Fate.QUIET] * 10), {Mode.IOV: 3.0}, Weights())
    assert nothing.value == nothing.low == 0 and nothing.high > 0
