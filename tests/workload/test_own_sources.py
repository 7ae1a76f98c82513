"""Workload files that name a CUDA source: headers, macros, instances of templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sassafras.errors import SassafrasError
from sassafras.simulation.workbench import Workbench
from sassafras.toolchain.nvdisasm import find_nvdisasm
from sassafras.workload.own.load import make_workload

SOURCE = """
#include "scaled.h"

namespace deep {
template <int N, typename T> __global__ void add(const T *in, T *out, T more) {
    out[threadIdx.x] = scaled(in[threadIdx.x]) + N * more + EXTRA;
}
}
"""
HEADER = "template <typename T> __device__ T scaled(T x) { return FACTOR * x; }\n"
KERNEL = {"source": "add.cu", "function": "deep::add<3, float>", "include": ["inc"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    find_nvdisasm("sm_50", download=True)  # once; another tool that knows it will do
    (tmp_path / "inc").mkdir()
    (tmp_path / "add.cu").write_text(SOURCE, "utf-8")
    (tmp_path / "inc" / "scaled.h").write_text(HEADER, "utf-8")
    return tmp_path


def workload(kernel: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "sources",
        "outputs": ["out"],
        "kernels": {"plus": {**KERNEL, "define": {"FACTOR": 2, "EXTRA": "100"}, **kernel}},
        "buffers": {"in": {"shape": 32, "range": [1]}, "out": {"shape": 32}},
        "launches": [{"kernel": "plus", "grid": 1, "block": 32, "arguments": ["in", "out", 0.5]}],
    }


def test_a_template_with_headers_and_macros(folder: Path) -> None:
    """Its parameters' names are the source's, their types the instance's."""
    made = make_workload(workload({}), folder)
    found = Workbench(made, made.given_inputs, shared=False).golden(0).result["out"]
    assert np.array_equal(found, 2 * np.arange(1, 33) + 101.5)
    assert [name for name, _ in made.plan[0].spec.parameters] == ["in", "out", "more"]
    other = make_workload(workload({"define": {"FACTOR": 3, "EXTRA": 100}}), folder)
    assert other.digest != made.digest


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ({"include": []}, 'cannot open source file "scaled.h"'),
        ({"define": {"FACTOR": 2}}, 'identifier "EXTRA" is undefined'),
        ({"function": "deep::add<3, floot>"}, "floot"),
        ({"function": "deep::sub<3>"}, "sub"),
        ({"function": "sub"}, "no kernel"),
        ({"source": "none.cu"}, "cannot read .*none.cu: No such file"),
    ],
)
def test_what_does_not_compile_is_said_in_one_line(folder: Path, kernel: dict[str, Any], words: str) -> None:
    with pytest.raises(SassafrasError, match=words) as error:
        make_workload(workload(kernel), folder)
    assert "\n" not in str(error.value)
