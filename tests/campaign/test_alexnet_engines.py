"""The fast engine against the reference engine, on the bundled AlexNet."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import image_from_frame

PER_MODE = 67


@pytest.mark.slow
def test_fast_and_full_engine_agree_on_200_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything behind the fault emulated from machine code: the same outcomes, the same probabilities."""
    network = load_alexnet()
    images = [image_from_frame(frame) for frame in render_frames(2021, 2)]
    fast = run(tmp_path / "fast", network, images, 2, injections=PER_MODE, seed=31)
    full = run(tmp_path / "full", network, images, 2, engine="full", injections=PER_MODE, seed=31)
    with capsys.disabled():
        print(f"\n{len(fast)} faults")  # noqa: T201
        print(fast.fillna({"severity": "-"}).groupby(["mode", "outcome", "severity"]).size())  # noqa: T201
        print(fast.groupby("kernel").size())  # noqa: T201
    assert_same(fast, full, FAST_ONLY)
