"""What there is no room for is refused; what there is room for is not."""

from __future__ import annotations

import math
import resource
import tracemalloc

import pytest
from tests.campaign.stores import row, settings

from sassafras.campaign.design.shard import Shard
from sassafras.campaign.execution import limits
from sassafras.campaign.execution.limits import FAULT_BYTES, check_faults, check_frames, check_workers
from sassafras.campaign.execution.workers import ProcessPool
from sassafras.errors import UsageError
from sassafras.network.images import ALEXNET_INPUT


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with room for 3000 faults."""
    monkeypatch.setattr(limits, "memory_bytes", lambda: 3000 * FAULT_BYTES)


def test_faults() -> None:
    check_faults(settings(1000), 1)
    with pytest.raises(
        UsageError, match=r"^3003 faults need at least 2.93 MiB of memory, this machine has 2.93"
    ):
        check_faults(settings(1001), 1)
    check_faults(settings(1001, Shard(2, 2)), 1)
    check_faults(settings(1001, until=0.01), 1)
    with pytest.raises(UsageError, match=r"^6000 faults"):
        check_faults(settings(10, stratify="kernel", per_stratum=1000), 2)


def test_frames() -> None:
    check_frames(4, 4 * math.prod(ALEXNET_INPUT))
    with pytest.raises(UsageError, match=r"^5 frames need at least 2.95 MiB"):
        check_frames(5, 4 * math.prod(ALEXNET_INPUT))


def test_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    check_workers(120)
    with pytest.raises(
        UsageError, match=r"^121 workers need 1032 .* have 1024 \(ulimit -n\): at most 120 workers"
    ):
        check_workers(121)
    with pytest.raises(UsageError, match="open files"):
        ProcessPool(settings, 10**12)  # type: ignore[arg-type]  # never asked for a worker


def test_a_fault_takes_as_much_as_is_said() -> None:
    """Its row alone takes a good part of it."""
    tracemalloc.start()
    rows = [row(number) for number in range(1000)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows) == 1000
    assert taken / 1000 > FAULT_BYTES / 2
