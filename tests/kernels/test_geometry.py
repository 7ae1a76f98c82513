"""Grids and blocks are Darknet's; parameters lie as the CUDA sources declare them; names lead to kernels."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.cases import CASES
from tests.kernels.sample import sampled_cases

import sassafras.kernels
from sassafras.errors import UsageError
from sassafras.kernels import geometry, regions
from sassafras.kernels.kernel import ParameterType, Region
from sassafras.kernels.registry import ADDED, KERNELS, PAPER_KERNELS, kernel

CUDA = Path(sassafras.kernels.__file__).parent / "cuda"


@pytest.mark.parametrize(
    ("n", "grid"),
    [
        (1, (1, 1, 1)),
        (512, (1, 1, 1)),
        (513, (2, 1, 1)),
        (290400, (568, 1, 1)),  # first convolution of AlexNet
        (65535 * 512, (65535, 1, 1)),
        (65535 * 512 + 1, (256, 256, 1)),
        (100_000_000, (442, 442, 1)),
    ],
)
def test_linear_grids(n: int, grid: tuple[int, int, int]) -> None:
    assert geometry.linear(n) == (grid, (512, 1, 1))


@given(st.integers(1, 2**31 - 1))
def test_linear_grids_reach_every_element_and_follow_darknet(n: int) -> None:
    (x, y, z), (block, _, _) = geometry.linear(n)
    blocks = ceil(n / 512)
    assert (x, y) == (blocks, 1) if blocks <= 65535 else (ceil(sqrt(blocks)), ceil(n / (x * 512)))
    assert x * y * z * block >= n
    assert x <= 65535


def test_other_grids() -> None:
    assert geometry.line(65536 * 512) == ((65536, 1, 1), (512, 1, 1))
    assert geometry.line(9075) == ((18, 1, 1), (512, 1, 1))
    assert geometry.tiles(96, 3025) == ((190, 6, 1), (16, 16, 1))
    assert geometry.tiles(1, 4096) == ((256, 1, 1), (16, 16, 1))


@pytest.mark.parametrize("name", KERNELS)
def test_parameters_are_those_of_the_cuda_source(name: str) -> None:
    source = (CUDA / f"{name}.cu").read_text()
    found = re.search(rf"__global__ void {name}\(([^)]*)\)", source)
    assert found
    declared = []
    for text in found[1].split(","):
        kind, parameter = re.fullmatch(r"\s*(?:const )?(\w+ \*|\w+ )(\w+)", text).groups()  # type: ignore[union-attr]
        pointer = ParameterType.POINTER if "*" in kind else None
        declared.append((parameter, pointer or ParameterType[kind.strip().upper()]))
    assert KERNELS[name].parameters == tuple(declared)


@pytest.mark.parametrize("case", sampled_cases(CASES))
def test_every_case_packs_and_its_grid_covers_it(case: object) -> None:
    assert case in CASES
    found = next(c for c in CASES if c is case)
    _, arguments = found.build()
    launch = KERNELS[found.kernel].launch(arguments)
    assert launch.parameters
    assert launch.threads % launch.threads_per_block == 0


def test_names() -> None:
    assert kernel("gemm") is KERNELS["gemm"]
    assert all(KERNELS[name].name == name for name in KERNELS)
    assert kernel("guard") is ADDED["guard"]
    assert all(ADDED[name].name == name for name in ADDED)
    assert not set(KERNELS) & set(ADDED)
    assert set(PAPER_KERNELS) == set(tuple(KERNELS)[:7]) - {"gemm"}
    with pytest.raises(UsageError, match=r"no kernel 'gemv'; did you mean gemm\? the kernels are fill_gpu"):
        kernel("gemv")


def test_regions() -> None:
    assert regions.rows(64, 3, 5, 5) == (Region(64, 60),)
    assert regions.rows(64, 2, 5, 3) == (Region(64, 12), Region(84, 12))
    assert regions.rows(64, 1, 5, 3) == (Region(64, 12),)
    assert regions.rows(64, 0, 5, 3) == regions.rows(64, 3, 5, 0) == regions.words(64, 0) == ()
    scattered = [Region(20, 4), Region(0, 8), Region(8, 8), Region(22, 10), Region(40, 4)]
    assert regions.merged(scattered) == (Region(0, 16), Region(20, 12), Region(40, 4))


def test_a_launch_brings_the_shared_memory_that_its_kernel_asks_for() -> None:
    plain = KERNELS["fill_gpu"]
    arguments = {"n": 7, "alpha": 0.0, "x": 512, "incx": 1}
    arguments |= dict.fromkeys({name for name, _ in plain.parameters} - set(arguments), 0)
    assert plain.launch(arguments).shared_bytes == 0
    asking = replace(plain, shared_bytes=lambda given: 4 * int(given["n"]))
    assert asking.launch(arguments) == replace(plain.launch(arguments), shared_bytes=28)
