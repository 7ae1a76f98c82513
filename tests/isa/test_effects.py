"""What instructions read and write, and their groups, against tables written by hand from the manuals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Access, Action, Flow, Pipe, Space, StackKind
from sassafras.isa.locations import ConstantWords, Effects, File, Location
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.operands import RZ

if TYPE_CHECKING:
    from tests.isa.conftest import Assemble

EFFECTS = {
    "MOV R1, c[0x0][0x20]": Effects((), (1,), constants=(ConstantWords(0, 0x20, 4, None),)),
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
    "LDG.E R0, [R2]": Effects(
        (2, 3), (0,), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.LOAD, 4)
    ),
    "LDG.E.64 R4, [R2+0x8]": Effects(
        (2, 3), (4, 5), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.LOAD, 8)
    ),
    "LDG.E.128 R4, [R2]": Effects(
        (2, 3), (4, 5, 6, 7), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.LOAD, 16)
    ),
    "LDG.E.U8 R4, [RZ+0x8]": Effects((), (4,), access=Access(Space.GLOBAL, Action.LOAD, 1)),
    "LDG.E.128 RZ, [R2]": Effects(
        (2, 3), (), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.LOAD, 16)
    ),
    "LDG.E.128 R253, [R253]": Effects(
        (253, 254), (253, 254), address_registers=(253, 254), access=Access(Space.GLOBAL, Action.LOAD, 16)
    ),
    "LDG.E.64 R254, [R254]": Effects(
        (254,), (254,), address_registers=(254,), access=Access(Space.GLOBAL, Action.LOAD, 8)
    ),
    "LDG.E.CI.64 R3, [R5]": Effects(
        (5, 6), (3, 4), address_registers=(5, 6), access=Access(Space.GLOBAL, Action.LOAD, 8)
    ),
    "LDS.U.32 R0, [R7.X4+0x100]": Effects(
        (7,), (0,), address_registers=(7,), access=Access(Space.SHARED, Action.LOAD, 4)
    ),
    "LDS.128 R0, [0x10]": Effects((), (0, 1, 2, 3), access=Access(Space.SHARED, Action.LOAD, 16)),
    "LDC R4, c[0x2][R4+0x18]": Effects(
        (4,), (4,), constants=(ConstantWords(2, 0x18, 4, 4),), access=Access(Space.CONSTANT, Action.LOAD, 4)
    ),
    "LDC.64 R4, c[0x2][RZ+0x18]": Effects(
        (), (4, 5), constants=(ConstantWords(2, 0x18, 8, RZ),), access=Access(Space.CONSTANT, Action.LOAD, 8)
    ),
    "LDL R0, [R1]": Effects((1,), (0,), address_registers=(1,), access=Access(Space.LOCAL, Action.LOAD, 4)),
    "STG.E [R2], R4": Effects(
        (2, 3, 4), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 4)
    ),
    "STG.E.U16 [R2], R4": Effects(
        (2, 3, 4), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 2)
    ),
    "STG.E.64 [R2], R4": Effects(
        (2, 3, 4, 5), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 8)
    ),
    "STG.E.128 [R2], R4": Effects(
        (2, 3, 4, 5, 6, 7), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 16)
    ),
    "STG.E.128 [R2], RZ": Effects(
        (2, 3), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 16)
    ),
    "STS.U8 [R2], R4": Effects((2, 4), address_registers=(2,), access=Access(Space.SHARED, Action.STORE, 1)),
    "STL.64 [R2], R4": Effects(
        (2, 4, 5), address_registers=(2,), access=Access(Space.LOCAL, Action.STORE, 8)
    ),
    "LD.E.64 R0, [R2], !P3": Effects(
        (2, 3), (0, 1), address_registers=(2, 3), access=Access(Space.GENERIC, Action.LOAD, 8)
    ),
    "ST.E.U8 [R2], R4, P3": Effects(
        (2, 3, 4), address_registers=(2, 3), access=Access(Space.GENERIC, Action.STORE, 1)
    ),
    "STL.64 [R1+-0x8], R4": Effects(
        (1, 4, 5), address_registers=(1,), access=Access(Space.LOCAL, Action.STORE, 8)
    ),
    "ATOM.E.ADD.U64 R0, [R2], R4": Effects(
        (2, 3, 4, 5), (0, 1), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.REDUCE, 8)
    ),
    "ATOM.E.CAS RZ, [R2], R4, R5": Effects(
        (2, 3, 4, 5), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.REDUCE, 4)
    ),
    "ATOMS.CAS.64 R0, [R2], R4, R6": Effects(
        (2, 4, 5, 6, 7), (0, 1), address_registers=(2,), access=Access(Space.SHARED, Action.REDUCE, 8)
    ),
    "LEA.HI.X P0, R3, R4, RZ, R5": Effects((4, 5), (3,), predicates_written=(0,), reads_cc=True),
    "CCTL.E.PF2 [R2]": Effects(),
    "RED.E.ADD [R2], R4": Effects(
        (2, 3, 4), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.REDUCE, 4)
    ),
    "F2I.S64.F32.TRUNC R0, R2": Effects((2,), (0, 1)),
    "F2I.S32.F64 R0, R2": Effects((2, 3), (0,)),
    "I2F.F32.U64.RP R0, R2": Effects((2, 3), (0,)),
    "I2F.F64.S32 R0, |R2|": Effects((2,), (0, 1)),
    "F2F.F64.F32 R0, R2": Effects((2,), (0, 1)),
    "F2F.F32.F64 R0, R2": Effects((2, 3), (0,)),
    "DFMA R0, R2, R4, R6": Effects((2, 3, 4, 5, 6, 7), (0, 1)),
    "DADD R0, R2, c[0x0][0x140]": Effects((2, 3), (0, 1), constants=(ConstantWords(0, 0x140, 8, None),)),
    "DSETP.GT.AND P0, PT, R0, R2, P1": Effects((0, 1, 2, 3), (), (1,), (0,)),
    "BRX R4 -0x10": Effects((4,)),
    "BRA !P2, `(here)": Effects((), (), (2,)),
    "EXIT CC.NEU": Effects(reads_cc=True),
    "S2R R0, SR_TID.X": Effects((), (0,)),
    "@P3 MOV R0, R1": Effects((1,), (0,), guard=3),
    "@!P3 SEL R0, R1, R2, P3": Effects((1, 2), (0,), (3,), guard=3),
    "@PT MOV R0, R1": Effects((1,), (0,)),
    "@!PT MOV R0, R1": Effects((1,), (0,)),
    "STG.E [R2], R2": Effects((2, 3), address_registers=(2, 3), access=Access(Space.GLOBAL, Action.STORE, 4)),
    "IADD R0, R1, c[0x0][0x144]": Effects((1,), (0,), constants=(ConstantWords(0, 0x144, 4, None),)),
    "BAR.SYNC 0x0": Effects(),
}


@pytest.mark.parametrize("text", EFFECTS)
def test_effects(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble("here:", text).instructions
    assert instruction.effects == EFFECTS[text]


def test_reads_and_writes_are_sets_of_places_with_the_guard(assemble: Assemble) -> None:
    (instruction,) = assemble("@!P3 IADD.X R3.CC, R3, R4").instructions
    r3, codes = Location(File.REGISTERS, 3), Location(File.CODES, 0)
    assert instruction.effects.reads == {r3, Location(File.REGISTERS, 4), Location(File.PREDICATES, 3), codes}
    assert instruction.effects.writes == {r3, codes}
    assert [place.name for place in sorted(instruction.effects.reads)] == ["CC", "P3", "R3", "R4"]


def test_the_guard_comes_first_among_the_predicates_asked_and_once(assemble: Assemble) -> None:
    (instruction,) = assemble("@P3 PSETP.AND.AND P0, P1, P2, P3, PT").instructions
    assert instruction.effects.predicates_asked == (3, 2)


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
    "STL [R2], R4": {Group.STORE, Group.MISC},
    "ST.E [R2], R4, P0": {Group.STORE, Group.MISC},
    "RED.E.ADD [R2], R4": {Group.STORE, Group.MISC},
    "ATOM.E.ADD R0, [R2], R4": {Group.GPR, Group.STORE, Group.MISC},
    "ATOMS.ADD RZ, [R2], R4": {Group.STORE, Group.MISC},
    "LD.E R0, [R2], P0": {Group.GPR, Group.LD},
    "LDL R0, [R2]": {Group.GPR, Group.LD},
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
        stores = record.memory is not None and record.memory.action.stores
        assert stores == any("ar" in signature for signature in record.signatures), name
        if name != "CCTL":  # says an address to the cache, and touches nothing there
            assert (record.memory is not None) == any(set("ak") & set(s) for s in record.signatures), name
        if name != "SHFL":  # goes through the same pipe, from lane to lane
            assert (record.pipe is Pipe.MEMORY) == (record.memory is not None), name
        stacked = (Flow.PUSH, Flow.POP, Flow.CALL, Flow.RETURN)
        assert (record.stack is not None) == (record.flow in stacked), name
        assert record.predicate_field is None or record.predicate_field in record.fields


def test_a_name_of_a_field_stands_for_one_type_of_value() -> None:
    kinds: dict[str, set[type]] = defaultdict(set)
    for record in MAXWELL.values():
        for field in record.fields:
            kinds[field.name] |= {type(value) for _, value in field.words}
    assert [name for name, found in kinds.items() if len(found) > 1] == []


# What the manuals and disassemblies say of control: cuobjdump's listings and their BRANCH_TARGETS.
FLOWS = {
    Flow.JUMP: "BRA",
    Flow.COMPUTED_JUMP: "BRX",
    Flow.PUSH: "SSY PBK PRET",
    Flow.POP: "SYNC BRK",
    Flow.CALL: "CAL",
    Flow.RETURN: "RET",
    Flow.EXIT: "EXIT",
    Flow.STOP: "JMX BPT",
    Flow.BARRIER: "BAR",
}


def test_where_opcodes_lead() -> None:
    expected = {name: flow for flow, names in FLOWS.items() for name in names.split()}
    assert {name: record.flow for name, record in MAXWELL.items()} == {
        name: expected.get(name, Flow.NEXT) for name in MAXWELL
    }
    stacks = {
        "SSY": "SSY",
        "SYNC": "SSY",
        "PBK": "PBK",
        "BRK": "PBK",
        "CAL": "CAL",
        "RET": "CAL",
        "PRET": "CAL",
    }
    assert {name: StackKind[kind] for name, kind in stacks.items()} == {
        name: record.stack for name, record in MAXWELL.items() if record.stack is not None
    }


# CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions", compute capability 5.0.
PIPES = {
    Pipe.FULL: "FADD FADD32I FMUL FMUL32I FFMA FFMA32I FCHK RRO IADD IADD32I IADD3 LOP LOP32I LOP3 XMAD MOV "
    "MOV32I SEL PRMT",
    Pipe.HALF: "SHL SHR SHF BFE BFI ISCADD ISCADD32I LEA IMNMX FMNMX ISET ISETP ICMP FSET FSETP FCMP PSETP "
    "PSET CSETP CSET P2R R2P VOTE",
    Pipe.QUARTER: "MUFU F2F F2I I2F I2I FLO POPC S2R CS2R B2R VADD VABSDIFF VMNMX VSHL VSHR VSET VMAD "
    "VABSDIFF4 IMUL IMUL32I",
    Pipe.DOUBLE: "DADD DMUL DFMA DSETP DMNMX DSET",
    Pipe.MEMORY: "LD LDG ST STG LDL STL LDS STS LDC RED ATOM ATOMS SHFL",
    Pipe.BARRIER: "BAR",
    Pipe.ISSUE: "BRA BRX JMX BPT SSY SYNC PBK BRK PRET CAL RET EXIT NOP DEPBAR MEMBAR CCTL",
}


def test_pipes() -> None:
    expected = {name: pipe for pipe, names in PIPES.items() for name in names.split()}
    assert {name: record.pipe for name, record in MAXWELL.items()} == expected


WIDE = {"I2F.F64.S32 R0, R4": True, "F2F.F32.F64 R0, R4": True, "F2I.S64.F32 R0, R4": True,
    "I2F.F32.S32 R0, R4": False, "MUFU.RCP R0, R4": False, "S2R R0, SR_TID.X": False}  # fmt: skip


@pytest.mark.parametrize("text", WIDE)
def test_conversions_of_64_bits_run_at_the_rate_of_double_precision(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble(text).instructions
    assert instruction.pipe is (Pipe.DOUBLE if WIDE[text] else Pipe.QUARTER)
