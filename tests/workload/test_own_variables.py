"""Variables of a cubin in workload files, failed asserts, and functions that are not there."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.errors import GoldenTrap, ListingError, SassafrasError
from sassafras.faults.model import FaultModel, Mode
from sassafras.hardening.triplicated import thrice, triplicated
from sassafras.simulation.check_golden import check_golden
from sassafras.simulation.workbench import Workbench
from sassafras.workload.own.load import OwnWorkload, make_workload

OWN = Path(__file__).parent / "own"
LISTING = {"listing": "variables.sass"}
VARIABLES: dict[str, Any] = {
    "name": "variables",
    "outputs": ["out", "count", "after"],
    "kernels": {"polynomial": LISTING, "tell": LISTING},
    "buffers": {
        "in": {"shape": 64, "random": "uniform"},
        "out": {"shape": 64},
        "count": {"dtype": "uint32", "shape": 1},
        "after": {"shape": 32},
    },
    "variables": {"coef": {"shape": 3, "values": [4, 5, 6]}, "unset": {"shape": 2, "fill": 0.5}},
    "launches": [
        {"kernel": "polynomial", "grid": 2, "block": 32, "arguments": ["in", "out"]},
        {"kernel": "tell", "grid": 1, "block": 32, "arguments": ["count", "after"]},
    ],
}
CHECKED: dict[str, Any] = {
    "name": "checked",
    "outputs": ["out"],
    "kernels": {"checked": LISTING},
    "buffers": {"in": {"shape": 32, "random": "uniform", "low": 1, "high": 2}, "out": {"shape": 32}},
    "launches": [{"kernel": "checked", "grid": 1, "block": 32, "arguments": ["in", "out"]}],
}


def made(**changes: Any) -> OwnWorkload:
    return make_workload({**copy.deepcopy(VARIABLES), **changes}, OWN)


def results(workload: Any, inputs: Any = None) -> dict[str, np.ndarray]:
    result = Workbench(workload, inputs or workload.given_inputs, shared=False).golden(0).result
    return {buffer.name: result[buffer.name] for buffer in result.buffers}


def expected(x: np.ndarray, coef: Sequence[float], unset: float) -> dict[str, Any]:
    out = coef[0] + x * (coef[1] + x * coef[2]) + unset
    return {"out": out, "count": [7], "after": x[32:] + np.resize(coef, 32)}


def test_variables_hold_what_the_source_or_the_file_says() -> None:
    for workload, coef, unset in ((made(), [4, 5, 6], 0.5), (made(variables={}), [1, 2, 3], 0)):
        found = results(workload)
        wanted = expected(workload.contents["in"].astype(np.float64), coef, unset)
        assert found["count"].tolist() == wanted["count"]
        for name in ("out", "after"):
            assert np.allclose(found[name], wanted[name], rtol=1e-6), name
    assert made().digest != made(variables={}).digest


def test_loads_from_constant_memory_are_seen() -> None:
    """A fault that strays into it is carried on by every launch that reads it."""
    workload = made()
    (name,) = [buffer.name for buffer in workload.buffers if buffer.name.startswith("module ")]
    module = workload.plan[0].spec.code(workload.architecture).module
    assert module is not None
    coef = module.variable("coef")
    assert coef is not None
    assert coef.offset < module.constant_bytes
    golden = Workbench(workload, workload.given_inputs, shared=False).golden(0)
    start = workload.layout[name].address - golden.memory.layout.base + coef.offset
    for seen in golden.observed:
        assert seen is not None
        assert seen.loads.has(np.arange(start, start + coef.nbytes)).all()
        assert not seen.stores.has(np.arange(start, start + coef.nbytes)).any()


def test_three_runs_have_variables_of_their_own() -> None:
    """A count that the first run left behind would be seen by the second."""
    plain = made()
    three = triplicated(plain)
    found = results(three, [thrice(given) for given in plain.given_inputs])
    for name, values in results(plain).items():
        for copied in (name, f"{name}.2", f"{name}.3"):
            assert np.array_equal(found[copied], values), copied


V = {"variables": {"coef": {"shape": 3}}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"coeff": {"shape": 3}}, r"variables\.coeff: no kernel's code has it; did you mean coef\?"),
    ({"coef": {"shape": 4}}, r"variables\.coef has 16 bytes here, in the code 12"),
    ({"coef": {"shape": 3, "dtype": "float64"}}, r"variables\.coef has 24 bytes here, in the code 12"),
    ({"coef": {"shape": 3, "values": [1]}}, r"variables\.coef has shape \(1,\), .* has \(3,\)"),
    ({"coef": {"shape": 3, "shap": 3}}, r"variables\.coef\.shap: there is no such key; did you mean shape\?"),
]


@pytest.mark.parametrize(("variables", "words"), REFUSED, ids=[words[:30] for _, words in REFUSED])
def test_what_is_wrong_is_said_in_one_line(variables: dict[str, Any], words: str) -> None:
    with pytest.raises(SassafrasError, match=words) as error:
        made(variables=variables)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("kernel", "words"), [("told", r"vprintf \(printf\)"), ("grown", r"free .* or malloc")]
)
def test_functions_that_are_not_there_are_named(kernel: str, words: str) -> None:
    """Of the kernels that call them, and of no others of the cubin."""
    values = copy.deepcopy(CHECKED)
    values["kernels"], values["launches"][0]["kernel"] = {kernel: LISTING}, kernel
    with pytest.raises(ListingError, match=rf"JMX R\d+\": a function outside the file .*{words}"):
        make_workload(values, OWN)


def test_an_assert_that_holds_and_one_that_fails() -> None:
    workload = make_workload(CHECKED, OWN)
    assert np.array_equal(results(workload)["out"], 2 * workload.contents["in"])
    values = copy.deepcopy(CHECKED)
    values["buffers"]["in"]["low"] = -1
    failing = make_workload(values, OWN)
    with pytest.raises(
        GoldenTrap, match=r"stopped at .*JMX.*: ASSERTION \(an assert of the kernel's own failed\)"
    ):
        check_golden(failing, failing.given_inputs)


def test_a_fault_that_makes_an_assert_fail_is_a_due_of_its_own(tmp_path: Path) -> None:
    asked = preset("all", modes=(Mode.IOV,), models=(FaultModel.SINGLE_BIT,), injections=150)
    campaign = Campaign(tmp_path, asked, make_workload(CHECKED, OWN))
    with closing(campaign.store):
        campaign.run()
        rows = campaign.injections()
        assert len(campaign.errors()) == 0
    kinds = set(rows[rows["outcome"] == "DUE"]["due_kind"])
    assert "ASSERTION" in kinds, kinds
