"""Models beside each other, on numbers made by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from sassafras.analysis.differences import holm, independent
from sassafras.analysis.events import Event
from sassafras.analysis.sensitivity import EVENTS, sensitivity
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.shared_sites import SharedSites
from sassafras.report.tables.sensitivity import sensitivity_lines, sensitivity_tables

ONE, TWO = FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE
SITES = [SharedSites(Mode.IOV, 60, ((ONE, 100), (TWO, 60)))]


def rows(model: FaultModel, kernel: str, masked: int, due: int, bad: int) -> list[dict[str, object]]:
    of = {"mode": "IOV", "model": model.value, "kernel": kernel, "largest_change": 0.5}
    return [
        *[of | {"outcome": "MASKED", "severity": None}] * masked,
        *[of | {"outcome": "DUE", "severity": None}] * due,
        *[of | {"outcome": "SDC", "severity": "MALFUNCTION"}] * bad,
    ]


def made() -> pd.DataFrame:
    return pd.DataFrame(
        [
            *rows(ONE, "a", 50, 5, 10),
            *rows(ONE, "b", 34, 0, 1),
            *rows(TWO, "a", 30, 40, 1),
            *rows(TWO, "b", 20, 0, 9),
        ]
    )


def test_shares_differences_and_factors() -> None:
    found = sensitivity(made(), 230, (ONE, TWO), SITES)
    assert found.left_out == 30
    assert [verdict.event for verdict in found.verdicts] == list(EVENTS)
    due = found.verdicts[1]
    assert [(one.n, one.total) for one in due.shares] == [(5, 100), (40, 100)]
    tests = [independent(a, 100, b, 100) for a, b in ((84, 50), (5, 40), (11, 10), (11, 10))]
    expected = holm([one.p_value for one in tests])
    assert [verdict.shares[1].p_holm for verdict in found.verdicts] == pytest.approx(expected)
    assert (due.shares[1].difference, due.shares[1].low) == (tests[1].value, tests[1].low)
    assert due.factor == pytest.approx(8)
    assert (due.depends, found.verdicts[2].depends) == (True, False)
    assert (due.low.model, due.high.model) == (ONE, TWO)
    assert due.shares[0].p_holm is None


def test_kernels_change_their_order() -> None:
    one, two = sensitivity(made(), 200, (ONE, TWO), SITES).rankings
    assert (one.kernels, one.tau) == (("a", "b"), None)
    assert (two.kernels, two.tau) == (("b", "a"), -1)


def test_what_is_never_seen_has_no_factor() -> None:
    never = pd.DataFrame([*rows(ONE, "a", 9, 0, 1), *rows(TWO, "a", 5, 4, 1)])
    found = sensitivity(never, 20, (ONE, TWO), SITES)
    assert found.verdicts[1].factor is None
    assert found.verdicts[1].event is Event.DUE


def test_a_model_without_injections_there_is_refused() -> None:
    alone = made()
    with pytest.raises(UsageError, match="no injection of random-value is where all may strike"):
        sensitivity(alone[alone["model"] == ONE.value], 100, (ONE, TWO), SITES)


def test_tables_and_sentences() -> None:
    found = sensitivity(made(), 230, (ONE, TWO), SITES)
    sites, shares, kernels = sensitivity_tables(found)
    assert [cell.plain for cell in sites.rows[0].cells] == ["IOV", "single-bit", "60", "100", "60"]
    assert "30 injections elsewhere are left out" in sites.caption
    assert len(shares.rows) == 2 * len(EVENTS)
    assert kernels.rows[1].cells[2].plain == "b, a"
    lines = list(sensitivity_lines(found))
    assert lines[1] == (
        "mode IOV, DUE depends on the model: 5.0 % (single-bit) to 40 % (random-value), a factor of 8"
    )
    assert lines[2].endswith("no model differs from single-bit (at 5 %, corrected)")
