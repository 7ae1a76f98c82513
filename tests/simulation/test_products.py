"""Products of maps run whole: both engines give the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign import layer_networks, networks
from tests.campaign.rows import FAST_ONLY, assert_same, run


@pytest.mark.parametrize("injections", [60, pytest.param(1500, marks=pytest.mark.slow)])
def test_both_engines_agree(injections: int, tmp_path: Path) -> None:
    network = layer_networks.products()
    pictures = networks.images(network)
    fast, full = (
        run(tmp_path / engine, network, pictures, injections=injections, seed=11, engine=engine)
        for engine in ("fast", "full")
    )
    assert_same(fast, full, FAST_ONLY)
