"""What instructions read and write, and their groups, against tables written by hand from the manuals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sassafras.isa.groups import Group
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.program import Effects

if TYPE_CHECKING:
    from tests.isa.conftest import Assemble

EFFECTS = {
    "MOV R1, c[0x0][0x20]": Effects((), (1,)),
    "IADD R0, R1, R1": Effects((1,), (0,)),
    "IADD RZ.CC, -RZ, R12": Effects((12,), (), writes_cc=True),
    "IADD.X R3.CC, R3, R4": Effects((3, 4), (3,), reads_cc=True, writes_cc=True),
    "ISETP.NE.X.AND P0, PT, R1, RZ, PT": Effects((1,), (), (), (0,), reads_cc=True),
    "ISETP.GE.OR P1, P2, R1, R2, !P3": Effects((1, 2), (), (3,), (1, 2)),
    "PSETP.AND.AND P0, PT, PT, !P1, P1": Effects((), (), (1,), (0,)),
    "SEL R0, R1, R2, P3": Effects((1, 2), (0,), (3,)),
    "LOP.AND.NZ P0, RZ, R1, 0x1": Effects((1,), (), (), (0,)),
    "FCHK.DIVIDE P0, R1, R2": Effects((1, 2), (), (), (0,)),
    "XMAD.MRG R4, R7, R8.H1, RZ": Effects((7, 8), (4,)),
    "LDG.E R0, [R2]": Effects((2, 3), (0,)),
    "LDG.E.64 R4, [R2+0x8]": Effects((2, 3), (4, 5)),
    "LDG.E.128 R4, [R2]": Effects((2, 3), (4, 5, 6, 7)),
    "LDG.E.U8 R4, [RZ+0x8]": Effects((), (4,)),
    "LDG.E.128 RZ, [R2]": Effects((2, 3), ()),
    "LDG.E.128 R253, [R253]": Effects((253, 254), (253, 254)),
    "LDG.E.64 R254, [R254]": Effects((254,), (254,)),
    "LDG.E.CI.64 R3, [R5]": Effects((5, 6), (3, 4)),
    "LDS.U.32 R0, [R7.X4+0x100]": Effects((7,), (0,)),
    "LDS.128 R0, [0x10]": Effects((), (0, 1, 2, 3)),
    "LDC R4, c[0x2][R4+0x18]": Effects((4,), (4,)),
    "LDC.64 R4, c[0x2][RZ+0x18]": Effects((), (4, 5)),
    "LDL R0, [R1]": Effects((1,), (0,)),
    "STG.E [R2], R4": Effects((2, 3, 4), is_store=True, store_bytes=4),
    "STG.E.U16 [R2], R4": Effects((2, 3, 4), is_store=True, store_bytes=2),
    "STG.E.64 [R2], R4": Effects((2, 3, 4, 5), is_store=True, store_bytes=8),
    "STG.E.128 [R2], R4": Effects((2, 3, 4, 5, 6, 7), is_store=True, store_bytes=16),
    "STG.E.128 [R2], RZ": Effects((2, 3), is_store=True, store_bytes=16),
    "STS.U8 [R2], R4": Effects((2, 4), is_store=True, store_bytes=1),
    "STL.64 [R2], R4": Effects((2, 4, 5), is_store=True, store_bytes=8),
    "RED.E.ADD [R2], R4": Effects((2, 3, 4), is_store=True, store_bytes=4),
    "F2I.S64.F32.TRUNC R0, R2": Effects((2,), (0, 1)),
    "F2I.S32.F64 R0, R2": Effects((2, 3), (0,)),
    "I2F.F32.U64.RP R0, R2": Effects((2, 3), (0,)),
    "I2F.F64.S32 R0, |R2|": Effects((2,), (0, 1)),
    "F2F.F64.F32 R0, R2": Effects((2,), (0, 1)),
    "F2F.F32.F64 R0, R2": Effects((2, 3), (0,)),
    "DFMA R0, R2, R4, R6": Effects((2, 3, 4, 5, 6, 7), (0, 1)),
    "DADD R0, R2, c[0x0][0x140]": Effects((2, 3), (0, 1)),
    "DSETP.GT.AND P0, PT, R0, R2, P1": Effects((0, 1, 2, 3), (), (1,), (0,)),
    "BRX R4 -0x10": Effects((4,)),
    "BRA !P2, `(here)": Effects((), (), (2,)),
    "EXIT CC.NEU": Effects(reads_cc=True),
    "S2R R0, SR_TID.X": Effects((), (0,)),
    "@P3 MOV R0, R1": Effects((1,), (0,)),
    "BAR.SYNC 0x0": Effects(),
}


@pytest.mark.parametrize("text", EFFECTS)
def test_effects(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble("here:", text).instructions
    assert instruction.effects == EFFECTS[text]


# SASSIFI, error_injector.h: the opcodes of each group.
SASSIFI = {
    Group.IADD_IMUL: "IMUL IMUL32I ISCADD ISCADD32I IADD IADD3 IADD32I",
    Group.FADD_FMUL: "FADD FADD32I FMUL FMUL32I",
    Group.DADD_DMUL: "DADD DMUL",
    Group.MAD: "XMAD IMAD IMAD32I IMADSP",
    Group.FFMA: "FFMA FFMA32I",
    Group.DFMA: "DFMA",
    Group.SETP: "PSETP ISETP FSETP DSETP CSETP",
    Group.LDS: "LDS LDSLK LDS_LDU",
    Group.LD: "LD LDG LDL LDLK LDU LD_LDU",
}


def test_groups_by_opcode_are_those_of_sassifi() -> None:
    expected = {name: group for group, names in SASSIFI.items() for name in names.split()}
    assert {name: record.group for name, record in MAXWELL.items()} == {
        name: expected.get(name) for name in MAXWELL
    }


GROUPS = {
    "IADD R0.CC, R1, R2": {Group.GPR, Group.CC, Group.IADD_IMUL},
    "IADD RZ.CC, R1, R2": {Group.CC, Group.IADD_IMUL},
    "ISETP.EQ.AND P0, PT, R1, R2, PT": {Group.PR, Group.SETP},
    "ISETP.EQ.AND PT, PT, R1, R2, PT": {Group.SETP},
    "LOP.AND.NZ P0, RZ, R1, R2": {Group.PR, Group.MISC},
    "LOP.AND.NZ P0, R0, R1, R2": {Group.PR, Group.GPR, Group.MISC},
    "FCHK.DIVIDE P0, R1, R2": {Group.PR, Group.MISC},
    "STG.E [R2], R4": {Group.STORE, Group.MISC},
    "STS [R2], R4": {Group.STORE, Group.MISC},
    "LDG.E R0, [R2]": {Group.GPR, Group.LD},
    "LDS R0, [R2]": {Group.GPR, Group.LDS},
    "LDC R0, c[0x2][R2]": {Group.GPR, Group.MISC},
    "FFMA R0, R1, R2, R3": {Group.GPR, Group.FFMA},
    "XMAD R0, R1, R2, R3": {Group.GPR, Group.MAD},
    "MUFU.RCP R0, R1": {Group.GPR, Group.MISC},
    "EXIT": {Group.MISC},
}


@pytest.mark.parametrize("text", GROUPS)
def test_groups(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble(text).instructions
    assert instruction.groups == GROUPS[text]


def test_every_record_is_coherent() -> None:
    for name, record in MAXWELL.items():
        assert name == record.name
        assert record.signatures
        names = [field.name for field in record.fields]
        assert len(set(names)) == len(names), name
        assert record.store == any(signature.startswith("ar") for signature in record.signatures), name
        if record.predicate_field:
            assert record.predicate_field in names
