"""The reference engine: every launch behind the fault is emulated from its machine code, to the end. Slow; it
proves the fast way right.
"""

from __future__ import annotations

from sassafras.errors import FaultNotReached
from sassafras.simulation.faulty_launch import Difference
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver, read_alarms
from sassafras.simulation.workbench import Workbench


def infer_in_full(
    bench: Workbench, golden: GoldenRun, first: int, difference: Difference, alarm: Outcome | None
) -> Propagation:
    """The end of the inference that goes on from ``difference`` behind launch ``first``, all emulated.
    ``alarm``: what has been raised already.

    Memory must stand before launch ``first``, and does so again afterwards.
    """
    memory = golden.memory
    kept = memory.data[difference.offsets]
    golden.put_after(first)
    memory.data[difference.offsets] = difference.contents
    for number in range(first + 1, len(golden.plan)):
        planned = golden.plan[number]
        ran = bench.machine(planned.spec).run(planned.launch, memory)
        if ran.trap is not None:
            raise FaultNotReached(f"launch {number} trapped on corrupted data: {ran.trap}")
    result = golden.workload.result(memory)
    alarm = graver(alarm, read_alarms(memory, golden.workload))
    memory.data[difference.offsets] = kept
    golden.put_back(first, len(golden.plan) - 1)
    return Propagation(result, None, {}, alarm)
