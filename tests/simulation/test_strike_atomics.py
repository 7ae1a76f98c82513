"""Faults in atomic operations (DESIGN section 6, "Atomics"): the operand is struck, or the operation happens
elsewhere, or what comes back is struck or goes to another register. And in stores by generic addresses and to
local memory: the wrong address may mean another space.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest
from tests.emulator.atomics import ATOM, Form
from tests.emulator.bench import machine
from tests.emulator.values import FLOATS, INTEGERS

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Corruption, Mode, Operation, Target, TargetKind
from sassafras.simulation.atomics import Combining
from sassafras.simulation.strike import strike

ADDRESS = Target(TargetKind.STORE_ADDRESS, 0, 64)
OPERAND = Target(TargetKind.STORE_VALUE, 0, 32)
RED_AT = 3  #: dynamic instruction of the RED below
STRUCK = 1  #: thread


def memory_of(*words: int) -> tuple[DeviceMemory, int]:
    """Eight words; those given first, then zeros."""
    layout = lay_out([("x", 32)])
    memory = DeviceMemory(layout)
    memory.array(layout.base, len(words), np.uint32)[:] = words
    return memory, layout.base


def struck(memory: DeviceMemory, base: int, mode: Mode, target: Target, mask: int, red: str) -> ArmedBlock:
    """Three threads, each with a RED to x[0] of R8; the second one's is struck; all run to the end."""
    compiled = machine(
        "MOV R6, c[0x0][0x140]", "MOV R7, c[0x0][0x144]", "MOV R8, c[0x0][0x148]", red, "EXIT", parameters=12
    )  # fmt: skip
    operand = int(memory.array(base, 8, np.uint32)[7])
    armed = compiled.arm(Launch((1, 1, 1), (3, 1, 1), struct.pack("<QI", base, operand)), memory, 0)
    assert armed.run_until(STRUCK, RED_AT) is Stop.REACHED
    change = Corruption(Operation.FLIP, mask, target.bits)
    values = strike(armed, STRUCK, mode, target, change, base)
    before = base if target is ADDRESS else operand if "R8" in red else 0
    assert values == (before, before ^ mask)
    armed.run(100)
    return armed


def test_a_misdirected_red_adds_where_it_lands() -> None:
    """x[4] = 400, ``red.add 5`` misdirected there gives 405; the sum of the other threads stays."""
    memory, base = memory_of(100, 1, 2, 3, 400, 5, 6, 5)
    kept = memory.data.copy()
    armed = struck(memory, base, Mode.IOA, ADDRESS, 16, "RED.E.ADD [R6], R8")
    assert memory.array(base, 8, np.uint32).tolist() == [110, 1, 2, 3, 405, 5, 6, 5]
    armed.undo()
    assert np.array_equal(memory.data, kept)


@pytest.mark.parametrize(
    ("mask", "kind"), [(1, TrapKind.MISALIGNED_ADDRESS), (1 << 40, TrapKind.ILLEGAL_ADDRESS)]
)
def test_a_misdirected_red_may_trap(mask: int, kind: TrapKind) -> None:
    memory, base = memory_of(100, 0, 0, 0, 0, 0, 0, 5)
    armed = struck(memory, base, Mode.IOA, ADDRESS, mask, "RED.E.ADD [R6], R8")
    assert armed.trap is not None
    assert armed.trap.kind is kind
    assert memory.array(base, 1, np.uint32)[0] == 105, "of the thread before it"


@pytest.mark.parametrize("bit", [0, 1, 2, 31])
def test_the_operand_of_a_red_is_struck(bit: int) -> None:
    memory, base = memory_of(100, 0, 0, 0, 0, 0, 0, 5)
    kept = memory.data.copy()
    armed = struck(memory, base, Mode.IOV, OPERAND, 1 << bit, "RED.E.ADD [R6], R8")
    assert int(memory.array(base, 1, np.uint32)[0]) == (110 + (5 ^ 1 << bit)) & 0xFFFFFFFF
    armed.undo()
    assert np.array_equal(memory.data, kept)


