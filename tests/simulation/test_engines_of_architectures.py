"""The fast engine against the reference engine on the machine code of other architectures: whole launches of
the reference are emulated as that code, wide where they are large, and gemm's struck threads run alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.campaign.networks import OTHERS, images, network, tiny
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.kernels.sample import sampled

from sassafras.architectures.registry import DEFAULT
from sassafras.kernels.programs import bundled_architectures
from sassafras.kernels.registry import KERNELS
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import Image, image_from_frame
from sassafras.network.network import Network

ELSEWHERE = [arch for arch in bundled_architectures() if arch != DEFAULT]
FIRST = "sm_80"
NETWORKS: dict[str, Callable[[], Network]] = {
    "tiny": tiny,
    "every size different": lambda: network(OTHERS["every size different"], 20),
}


def compare(
    folder: Path, subject: Network, pictures: list[Image], arch: str, count: int, workers: int = 1
) -> dict[str, int]:
    """Rows of ``count`` faults of each mode are equal. Returns how many there are of each outcome."""
    fast, full = (
        run(
            folder / engine, subject, pictures, workers,
            injections=count, seed=31, engine=engine, arch=arch, kernels=tuple(KERNELS),
        )
        for engine in ("fast", "full")
    )  # fmt: skip
    assert_same(fast, full, FAST_ONLY)
    return {str(outcome): int(n) for outcome, n in fast.groupby("outcome").size().items()}


@pytest.mark.parametrize("arch", sampled(ELSEWHERE, lambda arch: arch == FIRST))
def test_some_rows_are_equal(tmp_path: Path, arch: str) -> None:
    subject = tiny()
    assert set(compare(tmp_path, subject, images(subject), arch, 16)) == {"MASKED", "DUE", "SDC"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("arch", [pytest.param(arch, marks=pytest.mark.engines) for arch in ELSEWHERE])
def test_rows_are_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str], arch: str, name: str) -> None:
    """1002 faults of each network, all kernels, modes and fault models."""
    subject = NETWORKS[name]()
    found = compare(tmp_path, subject, images(subject), arch, 334, workers=2)
    with capsys.disabled():
        print(f"\n{arch}, {name}: {sum(found.values())} faults, equal: {found}")  # noqa: T201


@pytest.mark.slow
@pytest.mark.parametrize("arch", ELSEWHERE)
def test_rows_of_alexnet_are_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str], arch: str) -> None:
    """204 faults."""
    pictures = [image_from_frame(frame) for frame in render_frames(2021, 2)]
    found = compare(tmp_path, load_alexnet(), pictures, arch, 68, workers=2)
    with capsys.disabled():
        print(f"\n{arch}, AlexNet: {sum(found.values())} faults, equal: {found}")  # noqa: T201
