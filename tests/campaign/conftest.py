"""What tests of campaigns share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.campaign import networks

from sassafras.campaign.workbench import Workbench
from sassafras.network.images import Image
from sassafras.network.network import Network


@pytest.fixture(scope="session")
def tiny() -> Network:
    return networks.tiny()


@pytest.fixture(scope="session")
def images(tiny: Network) -> list[Image]:
    return networks.images(tiny)


@pytest.fixture
def bench(tiny: Network, images: list[Image]) -> Iterator[Workbench]:
    """A workbench; its arena is a private copy of its own."""
    made = Workbench(tiny, [image.pixels for image in images], "sm_50", shared=False)
    yield made
    made.golden(0).leave()
