"""The fast engine against the reference engine, on the bundled AlexNet."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.kernels.registry import KERNELS, PAPER_KERNELS
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame

FEW, MANY = 34, 334  #: in each of two runs, for each of three modes: 204 and 2004 faults


@pytest.mark.slow
@pytest.mark.parametrize("kernels", [tuple(KERNELS), PAPER_KERNELS], ids=["all", "paper"])
@pytest.mark.parametrize("per_mode", [pytest.param(FEW, marks=pytest.mark.engines), MANY])
def test_fast_and_full_engine_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], per_mode: int, kernels: tuple[str, ...]
) -> None:
    """Everything behind the fault emulated from machine code: the same outcomes, the same probabilities. All
    modes, models and kernels.

    Drawn from all kernels nearly every fault strikes gemm, so half of them are drawn from the others.
    """
    network = load_alexnet()
    images = [image_from_frame(frame) for frame in render_frames(2021, 2)]
    fast, full = (
        run(
            tmp_path / engine, network, images, 2,
            injections=per_mode, seed=31, engine=engine, kernels=kernels,
        )
        for engine in ("fast", "full")
    )  # fmt: skip
    with capsys.disabled():
        print(f"\n{len(fast)} faults")  # noqa: T201
        print(fast.fillna({"severity": "-"}).groupby(["mode", "outcome", "severity"]).size())  # noqa: T201
        print(fast.groupby(["kernel", "model"]).size().unstack(fill_value=0))  # noqa: T201
    assert_same(fast, full, FAST_ONLY)
