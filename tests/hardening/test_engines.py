"""The hardened program too: the fast engine gives the rows of the engine that emulates everything."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.settings import Settings
from sassafras.hardening.network import harden
from sassafras.hardening.plan import protect
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network

FOLLOWED = ["died_layer", "corrupted"]  #: what only the fast engine looks at


@pytest.mark.parametrize("technique", [Technique.TMR, Technique.DMR_RETRY])
def test_fast_and_full_rows_are_equal(
    tmp_path: Path, tiny: Network, images: list[Image], technique: Technique
) -> None:
    network = harden(tiny, protect(dict.fromkeys(KERNELS, technique)))
    rows: list[pd.DataFrame] = []
    for engine in ("fast", "full"):
        settings = Settings.model_validate({"injections": 40, "kernels": tuple(KERNELS), "engine": engine})
        campaign = Campaign(tmp_path / engine, settings, network, images[:1])
        campaign.run(1)
        rows.append(campaign.injections().drop(columns=FOLLOWED))
    fast, full = rows
    pd.testing.assert_frame_equal(fast, full)
    assert len(fast) == 120
    assert fast["outcome"].nunique() > 1
