"""Whether conditions are true, against counting by hand."""

from __future__ import annotations

import operator
from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Evidence, judge, percent
from sassafras.analysis.events import Event, occurred
from sassafras.errors import UsageError
from sassafras.faults.model import Mode

ENDED = [
    ("MASKED", None),
    ("CORRECTED", None),
    ("DETECTED", None),
    ("DUE", None),
    ("SDC", "MALFUNCTION"),
    ("SDC", "INVALID_OUTPUT"),
    ("SDC", "LIGHT_MALFUNCTION"),
    ("SDC", "NO_MALFUNCTION"),
]
KERNELS = ("gemm", "softmax")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["RF", "IOV"]), st.sampled_from(KERNELS), st.integers(0, 2), st.sampled_from(ENDED)
    ),
    max_size=40,
)
MEANS = {
    "SDC": {"MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION"},
    "CRITICAL": {"MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"},
    "PAPER_MALFUNCTION": {"MALFUNCTION", "INVALID_OUTPUT"},
}


def evidence(rows: list[tuple[str, str, int, tuple[str, str | None]]]) -> Evidence:
    records = [(mode, kernel, layer, *ended) for mode, kernel, layer, ended in rows]
    frame = pd.DataFrame(records, columns=["mode", "kernel", "layer", "outcome", "severity"]).astype(
        {"outcome": object, "severity": object}
    )
    return Evidence(frame, (Mode.RF, Mode.IOV), KERNELS, (0, 1, 2))


@given(ROWS)
def test_events_against_counting(rows: list[tuple[str, str, int, tuple[str, str | None]]]) -> None:
    frame = evidence(rows).injections
    for event in Event:
        words = MEANS.get(event.value, {event.value})
        expected = [(ended[1] or ended[0]) in words for *_, ended in rows]
        assert occurred(frame, event).tolist() == expected


@given(
    ROWS,
    st.sampled_from(Event),
    st.sampled_from([None, "RF"]),
    st.sampled_from([None, "gemm"]),
    st.sampled_from([None, 1]),
)
def test_numbers_against_counting(
    rows: list[tuple[str, str, int, tuple[str, str | None]]],
    event: Event,
    mode: str | None,
    kernel: str | None,
    layer: int | None,
) -> None:
    chosen = [
        (ended[1] or ended[0]) in MEANS.get(event.value, {event.value})
        for m, k, y, ended in rows
        if mode in (None, m) and kernel in (None, k) and layer in (None, y)
    ]
    n, k = len(chosen), sum(chosen)
    where = (f" in {mode}" if mode else "") + (f" of {kernel}" if kernel else "")
    where += f" layer {layer}" if layer is not None else ""
    found = evidence(rows)
    assert judge(parse_condition(f"{event.value}.count{where} >= {k}"), found).is_true
    assert not judge(parse_condition(f"{event.value}.count{where} > {k}"), found).is_true
    low, high = stats.binomtest(k, n).proportion_ci(0.95) if n else (0.0, 1.0)
    assert judge(parse_condition(f"{event.value}.low{where} > 0"), found).number == pytest.approx(
        low, abs=1e-9
    )
    assert judge(parse_condition(f"{event.value}.high{where} > 0"), found).number == pytest.approx(high)
    if n:
        assert judge(parse_condition(f"{event.value}{where} > 0"), found).number == k / n


@given(
    ROWS, st.sampled_from(["count", "share", "low", "high"]), st.sampled_from([">", "<="]), st.integers(0, 8)
)
def test_what_only_invalid_outputs_let_pass_is_said(
    rows: list[tuple[str, str, int, tuple[str, str | None]]], field: str, relation: str, value: int
) -> None:
    number = value if field == "count" else value / 8
    found = evidence(rows or [("RF", "gemm", 0, ("DUE", None))])
    text = f"{field} {relation} {number}"
    one = judge(parse_condition(f"malfunction.{text}"), found)
    both = judge(parse_condition(f"PAPER_MALFUNCTION.{text}"), found)
    assert bool(one.note) == (both.is_true and not one.is_true)
    assert one.note.endswith(f'--fail-if "PAPER_MALFUNCTION.{text}"') or not one.note
    assert f"it is {both.measured};" in one.note or not one.note
    for event in set(Event) - {Event.MALFUNCTION}:
        assert judge(parse_condition(f"{event.value}.{text}"), found).note == ""


@pytest.mark.parametrize(("text", "value"), list(product([">", ">=", "<", "<="], ["0.25", "0.5", "0.75"])))
def test_comparisons(text: str, value: str) -> None:
    found = evidence([("RF", "gemm", 0, ("DUE", None)), ("RF", "gemm", 0, ("MASKED", None))])
    holds = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}[text]
    assert judge(parse_condition(f"DUE {text} {value}"), found).is_true is holds(0.5, float(value))


def test_where_nothing_was_injected_the_worst_is_assumed() -> None:
    empty = evidence([("RF", "gemm", 0, ("DUE", None))])
    assert judge(parse_condition("MALFUNCTION.high in IOV > 99%"), empty).is_true
    assert not judge(parse_condition("MALFUNCTION.low in IOV > 0"), empty).is_true
    assert not judge(parse_condition("MALFUNCTION.count in IOV > 0"), empty).is_true
    with pytest.raises(UsageError, match="nothing was injected there"):
        judge(parse_condition("MALFUNCTION in IOV > 99%"), empty)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DUE in IOA > 1%", "no mode IOA in the campaign; it has: RF, IOV"),
        ("DUE of fill_gpu > 1%", "no kernel fill_gpu in the campaign; it has: gemm, softmax"),
        ("DUE layer 3 > 1%", "no layer 3 in the campaign; it has: 0, 1, 2"),
    ],
)
def test_what_the_campaign_does_not_have(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        judge(parse_condition(text), evidence([("RF", "gemm", 0, ("DUE", None))]))


def test_the_measured_number_in_words() -> None:
    rows = [("RF", "gemm", 0, ("DUE" if k < 3 else "MASKED", None)) for k in range(1000)]
    found = evidence(list(rows))
    assert judge(parse_condition("DUE > 1%"), found).measured == ("0.300 % (3 of 1000; 95 %: 0.0619–0.874 %)")
    assert judge(parse_condition("DUE.count > 1"), found).measured == "3 of 1000"
    assert judge(parse_condition("SDC.high > 1%"), found).measured == "0.368 % (0 of 1000; 95 %: 0–0.368 %)"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (1, "100.0"), (0.5, "50.0"), (0.0123, "1.23"), (0.00002, "0.00200"), (0.999, "99.9")],
)
def test_percent_keeps_three_digits(share: float, text: str) -> None:
    assert percent(share) == text
