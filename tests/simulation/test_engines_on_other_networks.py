"""The fast engine against the reference engine on networks of many shapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign.networks import OTHERS, images, network
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.faults.model import Scope


@pytest.mark.slow
@pytest.mark.engines
@pytest.mark.parametrize(("scope", "count"), [(Scope.THREAD, 600), (Scope.WARP, 300)])
@pytest.mark.parametrize("name", list(OTHERS))
def test_rows_are_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, scope: Scope, count: int
) -> None:
    """Every kernel, mode and fault model."""
    other = network(OTHERS[name], len(name))
    pictures = images(other)
    fast = run(tmp_path / "fast", other, pictures, 2, injections=count, scope=scope, seed=count)
    full = run(
        tmp_path / "full", other, pictures, 2, injections=count, scope=scope, seed=count, engine="full"
    )
    assert_same(fast, full, FAST_ONLY)
    with capsys.disabled():
        outcomes = fast.groupby("outcome").size().to_dict()
        print(f"\n{name}, {scope}: {len(fast)} faults, rows of both engines equal: {outcomes}")  # noqa: T201
