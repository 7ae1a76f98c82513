"""Which registers hold a binary32, told from what reads them, in programs short enough to say it by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.bench import program

from sassafras.explanation.floats import LOOK_AHEAD, is_read_as_float
from sassafras.isa.floats import makes_float

READ_AS_FLOAT = [
    (("FADD R0, R4, R5",), True),
    (("IADD R0, R4, R5",), False),
    (("I2F.F32.S32 R0, R4",), False),
    (("F2I.S32.F32 R0, R4",), True),
    (("F2I.S32.F64 R0, R4",), False),
    (("F2F.F64.F32 R0, R4",), True),
    (("F2F.F32.F64 R0, R4",), False),
    (("DADD R0, R4, R6",), False),
    (("MOV R0, R4", "FADD R1, R0, R5"), True),
    (("SEL R0, R4, R5, P0", "IADD R1, R0, R5"), False),
    (("STG.E [R2], R4",), True),
    (("STG.E.64 [R2], R3", "IADD R0, R4, R4"), True),
    (("STG.E [R4], R2",), False),
    (("STG.E [R3], R2",), False),
    (("STG.E [R4], R4",), False),
    (("STS [R4], R2",), False),
    (("RED.E.ADD [R2], R4",), False),
    (("MOV R4, RZ", "FADD R0, R4, R5"), False),
    (("EXIT",), False),
]


@pytest.mark.parametrize(("lines", "expected"), READ_AS_FLOAT)
def test_r4_is_read_as_a_float(lines: tuple[str, ...], expected: bool) -> None:
    made = program(*lines, "EXIT")
    pcs = np.arange(len(made.instructions))
    assert is_read_as_float(made, pcs, 0, 4, lambda _: True) is expected
    stored = lines[0].startswith("STG")
    assert is_read_as_float(made, pcs, 0, 4, lambda _: False) is (expected and not stored)


def test_no_further_than_the_look_ahead() -> None:
    made = program(*["NOP"] * LOOK_AHEAD, "FADD R0, R4, R5", "EXIT")
    pcs = np.arange(len(made.instructions))
    assert not is_read_as_float(made, pcs, 0, 4, lambda _: True)
    assert is_read_as_float(made, pcs, 1, 4, lambda _: True)


MADE = {
    "FADD R0, R4, R5": True,
    "I2F.F32.S32 R0, R4": True,
    "I2F.F64.S32 R0, R4": False,
    "F2I.S32.F32 R0, R4": False,
    "F2F.F32.F64 R0, R4": True,
    "F2F.F64.F32 R0, R4": False,
    "DADD R0, R4, R6": False,
    "IADD R0, R4, R5": False,
    "MOV R0, R4": None,
    "LDG.E R0, [R2]": None,
    "LDS R0, [R2]": None,
}


@pytest.mark.parametrize("line", MADE)
def test_what_an_instruction_makes(line: str) -> None:
    (instruction, _) = program(line, "EXIT").instructions
    assert makes_float(instruction) is MADE[line]
