"""The reference engine: every launch behind the fault is emulated from its machine code, to the end. Slow; it
proves the fast way right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import FaultNotReached
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver, read_alarms
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.struck_races import run_on_faulty
from sassafras.simulation.workbench import Workbench


def infer_in_full(
    bench: Workbench,
    golden: GoldenRun,
    first: int,
    difference: Difference,
    alarm: Outcome | None,
    watchdog: int = 10,
) -> Propagation:
    """The end of the inference that goes on from ``difference`` behind launch ``first``, all emulated.
    ``alarm``: what has been raised already. ``watchdog``: as in `Rules`.

    Memory must stand before launch ``first``, and does so again afterwards.
    """
    kept = _keep(golden, first, difference)
    golden.put_after(first)
    golden.memory.data[difference.offsets] = difference.contents
    return _go_on(bench, golden, (first, first + 1), (difference.offsets, kept), alarm, watchdog)


def infer_from(
    bench: Workbench, golden: GoldenRun, number: int, difference: Difference, watchdog: int = 10
) -> Propagation:
    """The end of the inference whose memory differs before launch ``number``, all emulated. Memory must stand
    before it, and does so again afterwards.
    """
    kept = _keep(golden, number, difference)
    golden.memory.data[difference.offsets] = difference.contents
    return _go_on(bench, golden, (number, number), (difference.offsets, kept), None, watchdog)


def _keep(golden: GoldenRun, number: int, difference: Difference) -> NDArray[np.uint8]:
    """What memory holds before launch ``number`` where it will differ."""
    if _is_observed(golden):
        golden.around(number)
    kept: NDArray[np.uint8] = golden.memory.data[difference.offsets]
    return kept


def _is_observed(golden: GoldenRun) -> bool:
    return any(seen is not None for seen in golden.observed)


def _go_on(
    bench: Workbench,
    golden: GoldenRun,
    numbers: tuple[int, int],
    kept: tuple[NDArray[np.int64], NDArray[np.uint8]],
    alarm: Outcome | None,
    watchdog: int,
) -> Propagation:
    """Emulate launches to the end on faulty memory. ``numbers``: the launch before which memory is put again,
    and the first to run. ``kept``: offsets that differ, and what they held.
    """
    memory, (back, start) = golden.memory, numbers
    race: str | None = None
    for number in range(start, len(golden.plan)):
        planned = golden.plan[number]
        if golden.observed[number] is not None:
            trap, found = run_on_faulty(golden, number, watchdog)
            race = race or found
            if trap is not None:
                golden.put_whole(back)
                return Propagation(golden.result, None, {}, alarm, trap, race)
            continue
        ran = bench.machine(planned.spec).run(planned.launch, memory)
        if ran.trap is not None:
            raise FaultNotReached(f"launch {number} trapped on corrupted data: {ran.trap}")
    result = golden.workload.result(memory)
    alarm = graver(alarm, read_alarms(memory, golden.workload))
    if _is_observed(golden):
        golden.put_whole(back)
        return Propagation(result, None, {}, alarm, None, race)
    offsets, contents = kept
    memory.data[offsets] = contents
    golden.put_back(back, len(golden.plan) - 1)
    return Propagation(result, None, {}, alarm)
