"""What is proven of a flipped bit is what comes of it when the thread is run with it.

The oracle is the armed block: struck, run to its end, all of memory compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faults.launches import Bench, add_bias, gemm, im2col
from tests.simulation.test_strike import golden_trace

from sassafras.emulator.armed import ArmedBlock, executed_mask, instruction_indexes
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.probed import Bit, ProbedBlock, StoredBit
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Corruption, FaultModel, Mode, Operation, Target
from sassafras.faults.targets import Selection, targets
from sassafras.isa.locations import File
from sassafras.simulation.fates import AllFates, Fate, ThreadFates
from sassafras.simulation.strike import strike

KERNELS: dict[str, tuple[Callable[[], Bench], int, int]] = {
    "add_bias": (add_bias, 1, 5),
    "im2col_gpu": (im2col, 0, 3),
    "gemm": (gemm, 1, 17),
}
SELECTION = Selection(Mode.IOV, FaultModel.SINGLE_BIT)
WATCHDOG = 50_000
Left = tuple[TrapKind | None, bytes]  #: trap and memory
Result = tuple[int, Target, int]  #: dynamic instruction, target, bit


@dataclass
class Thread:
    """A thread with the fates of all its results, found one by one and all together."""

    bench: Bench
    block: int
    thread: int
    golden: bytes
    results: list[Result]
    fates: list[Fate] = field(default_factory=list)

    def probed(self) -> ProbedBlock:
        bench = self.bench
        threads = None if bench.machine.barrier else (self.thread,)
        return ProbedBlock(bench.machine, bench.launch, bench.memory, self.block, threads)

    def left(self, begin: Callable[[ArmedBlock], None]) -> Left:
        """What is left of the block, begun so; memory is put back."""
        bench, before = self.bench, self.bench.memory.data.copy()
        threads = None if bench.machine.barrier else (self.thread,)
        armed = bench.machine.arm(bench.launch, bench.memory, self.block, threads)
        begin(armed)
        armed.run(WATCHDOG)
        found = (None if armed.trap is None else armed.trap.kind, bench.memory.data.tobytes())
        bench.memory.data[:] = before
        return found

    def struck(self, result: Result) -> Left:
        """With a result struck."""
        dynamic, target, bit = result

        def begin(armed: ArmedBlock) -> None:
            armed.run_until(self.thread, dynamic)
            change = Corruption(Operation.FLIP, 1 << bit, target.bits)
            strike(armed, self.thread, Mode.IOV, target, change, self.bench.memory.layout.base)

        return self.left(begin)

    def flipped(self, fate: Fate) -> Left:
        """With what a fate names flipped by hand."""

        def begin(armed: ArmedBlock) -> None:
            armed.run_until(self.thread, fate.at)
            flip(armed, self.thread, fate.state)
            if fate.stored:
                armed.step(self.thread)
                flip_stored(armed, self.thread, fate.stored)

        return self.left(begin)


def flip(armed: ArmedBlock, thread: int, bits: Iterable[Bit]) -> None:
    for (file, number), bit in bits:
        if file is File.REGISTERS:
            armed.registers(thread)[number] ^= np.uint32(1 << bit)
        elif file is File.PREDICATES:
            armed.predicates(thread)[number] ^= 1
        else:
            flags = armed.condition_codes(thread)
            flags[bit] = not flags[bit]


def flip_stored(armed: ArmedBlock, thread: int, bits: Iterable[StoredBit]) -> None:
    entry = armed.accesses()[-1]
    kind, start, size = AccessKind(int(entry["kind"])), int(entry["offset"]), int(entry["nbytes"])
    place = armed.bytes_at(kind, thread, start, size)
    for word, bit in bits:
        place[4 * word + bit // 8] ^= np.uint8(1 << bit % 8)


@cache
def thread_of(kernel: str) -> Thread:
    """The thread of a kernel, with the fates of all its results."""
    make, block, thread = KERNELS[kernel]
    bench = make()
    trace = golden_trace(bench, block, thread)
    pcs, executed = instruction_indexes(trace), executed_mask(trace)
    results = [
        (dynamic, target, bit)
        for dynamic in np.flatnonzero(executed).tolist()
        for target in targets(bench.program.instructions[int(pcs[dynamic])], SELECTION)
        for bit in range(target.bits)
    ]
    found = Thread(bench, block, thread, b"", results)
    found.golden = found.left(lambda armed: None)[1]
    armed = found.probed()
    fates = AllFates(armed, thread, trace)
    found.fates = fates.of_begun([fates.begun(*result) for result in results])
    armed.undo()
    return found


def check(thread: Thread, number: int) -> None:
    """A result struck leaves what its fate says."""
    fate, struck = thread.fates[number], thread.struck(thread.results[number])
    if fate.trap is not None:
        assert struck[0] is fate.trap
    elif fate.is_known:
        assert struck == (None, thread.golden)
    else:
        assert struck == thread.flipped(fate)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_struck_result_does_what_its_fate_says(kernel: str, data: st.DataObject) -> None:
    thread = thread_of(kernel)
    check(thread, data.draw(st.integers(0, len(thread.results) - 1)))


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_result_of_a_thread_does_what_its_fate_says(kernel: str) -> None:
    thread = thread_of(kernel)
    for number in range(len(thread.results)):
        check(thread, number)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=10)
@given(data=st.data())
def test_one_by_one_they_are_known_no_better_than_all_together(kernel: str, data: st.DataObject) -> None:
    thread = thread_of(kernel)
    number = data.draw(st.integers(0, len(thread.results) - 1))
    armed = thread.probed()
    trace = golden_trace(thread.bench, thread.block, thread.thread)
    dynamic, target, bit = thread.results[number]
    alone = ThreadFates(armed, thread.thread, trace).of_target(dynamic, target, bit)
    armed.undo()
    # Together they are followed at least as far.
    assert alone == thread.fates[number] or (not alone.is_known and alone.at <= thread.fates[number].at)


@pytest.mark.parametrize(("kernel", "least"), [("add_bias", 0.6), ("im2col_gpu", 0.3), ("gemm", 0.1)])
def test_much_is_known_without_a_run(kernel: str, least: float) -> None:
    thread = thread_of(kernel)
    assert sum(fate.is_known for fate in thread.fates) > least * len(thread.fates)
    assert any(fate.trap is TrapKind.ILLEGAL_ADDRESS for fate in thread.fates)
    shared = len(set(thread.fates)) / len(thread.fates)
    assert shared < 0.6
