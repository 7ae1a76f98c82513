"""Where modelled values get to, in programs for which that is known."""

from __future__ import annotations

import pytest
from tests.emulator.bench import program

from sassafras.isa.kinds import Flow
from sassafras.isa.opcodes.fidelity import Degree
from sassafras.isa.program import Program
from sassafras.isa.reach import Reach, Way, reach

NO, BRANCH, YES = Way.NO, Way.BRANCH, Way.DATA
ADDRESS = ("MOV R2, c[0x0][0x140]", "MOV R3, c[0x0][0x144]")
LOAD = "LDG.E R4, [R2]"

KNOWN = {
    "a reciprocal that is stored": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "FADD R6, R5, R5", "STG.E [R2], R6", "EXIT"),
        Reach(NO, NO, YES),
    ),
    "one that is overwritten first": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "MOV R5, RZ", "STG.E [R2], R5", "EXIT"),
        Reach(NO, NO, NO),
    ),
    "one that may be overwritten": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "@P0 MOV R5, RZ", "STG.E [R2], R5", "EXIT"),
        Reach(NO, NO, YES),
    ),
    "a clock that nobody reads": (
        (*ADDRESS, "S2R R7, SR_CLOCKLO", LOAD, "STG.E [R2], R4", "EXIT"),
        Reach(NO, NO, NO),
    ),
    "a reciprocal that decides a branch behind which something is stored": (
        (
            *ADDRESS, LOAD, "MUFU.RCP R5, R4", "FSETP.GT.AND P0, PT, R5, RZ, PT", "@P0 BRA `(.L_1)",
            "MOV R6, 0x1", "STG.E [R2], R6", ".L_1:", "EXIT",
        ),
        Reach(BRANCH, YES, BRANCH),
    ),
    "one that decides a branch behind which nothing is": (
        (
            *ADDRESS, LOAD, "STG.E [R2], R4", "MUFU.RCP R5, R4", "FSETP.GT.AND P0, PT, R5, RZ, PT",
            "@P0 BRA `(.L_1)", "MOV R6, 0x1", ".L_1:", "EXIT",
        ),
        Reach(NO, YES, NO),
    ),
    "one that guards a store": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "FSETP.GT.AND P0, PT, R5, RZ, PT", "@P0 STG.E [R2], R4", "EXIT"),
        Reach(NO, NO, YES),
    ),
    "one that becomes an address": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "F2I.U32.F32.TRUNC R6, R5", "LDS R7, [R6]", "EXIT"),
        Reach(YES, NO, NO),
    ),
    "one that becomes an address of a constant bank": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "LDC R7, c[0x0][R5+0x140]", "EXIT"),
        Reach(YES, NO, NO),
    ),
    "one that goes through shared memory, to a load that comes before": (
        (
            *ADDRESS, LOAD, ".L_1:", "LDS R7, [RZ]", "STG.E [R2], R7", "MUFU.RCP R5, R4", "STS [RZ], R5",
            "@P0 BRA `(.L_1)", "EXIT",
        ),
        Reach(NO, NO, YES),
    ),
    "one that another lane gets": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "SHFL.BFLY PT, R6, R5, 0x1, 0x1f", "STG.E [R2], R6", "EXIT"),
        Reach(NO, NO, YES),
    ),
    "one that threads bring to a barrier": (
        (
            *ADDRESS, LOAD, "MUFU.RCP R5, R4", "FSETP.GT.AND P0, PT, R5, RZ, PT", "BAR.RED.POPC 0x0, P0",
            "B2R.RESULT R6", "STG.E [R2], R6", "EXIT",
        ),
        Reach(NO, NO, YES),
    ),
    "one that is added to a sum in memory": (
        (*ADDRESS, LOAD, "MUFU.RCP R5, R4", "RED.E.ADD.F32.FTZ.RN [R2], R5", "EXIT"),
        Reach(NO, NO, YES),
    ),
    "one in carry and codes": (
        (
            *ADDRESS, LOAD, "MUFU.RCP R5, R4", "IADD RZ.CC, R5, R5", "IADD.X R6, RZ, RZ", "STG.E [R2], R6",
            "EXIT",
        ),
        Reach(NO, NO, YES),
    ),
}  # fmt: skip


def modelled(code: Program) -> frozenset[int]:
    return frozenset(i.index for i in code.instructions if i.fidelity.degree is Degree.MODELLED)


@pytest.mark.parametrize("what", KNOWN)
def test_where_it_gets_to(what: str) -> None:
    lines, wanted = KNOWN[what]
    code = program(*lines, shared=256)
    (source,) = modelled(code)
    assert reach(code, frozenset({source}), False) == wanted


def test_what_others_have_modelled_comes_in_with_every_load_from_global_memory() -> None:
    code = program(*ADDRESS, LOAD, "STG.E [R2], R4", "LDS R8, [R4]", "EXIT", shared=256)
    assert reach(code, frozenset(), False) == Reach(NO, NO, NO)
    assert reach(code, frozenset(), True) == Reach(YES, NO, YES)


def test_programs_without_any_end_as_they_are() -> None:
    code = program("EXIT")
    assert code.instructions[0].flow is Flow.EXIT
    assert reach(code, frozenset(), True) == Reach(NO, NO, NO)
