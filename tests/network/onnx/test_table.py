"""The tests that come with the package ``onnx``: none fails, and the documentation says how many pass."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from onnx import ModelProto
from tests.network.onnx.cases import Collection, DataSet, cases
from tests.network.onnx.judged import Fate, judge
from tests.network.onnx.table import found_in, judged, lines_of, operators

QUICK = (Collection.CONVERTED, Collection.OPERATOR, Collection.SIMPLE)


def test_the_documented_operators_are_those_that_are_read() -> None:
    assert found_in("operators") == operators()


def test_none_fails() -> None:
    """And those that are refused are refused for one of the reasons that there are."""
    found = judged(QUICK)
    for of in found.values():
        for one in of:
            assert one.fate is not Fate.FAILED, f"{one.case.name}: {one.said}"
            assert (one.reason is None) == (one.fate is Fate.PASSED)
    documented = found_in("tests")
    head, rule, *rows = lines_of(found)
    assert documented[:2] == [head, rule]
    assert set(rows) <= set(documented)


def test_what_differs_fails() -> None:
    """The comparison can tell: another output, another shape."""
    case = next(iter(cases(Collection.CONVERTED)))
    ((inputs, (output,)),) = case.data(case.model())
    for other in (output * 1.01, output[:1]):
        assert judge(replace(case, data=partial(_data, (inputs, (other,))))).fate is Fate.FAILED
    assert judge(case).fate is Fate.PASSED


def _data(one: DataSet, _: ModelProto) -> list[DataSet]:
    return [one]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_whole_table_is_true() -> None:
    found = judged(Collection)
    assert not [one.case.name for of in found.values() for one in of if one.fate is Fate.FAILED]
    assert found_in("tests") == lines_of(found)
    assert all(one.fate is Fate.PASSED for one in found[Collection.LIGHT])
    assert sum(one.fate is Fate.PASSED for one in found[Collection.CONVERTED]) >= 60
