"""Blocks under control: stopping anywhere, stepping, resuming, undoing, tracing."""

from __future__ import annotations

import struct
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.emulator.bench import machine, offset_of_index
from tests.emulator.launches import NAMES, fresh, machine_of
from tests.kernels.sample import kernels

from sassafras.emulator.armed import Stop, executed_mask, instruction_indexes
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.profile import LaunchProfile
from sassafras.emulator.traps import TrapKind

KERNEL = pytest.mark.parametrize("kernel", kernels(NAMES))


@cache
def golden(kernel: str) -> tuple[NDArray[np.uint8], LaunchProfile, int]:
    """Memory after a plain run, the profile, and the instructions issued."""
    launch, memory = fresh(kernel)
    result = machine_of(kernel).run(launch, memory)
    assert result.trap is None
    launch, counted = fresh(kernel)
    profile = machine_of(kernel).profile(launch, counted)
    np.testing.assert_array_equal(counted.data, memory.data)
    assert result.longest == profile.longest
    return memory.data, profile, result.instructions


@pytest.mark.alike(3)
@KERNEL
def test_armed_equals_plain_in_memory_and_counts(kernel: str) -> None:
    after, profile, instructions = golden(kernel)
    launch, memory = fresh(kernel)
    issued = []
    for block in range(launch.blocks):
        armed = machine_of(kernel).arm(launch, memory, block)
        assert armed.run(profile.longest) is Stop.FINISHED
        issued += [armed.issued(t) for t in range(launch.threads_per_block)]
        assert all(armed.ended(t) for t in range(launch.threads_per_block))
    np.testing.assert_array_equal(memory.data, after)
    assert issued == profile.issued.sum(axis=1)[profile.thread_class].tolist()
    assert sum(issued) == instructions


@KERNEL
def test_classes_sum_to_the_instructions_of_a_run(kernel: str) -> None:
    _, profile, instructions = golden(kernel)
    launch, _ = fresh(kernel)
    assert len(profile.thread_class) == launch.threads
    assert int((profile.issued.sum(axis=1) * profile.threads_per_class).sum()) == instructions
    assert (profile.executed <= profile.issued).all()
    unguarded = [i.index for i in machine_of(kernel).program.instructions if i.guard is None]
    np.testing.assert_array_equal(profile.executed[:, unguarded], profile.issued[:, unguarded])
    assert len(np.unique(np.hstack([profile.issued, profile.executed]), axis=0)) == len(profile.issued)


@KERNEL
def test_traces_say_what_the_profile_says(kernel: str) -> None:
    """One thread of every class: how often each instruction was issued and executed."""
    _, profile, _ = golden(kernel)
    launch, memory = fresh(kernel)
    count = len(machine_of(kernel).program.instructions)
    _, firsts = np.unique(profile.thread_class, return_index=True)
    for first in firsts.tolist()[:40]:
        block, thread = divmod(first, launch.threads_per_block)
        armed = machine_of(kernel).arm(launch, memory, block)
        armed.keep_trace(thread, profile.longest)
        armed.run(profile.longest)
        trace = armed.trace(thread)
        armed.undo()
        row = profile.thread_class[first]
        np.testing.assert_array_equal(
            np.bincount(instruction_indexes(trace), minlength=count), profile.issued[row]
        )
        done = instruction_indexes(trace)[executed_mask(trace)]
        np.testing.assert_array_equal(np.bincount(done, minlength=count), profile.executed[row])


