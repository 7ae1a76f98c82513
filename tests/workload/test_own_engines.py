"""Workloads of kernels that nobody knows: the fast engine gives the rows of the full one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from tests.campaign.rows import FAST_ONLY, assert_same

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.presets import preset
from sassafras.faults.model import Scope
from sassafras.simulation.observed import Sharing
from sassafras.simulation.workbench import Workbench
from sassafras.workload.own.load import load_workload
from sassafras.workload.own.source import OwnSource

FILE = Path(__file__).parent / "own" / "all.toml"


def rows(folder: Path, engine: str, injections: int, scope: Scope = Scope.THREAD) -> pd.DataFrame:
    asked = preset("all", engine=engine, injections=injections, scope=scope, seed=7)
    with closing((campaign := Campaign(folder / engine, asked, source=OwnSource(FILE))).store):
        campaign.run()
        assert len(campaign.errors()) == 0, campaign.errors().message.tolist()
        return campaign.injections()


def check(folder: Path, injections: int, scope: Scope = Scope.THREAD) -> pd.DataFrame:
    fast, full = (rows(folder, engine, injections, scope) for engine in ("fast", "full"))
    assert_same(fast, full, without=FAST_ONLY)
    return fast


def test_both_engines_agree(tmp_path: Path) -> None:
    """Also where a later launch traps or hangs on what an earlier one left."""
    found = check(tmp_path, 150)
    later = found[(found.kernel == "indexes") & (found.outcome == "DUE")]
    assert {"diffuse", "indexes", "follow", "neighbours", "backwards", "histogram"} == set(found.kernel)
    assert {"MASKED", "SDC", "DUE"} == set(found.outcome)
    assert "ILLEGAL_ADDRESS" in set(later.due_kind)
    assert set(found.frame) == {0, 1}


@pytest.mark.slow
@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
def test_both_engines_agree_on_many(tmp_path: Path, scope: Scope) -> None:
    found = check(tmp_path, 2000, scope)
    assert {"LIGHT_MALFUNCTION", "MALFUNCTION"} <= set(found.severity.dropna())
    assert "HANG" in set(found.due_kind.dropna())


def test_who_shares_what_is_seen() -> None:
    workload = load_workload(FILE)
    golden = Workbench(workload, workload.given_inputs, shared=False).golden(0)
    found = {p.kernel: golden.sharing(p.index) for p in workload.plan}
    assert found == {
        "diffuse": Sharing.NONE,
        "indexes": Sharing.NONE,
        "follow": Sharing.NONE,
        "neighbours": Sharing.BLOCK,
        "backwards": Sharing.NONE,
        "histogram": Sharing.LAUNCH,
    }
