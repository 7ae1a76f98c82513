"""Finished campaigns, and their faults told."""

from __future__ import annotations

import pytest
from tests.campaign.rows import make
from tests.explanation.explained import Told, one_of_each, tell

from sassafras.campaign.campaign import Campaign
from sassafras.faults.model import IoaRegister, Mode
from sassafras.network.images import Image
from sassafras.network.network import Network


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    """A finished campaign over every kernel with every fault model."""
    campaign = make(tmp_path_factory.mktemp("explained"), tiny, images, injections=205, seed=12)
    campaign.run(1)
    return campaign


@pytest.fixture(scope="session")
def trapping(tmp_path_factory: pytest.TempPathFactory, tiny: Network, images: list[Image]) -> Campaign:
    """A finished campaign in which a register beyond the allocated ones is a trap."""
    folder, rule = tmp_path_factory.mktemp("trapping"), IoaRegister.HARDWARE
    campaign = make(folder, tiny, images, injections=30, seed=12, modes=(Mode.IOA,), ioa_register=rule)
    campaign.run(1)
    return campaign


@pytest.fixture(scope="session")
def told(finished: Campaign, trapping: Campaign) -> list[Told]:
    """One fault of each class of ending in each mode, explained; one that names no register of its kernel."""
    rows = trapping.injections()
    (illegal, *_) = rows.id[rows.due_kind == "ILLEGAL_INSTRUCTION"].tolist()
    found = [tell(finished, fault) for fault in one_of_each(finished.injections())]
    return [*found, tell(trapping, illegal)]