@settings(max_examples=25)
@given(st.data())
@KERNEL
def test_stopping_and_stepping_anywhere_changes_nothing(kernel: str, data: st.DataObject) -> None:
    """Threads stopped, stepped and resumed at random places leave bitwise the memory of a plain run."""
    after, profile, _ = golden(kernel)
    launch, memory = fresh(kernel)
    counts = profile.issued.sum(axis=1)[profile.thread_class]
    chosen = data.draw(st.integers(0, launch.blocks - 1), "block")
    for block in range(launch.blocks):
        armed = machine_of(kernel).arm(launch, memory, block)
        if block == chosen:
            thread = data.draw(st.integers(0, launch.threads_per_block - 1), "thread")
            total = int(counts[block * launch.threads_per_block + thread])
            for count in sorted(
                data.draw(st.lists(st.integers(0, total - 1), max_size=3, unique=True), "stops")
            ):
                if armed.issued(thread) > count:
                    continue
                assert armed.run_until(thread, count) is Stop.REACHED
                assert armed.issued(thread) == count
                for _ in range(data.draw(st.integers(0, 2), "steps")):
                    before = armed.issued(thread)
                    status = armed._states["status"][armed._position[thread]]
                    if status != 0:
                        break
                    armed.step(thread)
                    assert armed.issued(thread) == before + 1
        assert armed.run(profile.longest) is Stop.FINISHED
    np.testing.assert_array_equal(memory.data, after)


@settings(max_examples=15)
@given(st.data())
@KERNEL
def test_undo_restores_every_byte(kernel: str, data: st.DataObject) -> None:
    _, profile, _ = golden(kernel)
    launch, memory = fresh(kernel)
    before = memory.data.copy()
    block = data.draw(st.integers(0, launch.blocks - 1))
    armed = machine_of(kernel).arm(launch, memory, block)
    armed.run(data.draw(st.integers(0, profile.longest)))
    armed.undo()
    np.testing.assert_array_equal(memory.data, before)


@KERNEL
def test_some_threads_of_a_block_do_what_they_do_among_all(kernel: str) -> None:
    after, profile, _ = golden(kernel)
    launch, memory = fresh(kernel)
    compiled = machine_of(kernel)
    if compiled.barrier:
        with pytest.raises(ValueError, match="barriers"):
            compiled.arm(launch, memory, 0, [0, 1])
        return
    for block in range(launch.blocks):
        for part in (range(0, launch.threads_per_block, 2), range(1, launch.threads_per_block, 2)):
            armed = compiled.arm(launch, memory, block, part)
            assert armed.run(profile.longest) is Stop.FINISHED
    np.testing.assert_array_equal(memory.data, after)


def test_the_log_names_every_access_in_order() -> None:
    """Against a walk along the trace: each executed access once, with its bytes, its thread, and what it
    replaced.
    """
    launch, memory = fresh("gemm")
    compiled = machine_of("gemm")
    _, profile, _ = golden("gemm")
    shadow = memory.data.copy()
    armed = compiled.arm(launch, memory, 0)
    for thread in range(launch.threads_per_block):
        armed.keep_trace(thread, profile.longest)
    armed.run(profile.longest)
    log = armed.accesses()
    opcodes = {"LDG": AccessKind.GLOBAL_LOAD, "STG": AccessKind.GLOBAL_STORE, "STS": AccessKind.SHARED_STORE}
    kinds = {i.index: opcodes[i.opcode] for i in compiled.program.instructions if i.opcode in opcodes}
    for thread in range(launch.threads_per_block):
        trace = armed.trace(thread)
        done = [i for i in instruction_indexes(trace)[executed_mask(trace)].tolist() if i in kinds]
        own = log[log["thread"] == thread]
        assert own["pc"].tolist() == done
        assert own["kind"].tolist() == [kinds[i] for i in done]
    for entry in log[log["kind"] == AccessKind.GLOBAL_STORE]:
        start, nbytes = int(entry["offset"]), int(entry["nbytes"])
        assert entry["old"][:nbytes].tolist() == shadow[start : start + nbytes].tolist()
        shadow[start : start + nbytes] = memory.data[
            start : start + nbytes
        ]  # every word is stored once in gemm
    np.testing.assert_array_equal(shadow, memory.data)


