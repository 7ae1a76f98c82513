"""Faults in instructions that a lane may carry out without storing (LDGSTS, STSM), and in those that do."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.turing.running import drawn, made

from sassafras.emulator.armed import Stop
from sassafras.faults.model import Corruption, Mode, Operation, Target, TargetKind
from sassafras.isa.deciding import deciding
from sassafras.isa.kinds import Space
from sassafras.isa.reach import Way, reach
from sassafras.simulation.strike import strike

START = (
    *("IMAD R6, R0, 0x10, RZ", "LDG.E R8, [R2.64]", "STS [R6+0x400], R8"),
    "ISETP.NE.AND P1, PT, R0, 0x5, PT",
)
END = ("LDGDEPBAR", "DEPBAR.LE SB0, 0x0", "LDS R12, [R6]", "STG.E [R2.64+0x20], R12", "EXIT")
TEXTS = {"LDGSTS.E [R6], [R2.64+0x10], P1": 5, "STSM.16.M88 [R6], R8": 9}  #: and who stores nothing
FLIP = Corruption(Operation.FLIP, 1 << 4, 32)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", [TargetKind.STORE_VALUE, TargetKind.STORE_ADDRESS])
def test_what_is_not_stored_cannot_be_struck(text: str, kind: TargetKind) -> None:
    """Least of all what an instruction before it has stored."""
    ends = {}
    for thread in (None, TEXTS[text], 3):
        machine, launch, memory = made([*START, text, *END], drawn(32, 51), shared=2048, arch="sm_90")
        armed = machine.arm(launch, memory, 0)
        if thread is not None:
            assert armed.run_until(thread, 8) is Stop.REACHED
            assert machine.program.instructions[armed.pc(thread)].text == text
            mode = Mode.IOV if kind is TargetKind.STORE_VALUE else Mode.IOA
            before, after = strike(armed, thread, mode, Target(kind, 0, 32), FLIP, memory.layout.base)
            assert before ^ after == 16 and (thread == 3 or before == 0)
        assert armed.run(1 << 20) is Stop.FINISHED
        ends[thread] = memory.data.copy()
    assert np.array_equal(ends[TEXTS[text]], ends[None])
    assert not np.array_equal(ends[3], ends[None])


def test_what_a_copy_decides_and_where_modelled_values_get_through_it() -> None:
    lines = ["MUFU.RCP R9, R8", "STG.E [R2.64], R9", "LDGSTS.E [R6], [R2.64+0x10], P1", "LDS R10, [R6]"]
    lines += ["STG.E [R2.64+0x20], R10", "LDS R11, [R10]", "EXIT"]
    program = made(lines, drawn(32, 1), shared=64)[0].program
    known = deciding(program)
    copy = next(i.index for i in program.instructions if i.opcode == "LDGSTS")
    assert {"P1", "R2", "R3", "R6"} <= {place.name for place in known.before[copy]}
    assert Space.GLOBAL in known.spaces
    found = reach(program, frozenset({copy - 2}), False)
    assert (found.address, found.stored) == (Way.DATA, Way.DATA)
