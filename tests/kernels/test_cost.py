"""The time model against sums by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.architectures.cards.gtx_750_ti import CARD as GTX_750_TI
from sassafras.architectures.device import Device, Range
from sassafras.architectures.multiprocessor import WARP
from sassafras.isa.kinds import Pipe
from sassafras.kernels.cost import (
    POINTS,
    Cost,
    constants,
    issuing,
    launch_cost,
    moving,
    overhead,
    total,
    waiting,
)
from sassafras.kernels.kernel import Region
from sassafras.kernels.programs import load_program
from sassafras.kernels.work import LaunchWork, lanes_of, read_work, traffic, written_work

CLOCK = 1.02e9


def work(**changes: Any) -> LaunchWork:
    """A launch of 100 blocks of 8 warps that issue 1000 instructions each, at full rate."""
    lanes = dict.fromkeys(Pipe, 0) | {Pipe.FULL: 100 * 8 * WARP * 1000}
    plain = LaunchWork(
        kernel="gemm",
        instructions=100 * 8 * WARP * 1000,
        lanes=lanes,
        nbytes=0,
        blocks=100,
        resident=8,
        warps=8,
        named=1.0,
        waiting=(800 * 3000.0, 800 * 4000.0, 800 * 5000.0),
        longest=(3000.0, 4000.0, 5000.0),
    )
    return replace(plain, **changes)


def test_the_busiest_pipe_sets_the_time() -> None:
    program = load_program("add_bias")
    issues = np.zeros(len(program.instructions), np.int64)
    loads = [i.index for i in program.instructions if i.pipe is Pipe.MEMORY]
    issues[loads] = 1000
    lanes = lanes_of(program, issues)
    assert lanes[Pipe.MEMORY] == sum(lanes.values()) == WARP * 1000 * len(loads)
    seconds = issuing(GTX_750_TI, work(lanes=lanes))[0]
    assert seconds == pytest.approx(lanes[Pipe.MEMORY] / 32 / (5 * CLOCK))
    issues[:] = 1000
    assert issuing(GTX_750_TI, work(lanes=lanes_of(program, issues)))[0] >= (
        WARP * issues.sum() / 128 / (5 * CLOCK)
    )


def test_bytes_count_once_per_direction() -> None:
    reads = [Region(0, 100), Region(50, 100), Region(400, 4)]
    assert traffic(reads, [Region(0, 10)]) == 150 + 4 + 10
    assert moving(GTX_750_TI, work(nbytes=864))[0] == pytest.approx(864 / 86.4e9 / 0.8)


def test_a_small_grid_leaves_multiprocessors_idle() -> None:
    """Six blocks on five multiprocessors take as long as ten; one as long as five."""
    lanes = {pipe: count // 100 for pipe, count in work().lanes.items()}  # of one block

    def seconds(blocks: int) -> float:
        each = {pipe: count * blocks for pipe, count in lanes.items()}
        waits = (0.0, 8 * blocks * 4000.0, 0.0)
        launch = work(blocks=blocks, lanes=each, waiting=waits, instructions=1)
        return float(issuing(GTX_750_TI, launch)[0])

    assert seconds(1) == pytest.approx(seconds(5))
    assert seconds(6) == pytest.approx(seconds(10)) == pytest.approx(2 * seconds(5))


def test_fewer_resident_warps_wait_longer() -> None:
    """Little's law: 20 blocks of a multiprocessor, so many at a time."""
    for resident in (1, 2, 4, 8):
        assert waiting(GTX_750_TI, work(resident=resident))[0] == pytest.approx(20 * 4000 / resident / CLOCK)
    alone = work(blocks=1, waiting=(0.0, 8 * 10.0, 0.0), longest=(0.0, 4000.0, 0.0))
    assert waiting(GTX_750_TI, alone)[0] == pytest.approx(4000 / CLOCK)  # never less than the longest warp


def test_the_longest_part_and_the_launch_make_the_time() -> None:
    cost = launch_cost(GTX_750_TI, work(resident=1, nbytes=10**6))
    parts = [part(GTX_750_TI, cost.work)[0] for part in (issuing, waiting, moving)]
    assert cost.seconds == pytest.approx(max(parts) + 4e-6)
    assert cost.held == pytest.approx(cost.seconds)
    assert len(cost.points) == POINTS == len(constants(GTX_750_TI).clock)


def test_the_band_takes_every_constant_to_both_ends() -> None:
    point = constants(GTX_750_TI)
    for name in ("clock", "efficiency", "launch_seconds", "issue", "memory_lanes", "overlap", "waits"):
        values = getattr(point, name)
        ends = set(values[1:].tolist())
        assert len(ends) == 2
        assert sum(values[1:] == min(ends)) == (POINTS - 1) // 2
    assert (point.clock[0], point.launch_seconds[0], point.waits[0]) == (CLOCK, 4e-6, 1)


def with_constants(change: Callable[[Range], Range]) -> Device:
    """The card with other constants, its waits as they are."""
    card = GTX_750_TI
    return replace(
        card,
        lanes={pipe: change(found) for pipe, found in card.lanes.items()},
        clock=change(card.clock),
        efficiency=change(card.efficiency),
        launch_seconds=change(card.launch_seconds),
        issue=change(card.issue),
        overlap=change(card.overlap),
    )


def test_a_device_without_bands_gives_overheads_without() -> None:
    def exact(found: Range) -> Range:
        return Range(found.nominal, found.nominal, found.nominal)

    device = with_constants(exact)
    still = {"waiting": (1.0, 1.0, 1.0), "longest": (1.0, 1.0, 1.0)}
    plain, hardened = (total([launch_cost(device, work(nbytes=n, **still))]) for n in (1, 10**9))
    found = overhead(plain, hardened)
    assert found.low == pytest.approx(found.value) and found.high == pytest.approx(found.value)


@given(st.lists(st.tuples(st.floats(1e-6, 1), st.floats(1e-6, 1)), min_size=1, max_size=20), st.floats(0, 5))
def test_constants_are_the_same_for_both_programs(pairs: list[tuple[float, float]], factor: float) -> None:
    """Where one program takes a constant times the other's time at every point, there is no band."""
    plain = Cost(1, 1, 0.0, tuple(a + b for a, b in pairs))
    hardened = Cost(1, 1, 0.0, tuple((1 + factor) * (a + b) for a, b in pairs))
    found = overhead(plain, hardened)
    assert found.low == pytest.approx(factor, abs=1e-9) and found.high == pytest.approx(factor, abs=1e-9)


def test_constants_within_the_band_stay_within_the_overheads_band() -> None:
    """Overheads at 300 points inside the box against those at its corners."""
    slow = work(resident=3, nbytes=10**7, waiting=tuple(2 * w for w in work().waiting))
    corners = overhead(*(total([launch_cost(GTX_750_TI, w)]) for w in (work(nbytes=10**7), slow)))
    dice = np.random.Generator(np.random.Philox(3))

    def inside(found: Range) -> Range:
        value = found.fast + (found.slow - found.fast) * float(dice.random())
        return Range(value, value, value)

    for _ in range(300):
        device = with_constants(inside)
        found = overhead(*(total([launch_cost(device, w)]) for w in (work(nbytes=10**7), slow)))
        assert corners.low - 1e-9 <= found.value <= corners.high + 1e-9


def test_work_is_read_as_it_was_written() -> None:
    assert read_work(written_work(work())) == work()
