"""Structs that a kernel takes by value: where their fields lie, pointers inside them, and wrong sizes."""

from __future__ import annotations

import copy
import json
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sassafras.errors import SassafrasError
from sassafras.hardening.triplicated import triplicated
from sassafras.simulation.workbench import Workbench
from sassafras.workload.own.load import OwnWorkload, make_workload

OWN = Path(__file__).parent / "own"
FIELDS = {
    "data": "data + 4",
    "step": 2,
    "scale": 0.5,
    "coef": [1, 0.25, "1 / 8"],
    "range": {"from": 3, "to": "n - 2"},
    "last": -7,
}
APPLY: dict[str, Any] = {
    "name": "structs",
    "outputs": ["out"],
    "constants": {"n": 32},
    "kernels": {"apply": {"listing": "structs.sass"}},
    "buffers": {
        "data": {"shape": ["2 * n + 1"], "random": "uniform"},
        "out": {"shape": ["n"]},
    },
    "launches": [
        {
            "kernel": "apply",
            "grid": 1,
            "block": "n",
            "arguments": {"p": {"fields": FIELDS}, "out": "out", "add": {"fields": [10, 0, 0, 100.5]}},
        }
    ],
}
ODD: dict[str, Any] = {
    "name": "odd",
    "outputs": ["out"],
    "kernels": {"odd": {"listing": "structs.sass"}},
    "buffers": {"out": {"dtype": "int32", "shape": 9}},
    "launches": [
        {
            "kernel": "odd",
            "grid": 1,
            "block": 1,
            "arguments": [
                1,
                {"fields": [2, -3]},
                {"fields": {"value": 4}},
                {"fields": [-5, 6, 7]},
                2**33 + 9,
                "out",
            ],
        }
    ],
}
DECLARED = {
    "Range": ["from: int32", "to: int32"],
    "Given": [
        *("data: pointer", "step: char", "scale: double"),
        *("coef: float32[3]", "range: Range", "last: int16"),
    ],
}
NAMES = ["p: Given", "out: pointer", "add: float4"]


def result(workload: OwnWorkload) -> np.ndarray:
    bench = Workbench(workload, workload.given_inputs, shared=False)
    return bench.golden(0).result["out"]


def expected(data: np.ndarray) -> np.ndarray:
    found = np.zeros(32, np.float64)
    x = data.astype(np.float64)[1:][2 * np.arange(32)]
    found[3:30] = (0.5 * (1 + x * (0.25 + x / 8)) + 110.5 - 7)[3:30]
    return found


