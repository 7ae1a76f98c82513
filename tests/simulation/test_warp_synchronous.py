"""Faults in kernels whose lanes speak to each other: the engines agree, and nothing crashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.campaign.rows import FAST_ONLY, assert_same
from tests.emulator.warp_kernels import CASES
from tests.simulation.warp_workloads import WARPS, workload_of

import sassafras
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import Mode, Scope
from sassafras.simulation.workbench import Workbench

COUNT = [17, pytest.param(667, marks=pytest.mark.slow)]  #: of each mode: 51 and 2001 of a scope


def test_a_golden_run_is_what_numpy_says() -> None:
    for name in WARPS:
        workload, given = workload_of(name)
        golden = Workbench(workload, [given], shared=False).golden(0)
        for k, wanted in enumerate(CASES[name].outputs):
            found = golden.result[f"out{k}"]
            touched = wanted.view(np.uint32) != 0x07070707  # a workload's buffers begin with zeros
            np.testing.assert_array_equal(
                found.view(np.uint32)[touched], wanted.view(np.uint32)[touched], name
            )


@pytest.mark.parametrize("count", COUNT)
@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
@pytest.mark.parametrize("name", WARPS)
def test_both_engines_give_the_same_rows(
    name: str, scope: Scope, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = {}
    for engine in ("fast", "full"):
        workload, given = workload_of(name)
        asked = Settings(kernels=(name,), injections=count, seed=5, scope=scope, engine=engine)
        made = Campaign(tmp_path_factory.mktemp(engine), asked, workload, [given])
        made.run()
        rows[engine] = made.injections()
        assert len(made.errors()) == 0
        made.store.close()
    assert len(rows["fast"]) == 3 * count
    assert_same(rows["fast"], rows["full"], without=FAST_ONLY)


def test_a_fault_is_explained(tmp_path: Path) -> None:
    """Which follows the struck lane beside its golden self, instruction by instruction."""
    workload, given = workload_of("last_warp")
    asked = Settings(kernels=("last_warp",), injections=12, seed=1, modes=(Mode.IOV,))
    made = Campaign(tmp_path, asked, workload, [given])
    made.run()
    rows = made.injections()
    struck = rows[rows.outcome == "SDC"].iloc[0]
    explained = sassafras.explain(made, int(struck.id))
    assert explained.explanation.story.scene.network == "last_warp"
    assert struck.sass in str(explained)
    made.store.close()
