"""The hardened program too: the fast engine gives the rows of the engine that emulates everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.campaign import networks

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.hardening.bounds import Calibration, Origin
from sassafras.hardening.calibration import seen_bounds
from sassafras.hardening.plan import Protection, launched, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network

FOLLOWED = ["died_layer", "corrupted"]  #: what only the fast engine looks at


@pytest.mark.long  # to compile copies of a product takes half a minute
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


TIGHT = 0.25  #: share of the bounds that were seen: fault-free values are held, too


def bounds_of(network: Network, images: list[Image], share: float) -> Calibration:
    seen = seen_bounds(network, images)
    bounds = tuple((float(np.float32(share * a)), float(np.float32(share * b))) for a, b in seen)
    return Calibration(bounds, Origin.IMAGES, len(images))


def extreme(rows: pd.DataFrame) -> int:
    """SDCs whose struck word became NaN, infinite or larger than any activation."""
    words = rows.loc[(rows["outcome"] == "SDC") & rows["after"].str.len().eq(10), "after"]
    values = np.array([int(word, 16) for word in words], np.uint32).view(np.float32)
    return int((~(np.abs(values) < 1e6)).sum())


@pytest.mark.alike(4)
@pytest.mark.parametrize("name", ["tiny", *networks.OTHERS])
@pytest.mark.parametrize(
    ("chosen", "share"),
    [
        ({"forward_maxpool": Technique.FIRST_VALID}, 1.0),
        ({"forward_maxpool": Technique.FIRST_VALID, "activate_array": Technique.RANGE}, 1.0),
        ({"forward_maxpool": Technique.FIRST_VALID, "activate_array": Technique.RANGE}, TIGHT),
    ],
    ids=["first-valid", "both", "tight"],
)
def test_fast_and_full_rows_are_equal_where_the_flow_changes(
    tmp_path: Path, name: str, chosen: dict[str, Technique], share: float
) -> None:
    plain = networks.tiny() if name == "tiny" else networks.network(networks.OTHERS[name])
    pictures = networks.images(plain)[:1]
    protection = Protection(protect(chosen).chosen, bounds_of(plain, pictures, share))
    network = harden(plain, protection)
    rows: list[pd.DataFrame] = []
    for engine in ("fast", "full"):
        settings = Settings.model_validate(
            {"injections": 70, "seed": 9, "kernels": launched(plain), "engine": engine}
        )
        campaign = Campaign(tmp_path / engine, settings, network, pictures)
        campaign.run(1)
        assert campaign.errors().empty
        rows.append(campaign.injections().drop(columns=FOLLOWED))
    fast, full = rows
    pd.testing.assert_frame_equal(fast, full)
    assert len(fast) == 210
    assert extreme(fast) > 0
