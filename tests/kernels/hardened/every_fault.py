"""Every single-bit fault in the value of every result of one thread, struck one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from tests.kernels.cases import Case
from tests.kernels.hardened.launches import Prepared, prepare

from sassafras.emulator.armed import ArmedBlock, executed_mask, instruction_indexes
from sassafras.faults.model import Corruption, Mode, Operation, Target
from sassafras.faults.targets import value_targets
from sassafras.kernels.hardened.technique import Technique
from sassafras.simulation.strike import strike

LIMIT = 20_000


class Ending(Enum):
    MASKED = "masked"
    SDC = "sdc"
    DUE = "due"
    DETECTED = "detected"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Strike:
    """A fault: dynamic instruction ``number`` of the thread, which is instruction ``pc`` of the program."""

    number: int
    pc: int
    target: Target
    bit: int


@dataclass
class OneThread:
    """One thread of block 0 of a launch, run again and again from the same memory."""

    prepared: Prepared
    thread: int

    def __post_init__(self) -> None:
        self._before = self.prepared.memory.data.copy()
        block = self._arm()
        block.keep_trace(self.thread, LIMIT)
        block.run(LIMIT)
        assert block.trap is None
        trace = block.trace(self.thread)
        self.pcs = instruction_indexes(trace)
        self.executed = executed_mask(trace)
        self.golden = self.prepared.memory.data.copy()
        assert not self.prepared.flags.any()

    def _arm(self) -> ArmedBlock:
        self.prepared.memory.data[...] = self._before
        return self.prepared.machine.arm(self.prepared.launch, self.prepared.memory, 0, [self.thread])

    def strikes(self) -> Iterator[Strike]:
        """All single-bit IOV faults: every executed instruction, every destination, every bit."""
        program = self.prepared.machine.program.instructions
        for number in np.flatnonzero(self.executed).tolist():
            for target in value_targets(program[int(self.pcs[number])]):
                for bit in range(target.bits):
                    yield Strike(number, int(self.pcs[number]), target, bit)

    def ending(self, fault: Strike) -> Ending:
        """What becomes of one fault."""
        block = self._arm()
        block.run_until(self.thread, fault.number)
        change = Corruption(Operation.FLIP, 1 << fault.bit, fault.target.bits)
        strike(block, self.thread, Mode.IOV, fault.target, change, self.prepared.memory.layout.base)
        block.run(10 * len(self.pcs))
        if block.trap is not None:
            return Ending.DUE
        detected, corrected = self.prepared.flags.tolist()
        if detected:
            return Ending.DETECTED
        self.prepared.flags[...] = 0
        if not np.array_equal(self.prepared.memory.data, self.golden):
            return Ending.SDC
        return Ending.CORRECTED if corrected else Ending.MASKED

    def text(self, pc: int) -> str:
        """An instruction with its offset, as in the listing."""
        instruction = self.prepared.machine.program.instructions[pc]
        return f"{instruction.offset:04x} {instruction.text}"


@dataclass(frozen=True)
class Survey:
    """Endings of faults, and those that changed memory unnoticed by instruction (text -> number of bits)."""

    endings: Counter[Ending]
    unprotected: Counter[str]

    @property
    def struck(self) -> int:
        return self.endings.total()

    def __str__(self) -> str:
        counts = ", ".join(f"{ending.value} {self.endings[ending]}" for ending in Ending)
        lines = [
            f"{self.struck} faults: {counts}",
            *(f"  {n:4d} {text}" for text, n in self.unprotected.items()),
        ]
        return "\n".join(lines)


def survey(case: Case, technique: Technique | None, thread: int, every: int = 1) -> Survey:
    """Strike every ``every``-th fault of a thread."""
    one = OneThread(prepare(case, technique), thread)
    endings: Counter[Ending] = Counter()
    unprotected: Counter[str] = Counter()
    for fault in list(one.strikes())[::every]:
        ending = one.ending(fault)
        endings[ending] += 1
        if ending is Ending.SDC:
            unprotected[one.text(fault.pc)] += 1
    return Survey(endings, unprotected)
