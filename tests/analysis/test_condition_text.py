"""What may be written as a condition, what it means, and where a mistake is pointed at."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Condition, Field, Relation
from sassafras.analysis.events import Event
from sassafras.errors import UsageError
from sassafras.faults.model import DRAWN_MODELS, Mode


@st.composite
def spelled(draw: st.DrawFn) -> Condition:
    """A condition as someone may type it: any order of filters, any case, blanks or none."""
    event, field = draw(st.sampled_from(Event)), draw(st.sampled_from(Field))
    comparison = draw(st.sampled_from(Relation))
    mode = draw(st.none() | st.sampled_from(Mode))
    kernel = draw(st.none() | st.sampled_from(["gemm", "im2col_gpu", "add-bias_2"]))
    layer = draw(st.none() | st.integers(0, 200))
    model = draw(st.none() | st.sampled_from(DRAWN_MODELS))
    count = draw(st.integers(0, 10**6))
    parts = [
        *([] if mode is None else [f"in {mode.value}"]),
        *([] if kernel is None else [f"of {kernel}"]),
        *([] if layer is None else [f"layer {layer}"]),
        *([] if model is None else [f"model {model.value}"]),
    ]
    if field is Field.COUNT:
        value, number = float(count), str(count)
    else:
        value, number = count / 10**6, draw(st.sampled_from([f"{count / 10**6!r}", f"{count / 10**6:f}"]))
    head = event.value + (f".{field.value}" if field is not Field.SHARE or draw(st.booleans()) else "")
    head = draw(st.sampled_from([head, head.lower(), head.replace("_", "-")]))
    gap = draw(st.sampled_from(["", " ", "   "]))
    text = " ".join([head, *draw(st.permutations(parts))]) + f"{gap}{comparison.value}{gap}{number}"
    return Condition(text, event, field, comparison, value, mode, kernel, layer, model)


@given(spelled())
def test_what_was_meant_is_what_is_read(condition: Condition) -> None:
    assert parse_condition(condition.text) == condition


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("DUE > 0.5%", 0.005),
        ("DUE > .5%", 0.005),
        ("DUE > 100%", 1.0),
        ("DUE > 1", 1.0),
        ("DUE > 0", 0.0),
        ("DUE > 5e-3", 0.005),
        ("DUE>50.%", 0.5),
        ("DUE.count > 1e3", 1000.0),
    ],
)
def test_values(text: str, value: float) -> None:
    assert parse_condition(text).value == pytest.approx(value, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("text", "character", "said"),
    [
        ("", 1, "expected: outcome or severity"),
        ("> 5%", 1, "expected: outcome or severity"),
        ("MALFUNCTON > 5%", 1, "did you mean malfunction|did you mean MALFUNCTION"),
        ("MALFUNCTION.hihg > 5%", 13, "did you mean high"),
        ("MALFUNCTION. > 5%", 14, "expected: field"),
        ("DUE in > 5%", 8, "expected: mode; known: RF, IOA, IOV"),
        ("DUE in gemm > 5%", 8, "unknown mode"),
        ("DUE of 3 > 5%", 8, "name of a kernel"),
        ("DUE layer one > 5%", 11, "number of a layer"),
        ("DUE layer 1.5 > 5%", 11, "number of a layer"),
        ("DUE layer 5% > 5%", 11, "number of a layer"),
        ("DUE at RF > 5%", 5, "unknown word"),
        ("DUE model single > 5%", 11, "unknown fault model; did you mean single-bit"),
        ("DUE model 3 > 5%", 11, "expected: fault model; known: single-bit, double-bit"),
        ("DUE model zero-value model zero-value > 5%", 22, "at most once, and there is a model already"),
        ("DUE in RF in IOA > 5%", 11, "at most once"),
        ("DUE in RF.high > 5%", 10, "right behind the outcome"),
        ("DUE == 5%", 5, "expected a comparison"),
        ("DUE", 4, "expected a comparison"),
        ("DUE >", 6, "expected a value"),
        ("DUE > five", 7, "expected a value"),
        ("DUE > -1", 7, "expected a value"),
        ("DUE > 5", 7, "percent"),
        ("DUE > 101%", 7, "percent"),
        ("DUE > 1e400", 7, "percent"),
        ("DUE.count > 1.5", 13, "whole number"),
        ("DUE.count > 5%", 13, "whole number"),
        ("DUE.count > 1e400", 13, "whole number"),
        ("DUE > 5% or SDC > 5%", 10, "nothing may follow"),
        ("DUE > 5 %", 7, "percent"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, character: int, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse_condition(text)
    assert str(caught.value).startswith(f"condition '{text}', character {character} (")


@given(st.text(alphabet=st.sampled_from("DUE SDC.high in RF of layer 12%<>=.é\x00\n"), max_size=30))
def test_any_text_is_a_condition_or_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        parse_condition(text)
