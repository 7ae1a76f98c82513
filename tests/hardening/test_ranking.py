from __future__ import annotations

import pandas as pd
import pytest

from sassafras.analysis.critical import Criticality
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import rank, share

SEVERE = ("MALFUNCTION", "LIGHT_MALFUNCTION", "INVALID_OUTPUT")
KERNELS = ("a", "b", "c", "d")


def rows(*counts: tuple[str, int, int]) -> pd.DataFrame:
    """Per kernel: injections, and how many are critical (Malfunction, Light-Malfunction by 0.01 and
    Invalid-Output in turn)."""
    found = []
    for kernel, n, bad in counts:
        for k in range(n):
            severity = SEVERE[k % 3] if k < bad else None
            outcome = "SDC" if k < bad else "DUE" if k == n - 1 else "MASKED"
            found.append(
                {
                    "kernel": kernel,
                    "mode": "RF",
                    "severity": severity,
                    "outcome": outcome,
                    "largest_change": 0.01 if severity == "LIGHT_MALFUNCTION" else None,
                }
            )
    return pd.DataFrame(found)


def test_order_and_counts() -> None:
    ranking = rank(rows(("a", 100, 2), ("b", 300, 90), ("c", 50, 0), ("d", 550, 40)), KERNELS, (Mode.RF,))
    assert [r.kernel for r in ranking] == ["b", "d", "a", "c"]
    first = ranking[0]
    assert (first.critical.n, first.critical.trials) == (90, 1000)
    assert (first.malfunction.n, first.invalid.n) == (30, 30)
    assert first.due.n == 1
    assert first.by_mode[0] == (Mode.RF, first.critical)


def test_a_tolerance_leaves_out_smaller_changes() -> None:
    table = rows(("a", 100, 30), ("b", 100, 60))
    for tolerance, expected in ((0.0, [60, 30]), (0.01, [60, 30]), (0.011, [40, 20])):
        found = rank(table, ("a", "b"), (Mode.RF,), Criticality(tolerance))
        assert [one.critical.n for one in found] == expected
        assert [one.by_mode[0][1].n for one in found] == expected
        assert [one.malfunction.n for one in found] == [20, 10]


def test_overlapping_intervals_are_ties() -> None:
    ranking = {r.kernel: r for r in rank(rows(("a", 500, 60), ("b", 500, 55)), ("a", "b"), (Mode.RF,))}
    assert ranking["a"].tied == ("b",)
    assert (ranking["a"].best, ranking["a"].worst) == (1, 2)
    assert (ranking["b"].best, ranking["b"].worst) == (1, 2)


def test_places_leave_open_what_the_intervals_do() -> None:
    table = rows(("a", 400, 200), ("b", 300, 20), ("c", 300, 18), ("d", 0, 0))
    places = {r.kernel: (r.best, r.worst) for r in rank(table, KERNELS, (Mode.RF,))}
    assert places["a"] == (1, 1)
    assert places["b"] == (2, 3)
    assert places["c"] == (2, 3)
    assert places["d"] == (4, 4)


def test_ties_are_mutual_and_places_match_them() -> None:
    table = rows(("a", 250, 50), ("b", 250, 40), ("c", 250, 28), ("d", 250, 3))
    ranking = {r.kernel: r for r in rank(table, KERNELS, (Mode.RF,))}
    for one in ranking.values():
        assert one.worst - one.best == len(one.tied)
        assert all(one.kernel in ranking[other].tied for other in one.tied)


def test_equal_kernels_keep_their_order() -> None:
    ranking = rank(rows(("b", 10, 1), ("a", 10, 1)), ("a", "b"), (Mode.RF,))
    assert [r.kernel for r in ranking] == ["a", "b"]


def test_a_share_of_nothing_is_known_to_lie_anywhere() -> None:
    assert (share(0, 0).value, share(0, 0).low, share(0, 0).high) == (0.0, 0.0, 1.0)
    assert share(3, 12).value == pytest.approx(0.25)