def changed(base: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    values = copy.deepcopy(base)
    values["launches"][0]["arguments"] |= arguments
    return values


def test_fields_lie_where_c_has_them() -> None:
    workload = make_workload(APPLY, OWN)
    assert np.allclose(result(workload), expected(workload.contents["data"]), rtol=1e-6)
    assert result(make_workload(ODD, OWN)).tolist() == [1, 2, -3, 4, -5, 6, 7, 2, 9]


def test_the_area_is_what_the_host_would_pass() -> None:
    workload = make_workload(APPLY, OWN)
    (planned,) = workload.plan
    data, out = (workload.layout[name].address for name in ("data", "out"))
    given = struct.pack("<Qb7xd3fiih2x", data + 4, 2, 0.5, 1, 0.25, 0.125, 3, 30, -7)
    assert planned.launch.parameters == given + struct.pack("<Q8x4f", out, 10, 0, 0, 100.5)


def test_bytes_say_the_same_as_fields() -> None:
    range_ = {"bytes": struct.pack("<ii", 2, -3).hex()}
    three = {"bytes": np.array([-5, 6, 7], np.int8).tobytes()}
    wide = np.zeros((), [("value", "<f4"), ("rest", "12b")])
    wide["value"] = 4
    values = copy.deepcopy(ODD)
    values["launches"][0]["arguments"][1:4] = [range_, {"bytes": wide[()]}, three]
    workload = make_workload(values, OWN)
    assert result(workload).tolist() == [1, 2, -3, 4, -5, 6, 7, 2, 9]
    assert workload.plan[0].launch == make_workload(ODD, OWN).plan[0].launch


def test_structs_that_no_source_says_are_declared() -> None:
    """Of a cubin whose names say nothing."""
    values = copy.deepcopy(APPLY)
    values["structs"] = DECLARED
    values["kernels"]["apply"]["parameters"] = NAMES
    found, plain = make_workload(values, OWN), make_workload(APPLY, OWN)
    assert found.plan[0].launch == plain.plan[0].launch


def test_pointers_in_structs_are_moved_with_their_buffers() -> None:
    """Each of three runs has its own memory; a number that looks like an address is none."""
    workload = make_workload(APPLY, OWN)
    three = triplicated(workload)
    places = [int(p.arguments["p.data"]) for p in three.plan]
    data = [three.layout[name].address for name in ("data", "data.2", "data.3")]
    assert places == [place + 4 for place in data]
    values = copy.deepcopy(ODD)
    address = make_workload(ODD, OWN).layout["out"].address
    values["launches"][0]["arguments"][4] = address
    assert [p.arguments["big"] for p in triplicated(make_workload(values, OWN)).plan] == [address] * 3


def test_the_digest_depends_on_fields() -> None:
    other = changed(APPLY, p={"fields": {**FIELDS, "last": 7}})
    assert make_workload(APPLY, OWN).digest != make_workload(other, OWN).digest


P = r"launches\[0\] \(apply\)\.arguments\.p"
REFUSED: list[tuple[dict[str, Any], str]] = [
    (changed(APPLY, p=5), rf"{P}: 5 is a number, the kernel takes the struct Params \(48 bytes\)"),
    (changed(APPLY, p="data"), rf"{P}: data is a buffer, the kernel takes the struct Params"),
    (
        changed(APPLY, p={"fields": {}}),
        rf"{P}\.data is missing; Params has data, step, scale, coef, range, last",
    ),
    (changed(APPLY, p={"fields": {**FIELDS, "stap": 1}}), rf"{P}: there is no 'stap'; did you mean step"),
    (changed(APPLY, p={"fields": ["data", 1]}), rf"{P}: there are 2 fields; Params has data, step,"),
    (changed(APPLY, p={"fields": {**FIELDS, "coef": [1, 2]}}), rf"{P}\.coef: there are 2, it has 3"),
    (changed(APPLY, p={"fields": {**FIELDS, "coef": 1}}), rf"{P}\.coef: give a list of its 3"),
    (
        changed(APPLY, p={"fields": {**FIELDS, "range": 1}}),
        rf"{P}\.range: 1 is a number, it is the struct Range",
    ),
    (changed(APPLY, p={"fields": {**FIELDS, "step": 300}}), rf"{P}\.step: 300 does not fit into int8"),
    (changed(APPLY, p={"fields": {**FIELDS, "data": 0.5}}), rf"{P}\.data: 0\.5 is a number, .*name a buffer"),
    (
        changed(APPLY, p={"fields": {**FIELDS, "scale": [1]}}),
        rf"{P}\.scale: \[1\] is no number; it is float64",
    ),
    (
        changed(APPLY, p={"fields": {**FIELDS, "data": "data + 4000"}}),
        rf"{P}\.data: 4000 bytes behind the start",
    ),
    (changed(APPLY, p={"bytes": "00ff"}), rf"{P}: there are 2 bytes, the kernel takes 48"),
    (changed(APPLY, p={"bytes": "0"}), rf"{P}: '0' is no hexadecimal text"),
    (changed(APPLY, p={"fields": FIELDS, "bytes": "00"}), r"arguments\.p: give one of fields and bytes"),
    (changed(APPLY, p={"felds": FIELDS}), r"arguments\.p\.felds: there is no such key; did you mean fields"),
    (changed(APPLY, out={"fields": [1]}), "the kernel takes a pointer, no struct"),
    ({**APPLY, "structs": {"A": ["a: B"]}}, r"structs\.A: no type 'B'; there are: .*float64"),
    ({**APPLY, "structs": {"A": ["int32"]}}, r"structs\.A: 'int32': give \"name: type\""),
    ({**APPLY, "structs": {"A": ["a: int32[0]"]}}, r"structs\.A: 'a: int32\[0\]': an array has at least 1"),
    ({**APPLY, "structs": {"A": []}}, r"structs\.A: .*at least 1 item"),
    (
        {
            **APPLY,
            "structs": {"S": ["a: int32"]},
            "kernels": {"apply": {"listing": "structs.sass", "parameters": ["p: S", "out", "add"]}},
        },
        r"kernels\.apply\.parameters: p: S has 4 bytes, the kernel takes 48",
    ),
]


@pytest.mark.parametrize(("values", "words"), REFUSED, ids=[words[-30:] for _, words in REFUSED])
def test_what_is_wrong_is_said_in_one_line(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SassafrasError, match=words) as error:
        make_workload(values, OWN)
    assert "\n" not in str(error.value)


def test_a_struct_that_nobody_knows(tmp_path: Path) -> None:
    """Its fields cannot be given, its bytes can."""
    shutil.copy(OWN / "structs.sass", tmp_path)
    record = json.loads((OWN / "structs.json").read_bytes())
    for kernel in record["kernels"]:
        for parameter in kernel["signature"]:
            parameter.pop("struct")
    (tmp_path / "structs.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(
        SassafrasError, match=rf"{P}: nothing says how the 48 bytes .*lie; say it: \[structs\]"
    ):
        make_workload(APPLY, tmp_path)
    values = copy.deepcopy(APPLY)
    values["structs"], values["kernels"]["apply"]["parameters"] = DECLARED, NAMES
    assert make_workload(values, tmp_path).plan[0].launch == make_workload(APPLY, OWN).plan[0].launch


def test_launches_that_give_a_struct_in_two_ways() -> None:
    values = copy.deepcopy(ODD)
    second = copy.deepcopy(values["launches"][0])
    second["arguments"][1] = {"bytes": bytes(8)}
    values["launches"].append(second)
    with pytest.raises(
        SassafrasError, match="kernel odd: its argument range is given as fields in one launch"
    ):
        make_workload(values, OWN)
