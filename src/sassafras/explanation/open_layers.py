"""The difference on its way through kernels of the user's own: every launch behind the struck one is emulated
on the faulty memory, and all of memory is compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.machine import machine_of
from sassafras.emulator.traps import Trap
from sassafras.explanation.layers import Journey, LaunchChange, LayerMaps, Stopped, change_of
from sassafras.explanation.replay import Replay
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.open_wave import live_bytes


def follow_open(replay: Replay) -> Journey:
    """Run everything behind the struck launch on the faulty memory, up to the end or a trap. Memory is put
    back.
    """
    golden, first, difference = replay.golden, replay.planned.index, replay.difference
    memory = golden.memory
    expected = golden.around(first)[0 if replay.before else 1].copy()
    memory.data[:] = expected
    memory.data[difference.offsets] = difference.contents
    live = live_bytes(golden)
    launches: list[LaunchChange] = []
    maps: list[LayerMaps] = []
    died, stopped = None, None
    for planned in golden.plan[first:]:
        number = planned.index
        if number > first or replay.before:
            if (trap := _run(replay, number)) is not None:
                stopped = Stopped(number, planned.kernel, planned.part, trap.kind.name)
                break
            for (a, b), image in zip(golden.writes[number], golden.after[number], strict=True):
                expected[a:b] = image
        places = np.flatnonzero(memory.data != expected)
        if died is None:
            launches.append(LaunchChange(number, planned.kernel, planned.part, len(places)))
            if not live[number].has(places).any():
                died = number
        if golden.finished_by.get(planned.part) == number:
            maps.append(_maps(golden, number, expected))
    result = golden.result if stopped is not None else golden.workload.result(memory)
    golden.put_whole(first)
    changes = tuple(change_of(one) for one in maps)
    return Journey(changes, tuple(launches), died, golden.result, result, tuple(maps), None, stopped)


def _run(replay: Replay, number: int) -> Trap | None:
    golden = replay.golden
    planned, seen = golden.plan[number], golden.observed[number]
    if seen is None:
        golden.run_whole(planned)
        return None
    machine = machine_of(planned.spec.code(golden.workload.architecture))
    limit = replay.case.rules.watchdog * seen.longest
    return machine.run(planned.launch, golden.memory, limit=limit).trap


def _maps(golden: GoldenRun, number: int, expected: NDArray[np.uint8]) -> LayerMaps:
    """The result of the part whose last launch this is."""
    part = golden.workload.parts[golden.plan[number].part]
    start, end = golden.output_of(part.index)
    found, right = (
        data[start:end].copy().view(part.output.dtype).astype(np.float32)
        for data in (golden.memory.data, expected)
    )
    return LayerMaps(part.index, part.kind, right.reshape(part.shape), found.reshape(part.shape))
