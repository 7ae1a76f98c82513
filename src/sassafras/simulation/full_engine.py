"""The reference engine: every launch behind the fault is emulated from its machine code, to the end. Slow; it
proves the fast way right.
"""

from __future__ import annotations

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
    memory = golden.memory
    observed = any(seen is not None for seen in golden.observed)
    if observed:
        golden.around(first)
    kept = memory.data[difference.offsets]
    golden.put_after(first)
    memory.data[difference.offsets] = difference.contents
    race: str | None = None
    for number in range(first + 1, len(golden.plan)):
        planned = golden.plan[number]
        if golden.observed[number] is not None:
            trap, found = run_on_faulty(golden, number, watchdog)
            race = race or found
            if trap is not None:
                golden.put_whole(first)
                return Propagation(golden.result, None, {}, alarm, trap, race)
            continue
        ran = bench.machine(planned.spec).run(planned.launch, memory)
        if ran.trap is not None:
            raise FaultNotReached(f"launch {number} trapped on corrupted data: {ran.trap}")
    result = golden.workload.result(memory)
    alarm = graver(alarm, read_alarms(memory, golden.workload))
    if observed:
        golden.put_whole(first)
        return Propagation(result, None, {}, alarm, None, race)
    memory.data[difference.offsets] = kept
    golden.put_back(first, len(golden.plan) - 1)
    return Propagation(result, None, {}, alarm)
