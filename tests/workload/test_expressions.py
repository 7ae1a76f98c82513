"""Formulas of workload files beside Python's own arithmetic; nothing else of Python can be reached."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sassafras.errors import UsageError
from sassafras.workload.own.expressions import Place, Value, value_of, whole

NAMES: dict[str, Value] = {"n": 48, "k": 3, "x": 0.5, "a": Place("a"), "b": Place("b"), "in": Place("in")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n / 16", 3),
        ("n / 5", 9.6),
        ("n // 5 + k ** 2 - -1", 19),
        ("(n & 0x30) >> 2 | 1", 13),
        ("min(n, 2, k) + max(1, k) + abs(-2)", 7),
        ("ceil(n / 5) * floor(x * 5) + int(2.9)", 22),
        ("k < n <= 48 and not k == 4", True),
        ("x * 2", 1.0),
        ("a if k % 2 else b", Place("a")),
        ("b + 4 * n - 8", Place("b", 184)),
        (" in ", Place("in")),
        ("sqrt(n + 1)", 7.0),
    ],
)
def test_values(text: str, value: object) -> None:
    found = value_of(text, NAMES, "here")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nin + 1", "nothing is named 'nin'; did you mean"),
        ("n +", "no formula"),
        ("__import__('os')", "no function '__import__'"),
        ("n.real", "only numbers"),
        ("[n]", "only numbers"),
        ("lambda: 1", "only numbers"),
        ("(lambda: 1)()", "only numbers"),
        ("'text'", "only numbers"),
        ("n / 0", "division by zero"),
        ("2 ** 100", "at most 64"),
        ("1 << 70", "at most 64"),
        ("(2 ** 40) ** 2", "passes"),
        ("n if a else 1", "a is a buffer"),
        ("a * 2", "only a number of bytes"),
        ("a + x", "only a number of bytes"),
        ("a < b", "a is a buffer"),
        ("n @ n", "operator"),
        ("n in n", "compares in a way"),
        ("(-8) ** x", "no real number"),
        ("+".join(["n"] * 300), "longer than"),
        ("min()", "expected at least"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=r"^here: .*" + reason.replace("(", r"\(")):
        value_of(text, NAMES, "here")


def test_whole_numbers() -> None:
    assert whole("n / 16", NAMES, "grid") == 3
    for text, reason in (("n / 5", "not a whole number"), ("n - 48", "at least 1"), ("a", "the buffer a")):
        with pytest.raises(UsageError, match=reason):
            whole(text, NAMES, "grid")


@given(
    st.integers(-1000, 1000),
    st.integers(-1000, 1000),
    st.sampled_from(["+", "-", "*", "//", "%", "&", "|", "^"]),
)
def test_as_python_counts(left: int, right: int, sign: str) -> None:
    text = f"({left}) {sign} ({right})"
    if sign in ("//", "%") and right == 0:
        return
    assert value_of(text, {}, "here") == eval(text)  # noqa: S307  (our own text)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_value_or_refused(text: str) -> None:
    with suppress(UsageError):
        value_of(text, NAMES, "here")
