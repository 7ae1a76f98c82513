"""A worker remembers golden runs up to a size, the latest of them, and at least two."""

from __future__ import annotations

import numpy as np
import pytest
from tests.campaign.networks import images, tiny

from sassafras.network.images import Image
from sassafras.simulation import workbench
from sassafras.simulation.workbench import Workbench


def bench_of_four() -> Workbench:
    subject = tiny()
    first, second = images(subject)
    dark = [Image(name, np.zeros_like(first.pixels)) for name in ("dark", "darker")]
    return Workbench(subject, [first, second, *dark], shared=False)


def test_at_least_two_and_no_more_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "REMEMBERED_BYTES", 1)
    bench = bench_of_four()
    runs = [bench.golden(frame) for frame in (0, 1)]
    assert [bench.golden(frame) for frame in (0, 1)] == runs
    bench.golden(2)
    assert bench.golden(1) is runs[1]
    assert bench.golden(0) is not runs[0]


def test_as_many_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_of_four()
    first = bench.golden(0)
    monkeypatch.setattr(workbench, "REMEMBERED_BYTES", 3 * first.nbytes)
    runs = [first, *(bench.golden(frame) for frame in (1, 2))]
    assert [bench.golden(frame) for frame in (0, 1, 2)] == runs
    bench.golden(3)
    assert bench.golden(1) is runs[1]
    assert bench.golden(0) is not first
