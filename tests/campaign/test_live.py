"""Which bytes later launches still read, against changing bytes and running the rest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from tests.simulation.emulation import machines

from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.golden import GoldenRun, live_after
from sassafras.simulation.regions import Intervals, inside, overlap
from sassafras.simulation.workbench import Workbench
from sassafras.workload.running import run_twins


def pieces(golden: GoldenRun, live: Intervals) -> list[tuple[int, int]]:
    """The arena cut wherever an allocation or a live interval begins or ends; large pieces in four."""
    layout = golden.memory.layout
    cuts = {0, layout.nbytes, *(edge for interval in live for edge in interval)}
    cuts |= {edge - layout.base for a in layout.allocations for edge in (a.address, a.end)}
    edges = sorted(cuts)
    found = []
    for start, end in pairwise(edges):
        words = np.linspace(start, end, 5 if end - start >= 64 else 2).astype(int) // 4 * 4
        found += [(int(a), int(b)) for a, b in pairwise(words) if a < b]
    return found


def probabilities_after(
    network: Network, golden: GoldenRun, number: int, start: int, end: int, values: NDArray[np.uint8]
) -> bytes:
    """What comes out when bytes change behind launch ``number``."""
    memory = golden.memory
    golden.go_before(number)
    whole = memory.data.copy()
    golden.put_after(number)
    memory.data[start:end] = values
    run_twins(network, memory, number + 1)
    result = network.result(memory).numbers.tobytes()
    memory.data[:] = whole
    return result


def test_dead_bytes_change_nothing_and_live_ones_something(tiny: Network, bench: Workbench) -> None:
    golden = bench.golden(0)
    live = live_after(tiny, golden.memory)
    assert len(live) == len(tiny.plan)
    expected = golden.result.tobytes()
    generator = np.random.Generator(np.random.Philox(3))
    checked = {True: 0, False: 0}
    for number in range(len(tiny.plan)):
        for start, end in pieces(golden, live[number]):
            count = (end - start + 3) // 4
            values = (generator.standard_normal(count) * 5).astype(np.float32).view(np.uint8)[: end - start]
            alive = overlap([(start, end)], live[number])
            same = probabilities_after(tiny, golden, number, start, end, values) == expected
            assert alive or same, f"launch {number}, bytes {start} to {end} are read"
            checked[alive] += 1
            if not alive:
                continue
            assert inside(np.array([start, end - 1]), live[number]).all(), "pieces are cut at the edges"
            if same:  # hidden by a pooling or an activation: some other values will show
                wild = np.full(count, 1e30, np.float32) * generator.choice([-1, 1], count)
                wild = wild.astype(np.float32).view(np.uint8)[: end - start]
                assert probabilities_after(tiny, golden, number, start, end, wild) != expected
    assert min(checked.values()) > 20


def test_golden_states_are_those_of_the_machine_code(tiny: Network, bench: Workbench) -> None:
    """Before and after every launch, the whole arena: emulation is where it says it is."""
    golden, made = bench.golden(1), machines(tiny)
    golden.go_before(0)
    for number, planned in enumerate(tiny.plan):
        golden.go_before(number)
        assert made[planned.kernel].run(planned.launch, golden.memory).trap is None
        emulated = golden.memory.data.copy()
        golden.put_before(number)
        golden.go_before(number + 1)
        assert np.array_equal(golden.memory.data, emulated), planned.kernel


def test_going_back_and_forth(bench: Workbench) -> None:
    golden = bench.golden(0)
    states = []
    for number in range(len(golden.plan) + 1):
        golden.go_before(number)
        states.append(golden.memory.data.copy())
    for number in (5, 0, len(golden.plan), 3, 4, 2, 9):
        golden.go_before(number)
        assert np.array_equal(golden.memory.data, states[number])


def test_frames_do_not_leak_into_each_other(tiny: Network, images: list[Image], bench: Workbench) -> None:
    first = bench.golden(0).result
    second = bench.golden(1).result
    assert first.tobytes() != second.tobytes()
    assert bench.golden(0).result.tobytes() == first.tobytes()
    bench.golden(0).leave()
    fresh = tiny.fresh_memory()
    tiny.load(fresh, images[0].pixels)
    assert np.array_equal(bench.golden(0).memory.data, fresh.data)