def test_the_operand_of_a_red_of_floats_is_struck() -> None:
    """1.5 + 2.0 + -2.0 + 2.0, and 3 * 2.0 elsewhere."""
    one_half, two = (int(np.float32(x).view(np.uint32)) for x in (1.5, 2.0))
    red = "RED.E.ADD.F32.FTZ.RN [R6], R8"
    memory, base = memory_of(one_half, 0, 0, 0, two, 0, 0, two)
    struck(memory, base, Mode.IOV, OPERAND, 1 << 31, red)
    assert memory.array(base, 1)[0] == 3.5
    memory, base = memory_of(one_half, 0, 0, 0, two, 0, 0, two)
    struck(memory, base, Mode.IOA, ADDRESS, 16, red)
    assert memory.array(base, 5).tolist()[::4] == [5.5, 4.0]


def test_a_red_of_rz_adds_the_struck_zero() -> None:
    memory, base = memory_of(100, 0, 0, 0, 7)
    struck(memory, base, Mode.IOV, OPERAND, 8, "RED.E.ADD [R6], RZ")
    assert memory.array(base, 5, np.uint32).tolist()[::4] == [108, 7]
    struck(memory, base, Mode.IOA, ADDRESS, 16, "RED.E.ADD [R6], RZ")
    assert memory.array(base, 5, np.uint32).tolist()[::4] == [108, 7]


@pytest.mark.parametrize("form", ATOM, ids=lambda form: form.suffix)
def test_operations_by_hand_are_the_instructions(form: Form) -> None:
    operands = "R8, R10" if form.operation == "CAS" else "R8"
    program = machine(f"ATOM.E{form.suffix} R4, [R6], {operands}", "EXIT", parameters=8).program
    edges: Sequence[int] = FLOATS if form.kind.startswith("F") else INTEGERS
    if form.bits == 64:
        edges = [e << 32 | x for e in (0, 1, 1 << 31, (1 << 32) - 1) for x in (0, 1, (1 << 32) - 1)]
    for old in edges:
        for value in edges:
            for compared in (old, value):
                known = Combining(program.instructions[0], value, compared)
                assert known.of(old) == form.left(old, value, compared)


# what comes back ------------------------------------------------------------------------------------------

ATOMICS = {"ATOM.E{} R12, [R6], {}": "global", "ATOMS{} R12, [R3], {}": "shared"}


def atomic(
    text: str, mode: Mode, target: Target, mask: int, *, wide: bool = False
) -> tuple[ArmedBlock, list[int]]:
    """One thread whose operation on word 2 (value 100, and 7 above it) is struck; the operand is 5, what is
    compared 100; word 4 holds 40. R12 and R13 held 77. The words afterwards.
    """
    memory, base = memory_of(0, 0, 100, 7 if wide else 0, 40, 0, 0, 0)
    lines = [
        "MOV R6, c[0x0][0x140]", "MOV R7, c[0x0][0x144]", "MOV32I R8, 0x64", "MOV32I R9, 0x7",
        "MOV32I R10, 0x5", "MOV32I R11, 0x6", "MOV32I R12, 0x4d", "MOV32I R13, 0x4d", "MOV32I R3, 0x8",
        "LDG.E.128 R16, [R6]", "LDG.E.128 R20, [R6+0x10]", "STS.128 [RZ], R16", "STS.128 [0x10], R20",
        "IADD R6, R6, 0x8", text, "EXIT",
    ]  # fmt: skip
    compiled = machine(*lines, parameters=8, shared=32)
    armed = compiled.arm(Launch((1, 1, 1), (1, 1, 1), struct.pack("<Q", base)), memory, 0)
    assert armed.run_until(0, len(lines) - 2) is Stop.REACHED
    strike(armed, 0, mode, target, Corruption(Operation.FLIP, mask, target.bits), base)
    armed.run(100)
    words = memory.data[:32] if "ATOM." in text else armed.shared[:32]
    return armed, [int(word) for word in words.view(np.uint32)]


def registers(armed: ArmedBlock) -> list[int]:
    return [int(word) for word in armed.registers(0)[12:14]]


