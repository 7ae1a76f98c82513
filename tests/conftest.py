"""What all tests share: property tests try the same examples everywhere and are never timed; a small network
and its workbench.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

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


@pytest.hookimpl(tryfirst=True)  # before those are left out that the marks say
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what takes long to make go to one worker: a group of pytest-xdist for each room with
    fixtures of the whole session, and for each module with fixtures of its own. Else every worker makes them,
    and a module's as often as others come between its tests.
    """
    mark_alike(items)
    for item in items:
        if item.get_closest_marker("xdist_group") is None and (place := shared_place(item)) is not None:
            item.add_marker(pytest.mark.xdist_group(place))


def mark_alike(items: Iterable[pytest.Item]) -> None:
    """Of the parameters of a test that is marked ``alike(n)`` the first of each ``n`` stay as they are, and
    the others are long.
    """
    seen: Counter[str] = Counter()
    for item in items:
        alike = item.get_closest_marker("alike")
        if alike is not None:
            name = item.nodeid.partition("[")[0]
            if seen[name] % alike.args[0]:
                item.add_marker(pytest.mark.long)
            seen[name] += 1


def shared_place(item: pytest.Item) -> str | None:
    """The room or module whose shared fixtures a test takes; None for one that takes none."""
    if not isinstance(item, pytest.Function):
        return None
    found = [used[-1] for used in item._fixtureinfo.name2fixturedefs.values()]  # pytest has no public way
    places = [one.baseid for one in found if one.scope in ("module", "session") and "/" in one.baseid]
    return min(places, key=len, default=None)


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