def _counting(rounds: int) -> tuple[Launch, DeviceMemory, list[str]]:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    lines = ["S2R R0, SR_TID.X", "MOV R2, c[0x0][0x140]", "MOV R3, c[0x0][0x144]", "MOV R4, RZ", ".L_x:",
        "IADD32I R4, R4, 0x1", "LDG.E R5, [R2]",
             "IADD32I R5, R5, 0x1", "STG.E [R2], R5", f"ISETP.LT.AND P0, PT, R4, {rounds:#x}, PT",
             "@P0 BRA `(.L_x)", "EXIT"]  # fmt: skip
    return Launch((1, 1, 1), (2, 1, 1), struct.pack("<Q", memory.layout.base)), memory, lines


def test_the_log_grows_and_is_undone_backwards() -> None:
    launch, memory, lines = _counting(20_000)
    memory.array(memory.layout.base, 1, np.uint32)[:] = 17
    armed = machine(*lines, parameters=8).arm(launch, memory, 0)
    assert armed.run(10**6) is Stop.FINISHED
    assert len(armed.accesses()) == 2 * 2 * 20_000
    assert int(memory.array(memory.layout.base, 1, np.uint32)[0]) == 17 + 40_000
    armed.undo()
    assert int(memory.array(memory.layout.base, 1, np.uint32)[0]) == 17


def test_step_grows_the_log_too() -> None:
    launch, memory, lines = _counting(5000)
    armed = machine(*lines, parameters=8).arm(launch, memory, 0)
    armed.run_until(0, 0)
    for _ in range(20_000):
        assert armed.step(0) is Stop.REACHED
    assert len(armed.accesses()) == 2 * len([k for k in range(20_000 - 4) if k % 6 == 1])


def test_registers_predicates_and_flags_can_be_changed_between_instructions() -> None:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    lines = [
        "MOV R2, c[0x0][0x140]",
        "MOV R3, c[0x0][0x144]",
        "SEL R4, R5, R6, P3",
        "IADD.X R4, R4, R7",
        "STG.E [R2], R4",
        "EXIT",
    ]
    armed = machine(*lines, parameters=8, registers=16).arm(
        Launch((1, 1, 1), (1, 1, 1), struct.pack("<Q", memory.layout.base)), memory, 0
    )
    assert armed.run_until(0, 2) is Stop.REACHED
    assert (
        armed.registers(0).shape == (16,)
        and armed.predicates(0).shape == (7,)
        and armed.condition_codes(0).shape == (4,)
    )
    armed.registers(0)[5:8] = [10, 20, 300]
    armed.predicates(0)[3] = 1
    armed.condition_codes(0)[2] = 1
    assert armed.step(0) is Stop.REACHED and armed.registers(0)[4] == 10 and armed.pc(0) == 3
    assert armed.step(0) is Stop.REACHED and armed.registers(0)[4] == 311
    assert armed.step(0) is Stop.REACHED and armed.step(0) is Stop.FINISHED and armed.ended(0)
    assert int(memory.array(memory.layout.base, 1, np.uint32)[0]) == 311
    assert armed.run(10) is Stop.FINISHED and armed.issued(0) == 6


def _barrier_block() -> tuple[Launch, DeviceMemory, list[str]]:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    lines = ["S2R R0, SR_TID.X", "SHL R1, R0, 0x2", "STS [R1], R0", "BAR.SYNC 0x0", "LDS.U.32 R4, [0x0]",
        "ISCADD R2, R0, c[0x0][0x140], 0x2",
             "MOV R3, c[0x0][0x144]", "STG.E [R2], R4", "EXIT"]  # fmt: skip
    return Launch((1, 1, 1), (4, 1, 1), struct.pack("<Q", memory.layout.base)), memory, lines


def test_step_over_a_barrier_waits() -> None:
    launch, memory, lines = _barrier_block()
    armed = machine(*lines, parameters=8, shared=16).arm(launch, memory, 0)
    assert armed.run_until(1, 2) is Stop.REACHED
    assert armed.step(1) is Stop.REACHED and armed.step(1) is Stop.REACHED  # STS, BAR
    assert armed.pc(1) == 4 and armed.issued(1) == 4 and not armed.ended(1)
    with pytest.raises(ValueError, match="turn"):
        armed.step(1)  # it waits
    assert armed.run_until(1, 4) is Stop.REACHED  # all others have arrived
    assert [armed.issued(t) for t in range(4)] == [9, 4, 4, 4]
    assert armed.shared[:16].view(np.uint32).tolist() == [0, 1, 2, 3]
    armed.shared[0] = 9
    assert armed.run(9) is Stop.FINISHED
    assert memory.array(memory.layout.base, 4, np.uint32).tolist() == [0, 9, 9, 9]


