"""A small network, a finished campaign in it, and the same evaluated under a mixed protection."""

from __future__ import annotations

import pytest
from tests.campaign import networks

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.hardening.evaluate import Evaluation, evaluate
from sassafras.hardening.plan import Protection, protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.progress import Silence


@pytest.fixture(scope="session")
def tiny() -> Network:
    return networks.tiny()


@pytest.fixture(scope="session")
def images(tiny: Network) -> list[Image]:
    return networks.images(tiny)


@pytest.fixture(scope="session")
def mixed() -> Protection:
    return protect(
        {
            "im2col_gpu": Technique.TMR,
            "add_bias": Technique.DMR,
            "forward_maxpool": Technique.DMR_RETRY,
        }
    )


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    made = Campaign(
        tmp_path_factory.mktemp("campaign"), Settings(injections=50, frames=2, seed=5), tiny, images
    )
    made.run(1)
    return made


@pytest.fixture(scope="session")
def evaluation(campaign: Campaign, tiny: Network, mixed: Protection) -> Evaluation:
    return evaluate(campaign, harden(tiny, mixed), 50, 1, Silence())
