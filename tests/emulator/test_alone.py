"""One thread of a block run alone, although threads wait for each other, against the whole block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.emulator.launches import fresh
from tests.kernels.cases import CASES
from tests.kernels.hardened.launches import Prepared, prepare

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.errors import GoldenTrap
from sassafras.kernels.hardened.technique import Technique

LIMIT = 20_000
TMR = pytest.param(Technique.TMR, marks=pytest.mark.long)  # three copies of a product compile long
FORMS = [None, TMR, Technique.DMR, Technique.DMR_RETRY, Technique.ABFT]
GEMMS = [case for case in CASES if case.kernel == "gemm" and "wild" in case.name]


def prepared(number: int, form: Technique | None) -> Prepared:
    return prepare(GEMMS[number % len(GEMMS)], form)


@pytest.mark.parametrize("form", FORMS, ids=str)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_slice_leaves_the_shared_memory_of_the_whole_program(
    form: Technique | None, data: st.DataObject
) -> None:
    case = prepared(data.draw(st.integers(0, 50)), form)
    launch = case.launch
    block = data.draw(st.integers(0, launch.blocks - 1))
    thread = data.draw(st.integers(0, launch.threads_per_block - 1))
    before = case.memory.data.copy()
    found = []
    for private in (False, True):
        found.append(case.machine.watch(launch, case.memory, block, thread, LIMIT, private=private))
        case.memory.data[:] = before
    assert (found[0].before == found[1].before).all()
    assert (found[0].after == found[1].after).all()


Change = Callable[[ArmedBlock, int], None]


def struck(
    case: Prepared, block: int, thread: int, at: int, change: Change | None, *, alone: bool
) -> tuple[Stop, ArmedBlock, bytes]:
    """Run with a change before dynamic instruction ``at``; how it ended, the block, and its memory."""
    launch, memory = case.launch, case.memory
    shared = None
    if alone:
        before = memory.data.copy()
        shared = case.machine.watch(launch, memory, block, thread, LIMIT, private=True)
        memory.data[:] = before
    armed = case.machine.arm(launch, memory, block, (thread,) if alone else None, shared)
    armed.keep_trace(thread, LIMIT)
    if armed.run_until(thread, at) is Stop.REACHED and change is not None:
        change(armed, thread)
    stop = armed.run(LIMIT)
    after = memory.data.tobytes()
    armed.undo()
    return stop, armed, after


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_thread_alone_does_what_it_does_in_its_block(data: st.DataObject) -> None:
    """Where nobody else can tell, memory, registers, trace and trap are those of the whole block."""
    case = prepared(data.draw(st.integers(0, 50)), None)
    launch = case.launch
    block = data.draw(st.integers(0, launch.blocks - 1))
    thread = data.draw(st.integers(0, launch.threads_per_block - 1))
    at, register = data.draw(st.integers(0, 300)), data.draw(st.integers(0, 30))
    bit = data.draw(st.one_of(st.none(), st.integers(0, 31)))

    def flip(armed: ArmedBlock, thread: int) -> None:
        registers = armed.registers(thread)
        if bit is not None and register < len(registers):
            registers[register] ^= np.uint32(1 << bit)

    stop, lone, lone_memory = struck(case, block, thread, at, flip, alone=True)
    whole_stop, whole, whole_memory = struck(case, block, thread, at, flip, alone=False)
    if bit is None:
        assert stop is Stop.FINISHED
    if stop is Stop.DIFFERS:
        assert lone.differs
        return
    assert stop is whole_stop
    assert lone.trap == whole.trap
    assert (lone.trace(thread) == whole.trace(thread)).all()
    assert (lone.registers(thread) == whole.registers(thread)).all()
    log = whole.accesses()
    mine = log[log["thread"] == thread]
    assert [e[["offset", "nbytes", "kind", "pc"]] for e in mine] == [
        e[["offset", "nbytes", "kind", "pc"]] for e in lone.accesses()
    ]
    if stop is Stop.FINISHED:
        others = whole_bytes_of_others(case, block, thread)
        lone_after = np.frombuffer(lone_memory, np.uint8).copy()
        lone_after[others[0]] = others[1]
        assert lone_after.tobytes() == whole_memory


def whole_bytes_of_others(case: Prepared, block: int, thread: int) -> tuple[np.ndarray, np.ndarray]:
    """Places that the block's other threads store to, and what they store there without a fault."""
    armed = case.machine.arm(case.launch, case.memory, block)
    armed.run(LIMIT)
    log = armed.accesses()
    stores = log[(log["kind"] == 1) & (log["thread"] != thread)]
    ranges = [np.arange(e["offset"], e["offset"] + e["nbytes"]) for e in stores]
    places = np.concatenate([*ranges, np.empty(0, np.int64)]).astype(np.int64)
    contents = case.memory.data[places].copy()
    armed.undo()
    return places, contents


def test_a_wrong_word_in_shared_memory_is_noticed() -> None:
    """The thread's own tile elements are read by others: each of them, changed, must be noticed."""
    case = prepared(0, None)
    _, golden, _ = struck(case, 0, 17, 0, None, alone=True)
    log = golden.accesses()
    stores = [k for k in range(len(golden.trace(17))) if is_shared_store(case, int(golden.trace(17)[k]))]
    assert (log["kind"] == 2).sum() == len(stores) > 0
    for at in stores:

        def spoil(armed: ArmedBlock, thread: int) -> None:
            armed.step(thread)
            entry = armed.accesses()[-1]
            armed.shared[int(entry["offset"])] ^= 1

        stop, _, _ = struck(case, 0, 17, at, spoil, alone=True)
        assert stop is Stop.DIFFERS


def is_shared_store(case: Prepared, entry: int) -> bool:
    instruction = case.machine.program.instructions[entry & 0x7FFFFFFF]
    return instruction.opcode == "STS" and bool(entry >> 31)


def test_a_thread_that_ends_early_is_noticed() -> None:
    case = prepared(0, None)
    exits = next(i.index for i in case.machine.program.instructions if i.opcode == "EXIT" and i.guard is None)

    def leave(armed: ArmedBlock, thread: int) -> None:
        armed._states["pc"][0] = exits

    stop, _, _ = struck(case, 0, 3, 20, leave, alone=True)
    assert stop is Stop.DIFFERS


def test_other_kernels_and_more_threads_are_refused() -> None:
    case = prepared(0, None)
    shared = case.machine.watch(case.launch, case.memory, 0, 1, LIMIT, private=False)
    with pytest.raises(ValueError, match="barriers"):
        case.machine.arm(case.launch, case.memory, 0, (1, 2), shared)
    launch, memory = fresh("gemm")
    with pytest.raises(GoldenTrap, match="status"):
        case.machine.watch(launch, memory, 0, 1, 1, private=True)
