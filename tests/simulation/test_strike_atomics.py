"""Faults in RED (DESIGN section 6, "Atomics"): the operand is struck, or the addition happens elsewhere."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.emulator.bench import machine
from tests.emulator.ieee import SINGLE
from tests.emulator.values import FLOATS

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Corruption, Mode, Operation, Target, TargetKind
from sassafras.simulation.reduction import added
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


def test_sums_by_hand_are_the_instructions() -> None:
    program = machine("RED.E.ADD [R6], R8", "RED.E.ADD.F32.FTZ.RN [R6], R8", "EXIT", parameters=8).program
    integers, floats, *_ = program.instructions
    for x in FLOATS:
        for y in FLOATS:
            assert added(integers, x, y) == (x + y) % (1 << 32)
            assert added(floats, x, y) == SINGLE.flush(SINGLE.add(SINGLE.flush(x), SINGLE.flush(y)))