@pytest.mark.parametrize("text", ATOMICS)
def test_the_value_that_comes_back_is_struck(text: str) -> None:
    target = Target(TargetKind.REGISTER, 12, 32)
    armed, words = atomic(text.format(".ADD", "R10"), Mode.IOV, target, 3)
    assert words[2] == 105 and registers(armed) == [100 ^ 3, 77]


@pytest.mark.parametrize("text", ATOMICS)
def test_the_value_that_comes_back_goes_to_another_register(text: str) -> None:
    target = Target(TargetKind.REGISTER_INDEX, 12, 8)
    armed, words = atomic(text.format(".ADD", "R10"), Mode.IOA, target, 1)
    assert words[2] == 105 and registers(armed) == [77, 100]


@pytest.mark.parametrize("text", ATOMICS)
@pytest.mark.parametrize(
    ("form", "left"), [(".ADD", 100 + 4), (".EXCH", 4), (".MAX", 100), (".MIN", 4), (".AND", 4), (".INC", 0)]
)
def test_the_operand_is_struck(text: str, form: str, left: int) -> None:
    """5 becomes 4; what comes back is right."""
    armed, words = atomic(text.format(form, "R10"), Mode.IOV, OPERAND, 1)
    assert words[2] == left and words[4] == 40 and registers(armed) == [100, 77]


@pytest.mark.parametrize("text", ATOMICS)
def test_what_a_swap_stores_is_struck(text: str) -> None:
    """Where it swaps; where it does not, nothing is stored that could be struck."""
    armed, words = atomic(text.format(".CAS", "R8, R10"), Mode.IOV, OPERAND, 1)
    assert words[2] == 4 and registers(armed) == [100, 77]
    armed, words = atomic(text.format(".CAS", "R9, R10"), Mode.IOV, OPERAND, 1)
    assert words[2] == 100 and registers(armed) == [100, 77]
    high = Target(TargetKind.STORE_VALUE, 1, 32)
    armed, words = atomic(text.format(".CAS.64", "R8, R10"), Mode.IOV, high, 1, wide=True)
    assert words[2:4] == [5, 7] and registers(armed) == [100, 7]


@pytest.mark.parametrize(("text", "space"), ATOMICS.items())
def test_the_operation_happens_elsewhere_and_that_value_comes_back(text: str, space: str) -> None:
    """Word 2 becomes word 0 or 6 by bit 3 or 4 of the address: of the arena, which is aligned, and of 8."""
    target = ADDRESS if space == "global" else Target(TargetKind.STORE_ADDRESS, 0, 32)
    armed, words = atomic(text.format(".ADD", "R10"), Mode.IOA, target, 8 ^ 16)
    assert words == [0, 0, 100, 0, 45, 0, 0, 0] and registers(armed) == [40, 77]
    armed, words = atomic(text.format(".CAS", "R8, R10"), Mode.IOA, target, 8 ^ 16)
    assert words == [0, 0, 100, 0, 40, 0, 0, 0] and registers(armed) == [40, 77]
    armed, words = atomic(text.format(".EXCH.U64", "R10"), Mode.IOA, target, 8 ^ 16, wide=True)
    assert words == [0, 0, 100, 7, 5, 6, 0, 0] and registers(armed) == [40, 0]
    armed, words = atomic(text.format(".ADD", "R10"), Mode.IOA, target, 1 << 20)
    kind = TrapKind.ILLEGAL_ADDRESS if space == "global" else TrapKind.SHARED_OUT_OF_RANGE
    assert armed.trap is not None and armed.trap.kind is kind and words[2] == 100


# other spaces ---------------------------------------------------------------------------------------------

STACK_END = 1 << 24


