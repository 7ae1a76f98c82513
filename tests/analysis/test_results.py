"""What of a campaign's folder counts as its results."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd

from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.results import LayerRecord, read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode
from sassafras.simulation.frame_result import FrameResult


def stored(mode: Mode, numbers: range) -> list[dict[str, object]]:
    return [{"id": fault_id(mode, k), "mode": mode.value} for k in numbers]


def test_only_what_the_settings_ask_for_counts() -> None:
    """A folder may hold more than this campaign asks for: modes left out now, or more injections than now."""
    settings = Settings(modes=(Mode.RF, Mode.IOV), injections=3, kernels=("softmax",))
    layers = [
        SimpleNamespace(index=0, kinds=("convolutional", "conv")),
        SimpleNamespace(index=1, kinds=("softmax",)),
    ]
    plan = [SimpleNamespace(kernel="gemm", layer=0), SimpleNamespace(kernel="softmax", layer=1)]
    rows = stored(Mode.RF, range(5)) + stored(Mode.IOA, range(5)) + stored(Mode.IOV, range(1, 5))
    campaign = SimpleNamespace(
        settings=settings,
        network=SimpleNamespace(name="tiny", plan=plan, layers=layers),
        planned=dict.fromkeys(settings.modes, 3),
        asked={fault_id(mode, k) for mode in settings.modes for k in range(3)},
        standings=list,
        census=(),
        injections=lambda: pd.DataFrame(rows),
        errors=lambda: pd.DataFrame(stored(Mode.IOV, range(1))).assign(message="not reached"),
        frames=[FrameResult(str(k), k % 2, 0, 0.5) for k in range(4)],
        seconds={"profile": 0.0, "inject": 0.0, "total": 0.0},
        self_check={"passed": True},
        usage=(),
    )
    results = read_results(cast(Campaign, campaign), synthetic=False)
    assert [results.injected(mode) for mode in results.modes] == [3, 2]
    assert [results.failed(mode) for mode in results.modes] == [0, 1]
    assert set(results.injections["mode"]) == {"RF", "IOV"}
    assert results.layers == (LayerRecord(0, "convolutional", 0), LayerRecord(1, "softmax", 1))
    assert results.self_check == {"passed": True}
    assert results.golden == GoldenAccuracy(4, 4, 2)
    assert (results.frames, results.synthetic, results.seed) == (4, False, settings.seed)
