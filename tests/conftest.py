"""What all tests share: property tests try the same examples everywhere and are never timed; a small network
and its workbench.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.campaign import networks

from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.workbench import Workbench

settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(  # for `make mutants`: that a test fails is enough
    "unshrunk", settings.get_profile("house"), phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def tiny() -> Network:
    return networks.tiny()


@pytest.fixture(scope="session")
def images(tiny: Network) -> list[Image]:
    return networks.images(tiny)


@pytest.fixture
def bench(tiny: Network, images: list[Image]) -> Iterator[Workbench]:
    """A workbench; its arena is a private copy of its own."""
    made = Workbench(tiny, images, shared=False)
    yield made
    made.golden(0).leave()