def stored(text: str, mask: int, bits: int) -> tuple[ArmedBlock, DeviceMemory]:
    """Thread 1 of two stores 9 (R8) to its place in local memory (R1 - 16, or R2 by a generic address), to
    shared memory (R3) or to word 4 (R6); the address is struck.
    """
    memory, base = memory_of(0, 0, 0, 0, 0)
    lines = [
        "MOV R1, c[0x0][0x20]", "IADD32I R1, R1, -0x10", "LOP.OR R2, R1, c[0x0][0x4]", "MOV32I R8, 0x9",
        "IADD32I R10, RZ, 0x10", "IADD R4, R10, c[0x0][0x0]", "MOV R3, RZ", "MOV R5, RZ",
        "MOV R6, c[0x0][0x140]", "MOV R7, c[0x0][0x144]", "STL [R1], RZ", text, "EXIT",
    ]  # fmt: skip
    compiled = machine(*lines, parameters=8, shared=64)
    armed = compiled.arm(Launch((1, 1, 1), (2, 1, 1), struct.pack("<Q", base)), memory, 0)
    assert armed.run_until(1, len(lines) - 2) is Stop.REACHED
    target = Target(TargetKind.STORE_ADDRESS, 0, bits)
    strike(armed, 1, Mode.IOA, target, Corruption(Operation.FLIP, mask, bits), base)
    armed.run(100)
    return armed, memory


def local_words(armed: ArmedBlock, thread: int) -> list[int]:
    place = armed.bytes_at(AccessKind.LOCAL_STORE, thread, 1024 - 16, 16)
    return [int(word) for word in place.view(np.uint32)]


def test_a_local_store_goes_elsewhere_in_the_thread_s_own_memory() -> None:
    armed, _ = stored("STL [R1], R8", 4, 32)
    assert (local_words(armed, 1), local_words(armed, 0)) == ([0, 9, 0, 0], [9, 0, 0, 0])
    armed, _ = stored("STL [R1], R8", 1 << 12, 32)
    assert armed.trap is not None and armed.trap.kind is TrapKind.SHARED_OUT_OF_RANGE


def test_a_generic_store_may_leave_its_space() -> None:
    """One bit lies between the windows of shared and local memory: 0x1ffff.. and 0x3ffff.., so that a local
    store lands far behind the block's shared memory; and from shared to nowhere.
    """
    armed, _ = stored("ST.E [R2], R8, P0", 4, 64)
    assert local_words(armed, 1) == [0, 9, 0, 0]
    armed, _ = stored("ST.E [R2], R8, P0", 1 << 25, 64)
    assert armed.trap is not None and armed.trap.kind is TrapKind.SHARED_OUT_OF_RANGE
    armed, _ = stored("ST.E [R4], R8, P0", 4, 64)
    assert armed.shared[:32].view(np.uint32).tolist() == [0, 0, 0, 0, 9, 9, 0, 0], "thread 0 and thread 1"
    armed, _ = stored("ST.E [R4], R8, P0", 1 << 25, 64)
    assert armed.trap is not None and armed.trap.kind is TrapKind.SHARED_OUT_OF_RANGE, (
        "local memory begins later"
    )
    armed, _ = stored("ST.E [R4], R8, P0", 1 << 24, 64)
    assert armed.trap is not None and armed.trap.kind is TrapKind.ILLEGAL_ADDRESS
    armed, memory = stored("ST.E [R6], R8, P0", 8, 64)
    assert memory.data[:16].view(np.uint32).tolist() == [9, 0, 9, 0]


def test_the_stored_word_is_struck_wherever_it_is() -> None:
    for text, kind in (
        ("STL [R1], R8", AccessKind.LOCAL_STORE),
        ("ST.E [R2], R8, P0", AccessKind.LOCAL_STORE),
    ):
        memory, base = memory_of(0)
        compiled = machine(
            "MOV R1, c[0x0][0x20]", "IADD32I R1, R1, -0x10", "LOP.OR R2, R1, c[0x0][0x4]", "MOV R3, RZ",
            "MOV32I R8, 0x9", text, "EXIT", parameters=8,
        )  # fmt: skip
        armed = compiled.arm(Launch((1, 1, 1), (2, 1, 1), struct.pack("<Q", base)), memory, 0)
        assert armed.run_until(1, 5) is Stop.REACHED
        values = strike(armed, 1, Mode.IOV, OPERAND, Corruption(Operation.FLIP, 2, 32), base)
        assert values == (9, 11)
        place = armed.bytes_at(kind, 1, 1024 - 16, 4)
        assert place.view(np.uint32)[0] == 11
