"""Kernels that Triton has compiled without a GPU, run as a program of one's own, against NumPy."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.architectures.registry import architecture
from sassafras.simulation.workbench import Workbench
from sassafras.toolchain.nvdisasm import find_nvdisasm
from sassafras.workload.own.load import workload_of
from sassafras.workload.own.schema import read_spec

pytestmark = pytest.mark.slow
CAPABILITIES = (80, 90)
ON = pytest.mark.parametrize("capability", CAPABILITIES)
N, DEPTH = 64, 48
Floats = NDArray[np.float32]


@pytest.fixture(scope="session")
def python_with_triton(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one that SASSAFRAS_TRITON_PYTHON names; else one that is made here, with a Triton that pip
    downloads as this machine has it configured.
    """
    if named := os.environ.get("SASSAFRAS_TRITON_PYTHON"):
        return named
    home = tmp_path_factory.mktemp("triton")
    venv.create(home, with_pip=True)
    python = str(home / "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "triton"], check=True)
    return python


@pytest.fixture(scope="session")
def compiled(python_with_triton: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the cubins."""
    find_nvdisasm("sm_80", download=True)
    folder = tmp_path_factory.mktemp("compiled")
    script = Path(__file__).parent / "compile_triton.py"
    settings = os.environ | {"TRITON_CACHE_DIR": str(folder / "cache")}
    command = [python_with_triton, str(script), str(folder), *map(str, CAPABILITIES)]
    subprocess.run(command, check=True, env=settings)
    return folder


def result(
    folder: Path, name: str, capability: int, buffers: dict[str, Any], arguments: list[Any], grid: object
) -> Floats:
    """What a kernel leaves in the buffer ``out``. (Its last two parameters are scratch memory, none here.)"""
    key = f"{name}_{capability}"
    values: dict[str, Any] = {
        "name": "triton",
        "architecture": f"sm_{capability}",
        "outputs": ["out"],
        "kernels": {"compiled": {"cubin": f"{key}.cubin", "function": name.partition("_")[0]}},
        "buffers": buffers,
    }
    shared = json.loads((folder / "shared.json").read_text())[key]
    launch = {"kernel": "compiled", "grid": grid, "block": 128, "arguments": [*arguments, 0, 0]}
    values["launches"] = [launch | ({"shared": shared} if shared else {})]
    target = architecture(f"sm_{capability}", tensor_cores=True)
    workload = workload_of(read_spec(values, "triton"), folder, target)
    return Workbench(workload, workload.given_inputs, shared=False).golden(0).result["out"]


def given(*shape: int, key: int = 1) -> Floats:
    return np.random.Generator(np.random.Philox(key)).normal(size=shape).astype(np.float32)


@ON
def test_a_sum_of_vectors(compiled: Path, capability: int) -> None:
    x, y = given(2, 1000)
    buffers = {"x": {"shape": 1000, "values": x}, "y": {"shape": 1000, "values": y}, "out": {"shape": 1000}}
    found = result(compiled, "add", capability, buffers, ["x", "y", "out", 1000], 4)
    assert np.array_equal(found, x + y)


@ON
def test_softmax(compiled: Path, capability: int) -> None:
    x = given(8, 100)
    buffers = {"x": {"shape": [8, 100], "values": x}, "out": {"shape": [8, 100]}}
    found = result(compiled, "softmax", capability, buffers, ["x", "out", 100], 8)
    powers = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
    np.testing.assert_allclose(found.reshape(8, 100), powers / powers.sum(1, keepdims=True), rtol=1e-6)


@ON
@pytest.mark.parametrize(
    ("way", "dtype", "bits"),
    [("ieee", "float32", 24), ("tf32", "float32", 11), ("half", "float16", 11), ("bf16", "uint16", 8)],
)
def test_a_product_of_matrices(compiled: Path, capability: int, way: str, dtype: str, bits: int) -> None:
    """To the rounding of the factors, and of sums of binary32: in a row of so many products."""
    a, b = given(N, DEPTH), given(DEPTH, N, key=2)
    if way == "half":
        a, b = a.astype(np.float16), b.astype(np.float16)
    stored = [a, b]
    if way == "bf16":
        stored = [(x.view(np.uint32) >> 16).astype(np.uint16) for x in (a, b)]
        a, b = ((x.astype(np.uint32) << 16).view(np.float32) for x in stored)
    buffers = {
        name: {"shape": list(x.shape), "dtype": dtype, "values": x}
        for name, x in zip("ab", stored, strict=True)
    }
    buffers["out"] = {"shape": [N, N]}
    found = result(compiled, f"matmul_{way}", capability, buffers, ["a", "b", "out", N, DEPTH], [2, 2])
    exact = a.astype(np.float64) @ b.astype(np.float64)
    sizes = np.abs(a).astype(np.float64) @ np.abs(b).astype(np.float64)
    of_factors = 2.0 ** (2 - bits) if way == "tf32" else 0.0  # the others hold their factors exactly
    assert (np.abs(found.reshape(N, N) - exact) <= sizes * (of_factors + DEPTH * 2.0**-24)).all()
