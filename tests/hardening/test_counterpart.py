from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sassafras.emulator.armed_function import EXECUTED
from sassafras.faults.model import (
    Corruption,
    Draw,
    Fault,
    FaultModel,
    Mode,
    Operation,
    Scope,
    Site,
    Target,
    TargetKind,
)
from sassafras.faults.targets import address_targets, value_targets
from sassafras.hardening.counterpart import counterpart
from sassafras.isa.program import Program
from sassafras.kernels.programs import load_program

FLIP = Corruption(Operation.FLIP, 1 << 7, 32)


def straight(program: Program) -> NDArray[np.uint32]:
    """A trace that issues and executes every instruction once, in order."""
    return np.arange(len(program.instructions), dtype=np.uint32) | np.uint32(EXECUTED)


def fault(mode: Mode, step: int, pc: int, target: Target) -> Fault:
    draw = Draw(0, mode, FaultModel.SINGLE_BIT, Scope.THREAD, 0, 3, 1, 2, 0, 0, 0, 0, longest=1)
    return Fault(draw, Site(0, 3, 1, 2, step), pc, target, FLIP)


@pytest.fixture
def plain() -> Program:
    return load_program("add_bias")


@pytest.fixture
def hardened() -> Program:
    return load_program("add_bias_tmr")


@pytest.mark.parametrize("mode", [Mode.IOV, Mode.IOA])
def test_a_program_is_its_own_counterpart(plain: Program, mode: Mode) -> None:
    trace = straight(plain)
    targets_of = value_targets if mode is Mode.IOV else address_targets
    for instruction in plain.instructions:
        for target in targets_of(instruction):
            given = fault(mode, instruction.index, instruction.index, target)
            assert counterpart(given, plain, trace, plain, trace) == given


def test_same_opcode_same_number(plain: Program, hardened: Program) -> None:
    trace, other = straight(plain), straight(hardened)
    seen: dict[tuple[str, tuple[str, ...]], int] = {}
    for instruction in plain.instructions:
        name = (instruction.opcode, instruction.modifiers)
        number = seen[name] = seen.get(name, -1) + 1
        targets = value_targets(instruction)
        if not targets:
            continue
        found = counterpart(
            fault(Mode.IOV, instruction.index, instruction.index, targets[0]), plain, trace, hardened, other
        )
        alike = [i.index for i in hardened.instructions if (i.opcode, i.modifiers) == name]
        if number >= len(alike):
            assert found is None
        else:
            assert found is not None
            assert (found.pc, found.site.instruction) == (alike[number], alike[number])
            assert found.target.kind is targets[0].kind
            assert (found.site.block, found.site.thread, found.corruption) == (1, 2, FLIP)


def test_only_executed_ones_count_but_for_the_register_file(plain: Program) -> None:
    moves = [i.index for i in plain.instructions if i.opcode == "XMAD" and not i.modifiers]
    one, two = moves[0], moves[1]
    guarded = np.array([one, two], np.uint32) | np.array([0, EXECUTED], np.uint32)
    both = np.array([one, two], np.uint32) | np.uint32(EXECUTED)
    register = value_targets(plain.instructions[two])[0]
    value = counterpart(fault(Mode.IOV, 1, two, register), plain, guarded, plain, both)
    assert value is not None
    assert value.site.instruction == 0
    file = counterpart(
        fault(Mode.RF, 1, two, Target(TargetKind.REGISTER, 4, 32)), plain, guarded, plain, both
    )
    assert file is not None
    assert (file.site.instruction, file.target.index) == (1, 4)


def test_a_register_that_does_not_exist_there_has_none(plain: Program, hardened: Program) -> None:
    trace, other = straight(plain), straight(hardened)
    last = Target(TargetKind.REGISTER, plain.register_count - 1, 32)
    assert counterpart(fault(Mode.RF, 0, 0, last), plain, trace, hardened, other) is not None
    beyond = Target(TargetKind.REGISTER, hardened.register_count, 32)
    assert counterpart(fault(Mode.RF, 0, 0, beyond), plain, trace, hardened, other) is None
