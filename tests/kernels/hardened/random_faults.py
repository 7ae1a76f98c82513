"""Random single-bit faults in the values of a block of threads that work together."""

from __future__ import annotations

from collections import Counter

import numpy as np
from tests.kernels.cases import Case
from tests.kernels.hardened.every_fault import Ending
from tests.kernels.hardened.launches import prepare

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import Corruption, Mode, Operation
from sassafras.faults.targets import value_targets
from sassafras.kernels.hardened.technique import Technique
from sassafras.simulation.strike import strike

LIMIT = 100_000


def endings(case: Case, technique: Technique | None, count: int, seed: int) -> Counter[tuple[Ending, str]]:
    """Strike block 0 of a launch ``count`` times; endings with the opcode that was struck."""
    generator = np.random.Generator(np.random.Philox(seed))
    prepared = prepare(case, technique)
    before = prepared.memory.data.copy()
    threads = prepared.launch.threads_per_block
    program = prepared.machine.program.instructions
    golden_block = prepared.machine.arm(prepared.launch, prepared.memory, 0)
    for thread in range(threads):
        golden_block.keep_trace(thread, LIMIT)
    golden_block.run(LIMIT)
    golden = prepared.memory.data.copy()
    found: Counter[tuple[Ending, str]] = Counter()
    while found.total() < count:
        thread = int(generator.integers(threads))
        trace = golden_block.trace(thread)
        number = int(generator.choice(np.flatnonzero(executed_mask(trace))))
        instruction = program[int(instruction_indexes(trace)[number])]
        if not (targets := value_targets(instruction)):
            continue
        target = targets[int(generator.integers(len(targets)))]
        bit = int(generator.integers(target.bits))
        prepared.memory.data[...] = before
        block = prepared.machine.arm(prepared.launch, prepared.memory, 0)
        block.run_until(thread, number)
        change = Corruption(Operation.FLIP, 1 << bit, target.bits)
        strike(block, thread, Mode.IOV, target, change, prepared.memory.layout.base)
        block.run(LIMIT)
        detected, corrected = prepared.flags.tolist()
        prepared.flags[...] = 0
        if block.trap is not None:
            ending = Ending.DUE
        elif detected:
            ending = Ending.DETECTED
        elif not np.array_equal(prepared.memory.data, golden):
            ending = Ending.SDC
        else:
            ending = Ending.CORRECTED if corrected else Ending.MASKED
        found[ending, instruction.opcode] += 1
    return found
