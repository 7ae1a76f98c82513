"""The fast engine against the reference engine, on the bundled LeNet."""

from __future__ import annotations

from pathlib import Path

from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.kernels.registry import KERNELS
from sassafras.network.lenet import LENET, load_lenet


def test_fast_and_full_engine_agree(tmp_path: Path) -> None:
    """Every launch behind the fault emulated from machine code gives the same rows."""
    images = LENET.images(3)
    fast, full = (
        run(
            tmp_path / engine,
            load_lenet(),
            images,
            injections=16,
            seed=5,
            engine=engine,
            kernels=tuple(KERNELS),
        )
        for engine in ("fast", "full")
    )
    assert len(fast) == 48
    assert fast["kernel"].nunique() > 1
    assert_same(fast, full, FAST_ONLY)
