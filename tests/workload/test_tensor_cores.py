"""A program of one's own with products on tensor cores (mma.sync, ldmatrix), from CUDA C++ to a campaign."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.campaign.rows import FAST_ONLY, assert_same

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.errors import ListingError
from sassafras.isa.groups import Group
from sassafras.simulation.workbench import Workbench
from sassafras.toolchain.nvdisasm import find_nvdisasm
from sassafras.workload.own.load import OwnWorkload, load_workload
from sassafras.workload.own.source import OwnSource

SOURCE = Path(__file__).parent / "own" / "tiles.cu"
N, DEPTH = 32, 48
FILE = f"""
name = "tiles"
architecture = "sm_80"
outputs = ["c"]

[kernels.multiply]
source = "{SOURCE}"
function = "tiles"

[buffers]
a = {{ dtype = "float16", shape = [{N}, {DEPTH}], CONTENT }}
b = {{ dtype = "float16", shape = [{N}, {DEPTH}], CONTENT }}
c = {{ shape = [{N}, {N}] }}

[[launches]]
kernel = "multiply"
grid = [{N // 8}, {N // 16}]
block = 32
arguments = ["a", "b", "c", {N}, {DEPTH}]
"""
WHOLE = 'random = "integers", low = -30, high = 30'
NORMAL = 'random = "normal"'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    find_nvdisasm("sm_80", download=True)  # once; another tool that knows it will do
    return tmp_path / "workload.toml"


def product(workload: OwnWorkload) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Both factors, and what was made of them."""
    result = Workbench(workload, workload.given_inputs, shared=False).golden(0).result
    a, b = (np.asarray(workload.contents[name], np.float64).reshape(N, DEPTH) for name in "ab")
    return a, b, result["c"].reshape(N, N)


def test_whole_numbers_are_multiplied_exactly(file: Path) -> None:
    file.write_text(FILE.replace("CONTENT", WHOLE))
    a, b, c = product(load_workload(file, tensor_cores=True))
    assert np.array_equal(c, a @ b.T) and c.any()


@pytest.mark.long
@pytest.mark.parametrize("arch", ["sm_80", "sm_86", "sm_89", "sm_90"])
def test_other_numbers_to_the_stated_bound(file: Path, arch: str) -> None:
    """For each step of k products (k + 1) 2^-22 of the largest product or sum so far."""
    file.write_text(FILE.replace("CONTENT", NORMAL))
    a, b, c = product(load_workload(file, arch, tensor_cores=True))
    products = a[:, None, :] * b[None, :, :]
    largest = np.maximum(np.abs(products).max(2), np.abs(np.cumsum(products, 2)).max(2))
    assert (np.abs(c - products.sum(2)) <= DEPTH / 8 * 9 * 2.0**-22 * largest).all()
    assert (c != (a @ b.T).astype(np.float32)).any()  # it is no sum that is rounded once


def rows(file: Path, engine: str, **more: Any) -> pd.DataFrame:
    asked = preset("all", engine=engine, seed=7, arch="sm_80", tensor_cores="modelled", **more)
    folder = file.parent / engine
    with closing((campaign := Campaign(folder, asked, source=OwnSource(file))).store):
        campaign.run()
        assert len(campaign.errors()) == 0, campaign.errors().message.tolist()
        return campaign.injections()


@pytest.mark.long
def test_a_result_that_is_struck_is_one_lanes(file: Path) -> None:
    """One element of C is wrong then, unless the difference is lost in later sums."""
    file.write_text(FILE.replace("CONTENT", NORMAL))
    found = rows(file, "fast", injections=40, modes=("IOV",), groups=(Group.TENSOR,))
    assert set(found.opcode) == {"HMMA.16816.F32"}
    assert set(found[found.outcome != "MASKED"].corrupted) == {'{"0": 1}'}
    assert (found.outcome == "SDC").mean() > 0.5


@pytest.mark.long
def test_both_engines_agree(file: Path) -> None:
    file.write_text(FILE.replace("CONTENT", NORMAL))
    fast, full = (rows(file, engine, injections=150) for engine in ("fast", "full"))
    assert_same(fast, full, without=FAST_ONLY)
    assert {"MASKED", "SDC", "DUE"} == set(fast.outcome)


def test_it_is_refused_unless_asked_for(file: Path) -> None:
    file.write_text(FILE.replace("CONTENT", WHOLE))
    with pytest.raises(ListingError, match=r"HMMA\.16816\.F32 .*--tensor-cores modelled carries it out"):
        load_workload(file)
