"""Threads of a launch as they run in the golden run, whoever else touches what they touch."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.emulator.machine import Machine
from sassafras.simulation.atomics import threads_hear
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.traced import GoldenThreads, run_golden


def golden_threads(
    golden: GoldenRun, machine: Machine, number: int, block: int, threads: Sequence[int], longest: int
) -> GoldenThreads:
    """As `run_golden`, for threads of a block of launch ``number``: where threads of the launch pass each
    other values through global memory, those before them run too. Memory stands before it, and does so again.
    """
    launch, sharing = golden.plan[number].launch, golden.sharing(number)
    if sharing is Sharing.NONE or threads_hear(machine.program):  # which sees to it by itself
        return run_golden(machine, launch, golden.memory, block, threads, longest)
    if sharing is Sharing.LAUNCH:
        machine.run(launch, golden.memory, blocks=range(block))
    found = run_golden(machine, launch, golden.memory, block, threads, longest, whole=True)
    golden.put_before(number)
    return found
