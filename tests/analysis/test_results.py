"""What of a campaign's folder counts as its results."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pandas as pd

from sassafras.analysis import results as results_module
from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.results import LayerRecord, read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import record_of
from sassafras.campaign.shape import Shape, ShapedLaunch, ShapedPart
from sassafras.emulator.launch import Launch
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode
from sassafras.kernels.programs import load_program
from sassafras.simulation.frame_result import FrameResult


def stored(mode: Mode, numbers: range) -> list[dict[str, object]]:
    return [{"id": fault_id(mode, k), "mode": mode.value} for k in numbers]


def shape() -> Shape:
    program, launch = load_program("softmax"), Launch((1, 1, 1), (1, 1, 1), b"")
    return Shape(
        "tiny",
        "digest",
        ("one", "other"),
        (ShapedPart(0, "convolutional", (2, 3, 3)), ShapedPart(1, "softmax", (7, 1, 1))),
        (ShapedLaunch(0, "gemm", 0, program, launch), ShapedLaunch(1, "softmax", 1, program, launch)),
    )


def test_only_what_the_settings_ask_for_counts() -> None:
    """A folder may hold more than this campaign asks for: modes left out now, or more injections than now."""
    settings = Settings(modes=(Mode.RF, Mode.IOV), injections=3, kernels=("softmax",))
    rows = stored(Mode.RF, range(5)) + stored(Mode.IOA, range(5)) + stored(Mode.IOV, range(1, 5))
    campaign = SimpleNamespace(
        settings=settings,
        store=SimpleNamespace(path=Path("results.sqlite"), meta={"fingerprint": {}}.get),
        planned=dict.fromkeys(settings.modes, 3),
        asked={fault_id(mode, k) for mode in settings.modes for k in range(3)},
        standings=tuple,
        census=(),
        injections=lambda: pd.DataFrame(rows),
        errors=lambda: pd.DataFrame(stored(Mode.IOV, range(1))).assign(message="not reached"),
        frames=[FrameResult(str(k), k % 2, 0, 0.5) for k in range(4)],
        seconds={"profile": 0.0, "inject": 0.0, "total": 0.0},
        self_check={"passed": True},
        usage=(),
        fidelity=None,
        design=lambda: SimpleNamespace(classes=()),
    )
    record = record_of(cast(Campaign, campaign))
    results = read_results(record, shape(), synthetic=False)
    assert [results.injected(mode) for mode in results.modes] == [3, 2]
    assert [results.failed(mode) for mode in results.modes] == [0, 1]
    assert set(results.injections["mode"]) == {"RF", "IOV"}
    assert results.layers == (LayerRecord(0, "convolutional", 0), LayerRecord(1, "softmax", 1))
    assert results.self_check == {"passed": True}
    assert results.golden == GoldenAccuracy(4, 4, 2)
    assert (results.frames, results.synthetic, results.seed) == (4, False, settings.seed)


def test_analysis_knows_no_network_and_no_running_campaign() -> None:
    """It takes records: what can be counted once can be counted on another machine, without the network."""
    live = r"^\s*(?:from|import) sassafras\.(?:network\b|campaign\.(?:campaign|source)\b)"
    imports = re.compile(live, re.MULTILINE)
    room = Path(results_module.__file__).parent
    assert [path.name for path in room.rglob("*.py") if imports.search(path.read_text("utf-8"))] == []