def test_two_threads_of_a_block_are_stopped_one_after_the_other() -> None:
    """The first stop leaves no limit behind."""
    launch, memory, lines = _barrier_block()
    armed = machine(*lines, parameters=8, shared=16).arm(launch, memory, 0)
    assert armed.run_until(0, 2) is Stop.REACHED
    assert armed.run_until(2, 1) is Stop.REACHED
    assert armed.run_until(0, 6, limit=9) is Stop.REACHED
    assert armed.run(9) is Stop.FINISHED
    assert memory.array(memory.layout.base, 4, np.uint32).tolist() == [0] * 4


def test_the_first_thread_of_several_stops_is_told() -> None:
    launch, memory, lines = _barrier_block()
    armed = machine(*lines, parameters=8, shared=16).arm(launch, memory, 0)
    stops = {1: 6, 3: 2, 0: 5}
    order = []
    while stops:
        stop, thread = armed.run_to(stops, 9)
        assert stop is Stop.REACHED and thread is not None and armed.issued(thread) == stops[thread]
        order.append(thread)
        del stops[thread]
    assert order == [3, 0, 1]
    assert armed.run_to({}, 9) == (Stop.FINISHED, None)


def test_asking_for_the_past_or_for_another_thread_is_refused() -> None:
    launch, memory, lines = _barrier_block()
    armed = machine(*lines, parameters=8, shared=16).arm(launch, memory, 0)
    armed.run_until(1, 2)
    with pytest.raises(ValueError, match="more than 1"):
        armed.run_until(1, 1)
    with pytest.raises(ValueError, match="turn"):
        armed.step(3)
    with pytest.raises(ValueError, match="turn"):
        armed.step(0)


def test_a_thread_that_ends_before_its_stop() -> None:
    launch, memory, lines = _barrier_block()
    armed = machine(*lines, parameters=8, shared=16).arm(launch, memory, 0)
    assert armed.run_until(2, 9) is Stop.FINISHED
    assert armed.issued(2) == 9


def test_others_are_watched_on_the_way_to_a_stop() -> None:
    launch, memory, lines = _barrier_block()
    endless = ["S2R R9, SR_TID.X", "ISETP.EQ.AND P0, PT, R9, RZ, PT", ".L_x:", "@P0 BRA `(.L_x)", *lines]
    armed = machine(*endless, parameters=8, shared=16).arm(launch, memory, 0)
    assert armed.run_until(1, 5, limit=100) is Stop.TRAPPED
    assert armed.trap is not None
    assert (armed.trap.kind, armed.trap.thread, armed.trap.offset) == (TrapKind.HANG, 0, offset_of_index(2))
    assert armed.issued(0) == 100 and armed.issued(1) == 0


def test_a_trace_that_does_not_fit_keeps_its_beginning() -> None:
    launch, memory, lines = _counting(10)
    armed = machine(*lines, parameters=8).arm(launch, memory, 0)
    armed.keep_trace(1, 7)
    armed.run(1000)
    assert instruction_indexes(armed.trace(1)).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert len(armed.trace(1)) == 7


def test_a_trace_marks_false_guards() -> None:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    armed = machine("@P0 MOV R0, R1", "@!P0 MOV R0, R1", "@!PT NOP", "MOV R0, R1", "EXIT", parameters=0).arm(
        Launch((1, 1, 1), (1, 1, 1), b""), memory, 0
    )
    armed.keep_trace(0, 10)
    armed.run(10)
    assert executed_mask(armed.trace(0)).tolist() == [False, True, False, True, True]
