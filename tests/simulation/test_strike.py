"""Each kind of target, struck at every instruction of a thread: what DESIGN section 6 says, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.faults.launches import Bench, add_bias, gemm, im2col

from sassafras.emulator.armed import ArmedBlock, Stop, executed_mask, instruction_indexes
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.traps import TrapKind
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Corruption, FaultModel, IoaRegister, Mode, Operation, Target, TargetKind
from sassafras.faults.targets import Selection, targets
from sassafras.isa.operands import RZ
from sassafras.simulation.strike import strike

THREADS = {"add_bias": (add_bias, 1, 5), "im2col_gpu": (im2col, 0, 3), "gemm": (gemm, 1, 17)}
SELECTION = {mode: Selection(mode, FaultModel.SINGLE_BIT) for mode in (Mode.IOA, Mode.IOV)}


@dataclass
class State:
    """All that a thread and the memories hold."""

    registers: NDArray[np.uint32]
    predicates: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    place: tuple[int, int]
    memory: NDArray[np.uint8]
    shared: NDArray[np.uint8]

    @classmethod
    def of(cls, armed: ArmedBlock, thread: int, bench: Bench) -> State:
        return cls(
            armed.registers(thread).copy(),
            armed.predicates(thread).copy(),
            armed.condition_codes(thread).copy(),
            (armed.pc(thread), armed.issued(thread)),
            bench.memory.data.copy(),
            armed.shared.copy(),
        )

    def equals(self, other: State) -> bool:
        names = ("registers", "predicates", "flags", "memory", "shared")
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)
        return same and self.place == other.place


@contextmanager
def stopped(bench: Bench, block: int, thread: int, number: int) -> Iterator[ArmedBlock]:
    """The block before dynamic instruction ``number`` of the thread; everything is put back behind."""
    before = bench.memory.data.copy()
    armed = bench.machine.arm(bench.launch, bench.memory, block, None if bench.machine.barrier else [thread])
    assert armed.run_until(thread, number) is Stop.REACHED
    yield armed
    armed.undo()
    assert np.array_equal(bench.memory.data, before)


def golden_trace(bench: Bench, block: int, thread: int) -> NDArray[np.uint32]:
    armed = bench.machine.arm(bench.launch, bench.memory, block)
    armed.keep_trace(thread, 5000)
    armed.run(5000)
    armed.undo()
    return armed.trace(thread).copy()


def sites(name: str, mode: Mode, kind: TargetKind) -> Iterator[tuple[Bench, int, int, int, Target]]:
    """Every (bench, block, thread, dynamic instruction, target) of that kind in one thread."""
    make, block, thread = THREADS[name]
    bench = make()
    trace = golden_trace(bench, block, thread)
    for number in np.flatnonzero(executed_mask(trace)).tolist():
        index = int(instruction_indexes(trace)[number])
        for target in targets(bench.program.instructions[index], SELECTION[mode]):
            if target.kind is kind:
                yield bench, block, thread, number, target


def pair(bench: Bench, block: int, thread: int, number: int) -> tuple[State, State]:
    """The states before and after an instruction without a fault."""
    with stopped(bench, block, thread, number) as armed:
        before = State.of(armed, thread, bench)
        armed.step(thread)
        return before, State.of(armed, thread, bench)


def flip(bit: int, bits: int = 32) -> Corruption:
    return Corruption(Operation.FLIP, 1 << bit, bits)


NAMES = pytest.mark.parametrize("name", list(THREADS))


@NAMES
def test_a_register_is_struck_before_the_instruction_is_issued(name: str) -> None:
    make, block, thread = THREADS[name]
    bench = make()
    trace = golden_trace(bench, block, thread)
    for number in range(0, len(trace), 3):
        register, bit = number % bench.program.register_count, number % 32
        with stopped(bench, block, thread, number) as armed:
            expected = State.of(armed, thread, bench)
            old = int(expected.registers[register])
            expected.registers[register] ^= np.uint32(1 << bit)
            target = Target(TargetKind.REGISTER, register, 32)
            values = strike(armed, thread, Mode.RF, target, flip(bit), bench.memory.layout.base)
            assert values == (old, old ^ 1 << bit)
            assert State.of(armed, thread, bench).equals(expected), "nothing is issued, nothing else changes"
            assert armed.issued(thread) == number


@NAMES
@pytest.mark.parametrize("kind", [TargetKind.REGISTER, TargetKind.PREDICATE, TargetKind.CONDITION_CODE])
def test_a_result_is_struck_behind_its_instruction(name: str, kind: TargetKind) -> None:
    count = 0
    for bench, block, thread, number, target in sites(name, Mode.IOV, kind):
        _, expected = pair(bench, block, thread, number)
        bit = number % target.bits
        if kind is TargetKind.REGISTER:
            expected.registers[target.index] ^= np.uint32(1 << bit)
        elif kind is TargetKind.PREDICATE:
            expected.predicates[target.index] ^= 1
        else:
            expected.flags[bit] = not expected.flags[bit]
        with stopped(bench, block, thread, number) as armed:
            base = bench.memory.layout.base
            old, new = strike(armed, thread, Mode.IOV, target, flip(bit, target.bits), base)
            assert old ^ new == 1 << bit
            assert State.of(armed, thread, bench).equals(expected)
        count += 1
    assert count or kind is not TargetKind.REGISTER


@pytest.mark.parametrize("value", [0, 0xDEADBEEF])
def test_values_can_be_set(value: int) -> None:
    change = Corruption(Operation.SET, value, 32)
    for bench, block, thread, number, target in list(sites("im2col_gpu", Mode.IOV, TargetKind.REGISTER))[::4]:
        _, expected = pair(bench, block, thread, number)
        old = int(expected.registers[target.index])
        expected.registers[target.index] = value
        with stopped(bench, block, thread, number) as armed:
            assert strike(armed, thread, Mode.IOV, target, change, bench.memory.layout.base) == (old, value)
            assert State.of(armed, thread, bench).equals(expected)


RULES = pytest.mark.parametrize("rule", list(IoaRegister))


@NAMES
@RULES
def test_a_wrong_register_gets_the_result_and_the_right_one_keeps_its_old_value(
    name: str, rule: IoaRegister
) -> None:
    seen = set()
    for bench, block, thread, number, target in sites(name, Mode.IOA, TargetKind.REGISTER_INDEX):
        before, after = pair(bench, block, thread, number)
        change = flip(number % 8, 8)
        wrong = target.index ^ change.value
        with stopped(bench, block, thread, number) as armed:
            base = bench.memory.layout.base
            assert strike(armed, thread, Mode.IOA, target, change, base, rule) == (target.index, wrong)
            result = after.registers[target.index]
            after.registers[target.index] = before.registers[target.index]
            if wrong < bench.program.register_count:
                after.registers[wrong] = result
                assert armed.trap is None
            elif rule is IoaRegister.SASSIFI:
                assert armed.trap is None, "the result is lost, and nothing else happens"
            else:
                assert armed.trap is not None
                assert armed.trap.kind is TrapKind.ILLEGAL_INSTRUCTION
                assert armed.run(100_000) is Stop.TRAPPED
            assert State.of(armed, thread, bench).equals(after)
            seen.add(wrong < bench.program.register_count)
    assert seen == {True, False}


@RULES
def test_all_256_register_indexes(rule: IoaRegister) -> None:
    """The allocated ones take the result, RZ swallows it; with all others it is lost, or they trap."""
    bench, block, thread, number, target = next(iter(sites("add_bias", Mode.IOA, TargetKind.REGISTER_INDEX)))
    before, after = pair(bench, block, thread, number)
    result = int(after.registers[target.index])
    for wrong in range(256):
        with stopped(bench, block, thread, number) as armed:
            change = Corruption(Operation.SET, wrong, 8)
            strike(armed, thread, Mode.IOA, target, change, bench.memory.layout.base, rule)
            expected = before.registers.copy()
            if wrong < bench.program.register_count:
                expected[wrong] = result
            assert np.array_equal(armed.registers(thread), expected)
            beyond = bench.program.register_count <= wrong < RZ
            trapped = beyond and rule is IoaRegister.HARDWARE
            assert (armed.trap is not None) == trapped
    assert bench.program.register_count < RZ


@NAMES
def test_a_stored_word_is_struck_in_memory(name: str) -> None:
    count = 0
    for bench, block, thread, number, target in sites(name, Mode.IOV, TargetKind.STORE_VALUE):
        _, expected = pair(bench, block, thread, number)
        bit = number % target.bits
        with stopped(bench, block, thread, number) as armed:
            base = bench.memory.layout.base
            old, new = strike(armed, thread, Mode.IOV, target, flip(bit, target.bits), base)
            assert old ^ new == 1 << bit
            entry = armed.accesses()[-1]
            words = expected.shared if entry["kind"] == AccessKind.SHARED_STORE else expected.memory
            words[int(entry["offset"]) : int(entry["offset"]) + 4] = list(new.to_bytes(4, "little"))
            assert State.of(armed, thread, bench).equals(expected)
        count += 1
    assert count


def test_all_64_bits_of_a_store_address() -> None:
    """Right place: old content. Wrong place: the word; a trap where it is not mapped or not aligned."""
    found = list(sites("im2col_gpu", Mode.IOA, TargetKind.STORE_ADDRESS))
    bench, block, thread, number, target = found[4]
    assert target.bits == 64
    before, after = pair(bench, block, thread, number)
    right = int(np.flatnonzero(before.memory != after.memory)[0]) // 4 * 4
    base, size = bench.memory.layout.base, bench.memory.layout.nbytes
    kinds = {}
    for bit in range(64):
        wrong = (base + right) ^ 1 << bit
        with stopped(bench, block, thread, number) as armed:
            change = flip(bit, 64)
            assert strike(armed, thread, Mode.IOA, target, change, base) == (base + right, wrong)
            expected = before.memory.copy()
            if armed.trap is None:
                expected[wrong - base : wrong - base + 4] = after.memory[right : right + 4]
            assert np.array_equal(bench.memory.data, expected)
            kinds[bit] = armed.trap.kind if armed.trap else None
        mapped = 0 <= wrong - base <= size - 4
        fate = TrapKind.MISALIGNED_ADDRESS if bit < 2 else None if mapped else TrapKind.ILLEGAL_ADDRESS
        assert kinds[bit] is fate
    assert kinds[2] is kinds[10] is None, "low bits hit neighbours"
    assert kinds[63] is kinds[40] is kinds[31] is TrapKind.ILLEGAL_ADDRESS


def test_all_32_bits_of_a_shared_store_address() -> None:
    bench, block, thread, number, target = next(iter(sites("gemm", Mode.IOA, TargetKind.STORE_ADDRESS)))
    assert target.bits == 32
    before, after = pair(bench, block, thread, number)
    stored = np.flatnonzero(before.shared != after.shared)
    for bit in range(32):
        with stopped(bench, block, thread, number) as armed:
            right, wrong = strike(armed, thread, Mode.IOA, target, flip(bit, 32), bench.memory.layout.base)
            assert right ^ wrong == 1 << bit
            assert right <= stored[0] <= stored[-1] < right + 4
            expected = before.shared.copy()
            if armed.trap is None:
                expected[wrong : wrong + 4] = after.shared[right : right + 4]
            assert np.array_equal(armed.shared, expected)
            assert np.array_equal(bench.memory.data, before.memory)
            kind = armed.trap.kind if armed.trap else None
        inside = wrong + 4 <= len(before.shared)
        fate = TrapKind.MISALIGNED_ADDRESS if bit < 2 else None if inside else TrapKind.SHARED_OUT_OF_RANGE
        assert kind is fate


def test_a_store_that_did_not_happen_is_an_error_of_ours() -> None:
    bench, target = add_bias(), Target(TargetKind.STORE_VALUE, 0, 32)
    with stopped(bench, 1, 5, 0) as armed:
        with pytest.raises(FaultNotReached, match="did not store"):
            strike(armed, 5, Mode.IOV, target, flip(0), bench.memory.layout.base)
        assert len(armed.accesses()) == 0
