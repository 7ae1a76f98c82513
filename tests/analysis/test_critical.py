"""What is critical, by the definition of DESIGN section 7."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.finished import finished

from sassafras.analysis.compare import compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.errors import UsageError

SEVERITIES = ["MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION", None]
TOLERANCES = st.floats(0, 1)
ROWS = st.lists(st.tuples(st.sampled_from(SEVERITIES), st.floats(0, 1)), max_size=30)


def frame(rows: list[tuple[str | None, float]]) -> pd.DataFrame:
    """Sizes of changes where an output is finite and differs, as a store has them."""
    told = ("MALFUNCTION", "LIGHT_MALFUNCTION")
    made = [(severity, change if severity in told else None) for severity, change in rows]
    return pd.DataFrame(made, columns=["severity", "largest_change"]).astype({"severity": object})


@given(ROWS, TOLERANCES)
def test_against_the_definition(rows: list[tuple[str | None, float]], tolerance: float) -> None:
    expected = [
        severity in ("MALFUNCTION", "INVALID_OUTPUT")
        or (severity == "LIGHT_MALFUNCTION" and change >= tolerance)
        for severity, change in rows
    ]
    assert Criticality(tolerance).rows(frame(rows)).tolist() == expected


@given(ROWS, TOLERANCES, TOLERANCES)
def test_a_larger_tolerance_never_adds_any(
    rows: list[tuple[str | None, float]], one: float, other: float
) -> None:
    less, more = sorted((one, other))
    table = frame(rows)
    assert (Criticality(more).rows(table) <= Criticality(less).rows(table)).all()
    assert (Criticality(less).rows(table) <= PLAIN.rows(table)).all()


def test_a_change_of_just_the_tolerance_counts() -> None:
    table = frame([("LIGHT_MALFUNCTION", 0.01)])
    for tolerance, expected in (
        (0.01, True),
        (math.nextafter(0.01, 1), False),
        (math.nextafter(0.01, 0), True),
    ):
        assert Criticality(tolerance).rows(table).tolist() == [expected]


def test_zero_is_every_change_even_of_a_sign() -> None:
    assert PLAIN.rows(frame([("LIGHT_MALFUNCTION", 0.0)])).tolist() == [True]


def test_what_is_not_known_is_not_guessed() -> None:
    table = frame([("LIGHT_MALFUNCTION", 0.5)]).assign(largest_change=None)
    assert PLAIN.rows(table).tolist() == [True]
    with pytest.raises(UsageError, match="do not say how large their changes are"):
        Criticality(0.5).rows(table)


@pytest.mark.parametrize("tolerance", [-1e-9, 1.0000001, math.nan, math.inf])
def test_no_tolerance(tolerance: float) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        Criticality(tolerance)


def test_words() -> None:
    assert Criticality().words.endswith("any other change of an output value")
    assert Criticality(0.001).words.endswith("a change of at least 0.001 of an output value")
    assert (Criticality().suffix, Criticality(0.5).suffix) == ("", ", tolerance 0.5")


def test_campaigns_are_compared_by_it() -> None:
    """In these rows every Light-Malfunction changes a value by 0.001."""
    campaigns = [
        ("one", finished("one", (0.3, 0.1, 0.1, 0.2, 0.1, 0.0, 0.0, 0.2))),
        ("two", finished("two", seed=3)),
    ]
    for tolerance, parts in (
        (0.0, ["MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"]),
        (0.001, ["MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"]),
        (0.0011, ["MALFUNCTION", "INVALID_OUTPUT"]),
    ):
        shares = compare(contest(campaigns), Criticality(tolerance)).shares
        counts = shares[shares["part"] != "layer"].pivot_table(
            index=["part", "mode", "value", "campaign"], columns="event", values="n", aggfunc="sum"
        )
        assert counts["CRITICAL"].tolist() == counts[parts].sum(axis=1).tolist()
