"""What each mode, model and group may strike in each instruction."""

from __future__ import annotations

import pytest
from tests.faults.launches import hand_written, instruction
from tests.kernels.sample import kernels

from sassafras.faults.model import DRAWN_MODELS, FaultModel, Mode, TargetKind
from sassafras.faults.targets import Selection, strike_mask, targets
from sassafras.isa.groups import Group
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

REGISTER, PREDICATE, FLAGS = TargetKind.REGISTER, TargetKind.PREDICATE, TargetKind.CONDITION_CODE
WORD, INDEX, ADDRESS = TargetKind.STORE_VALUE, TargetKind.REGISTER_INDEX, TargetKind.STORE_ADDRESS
Found = list[tuple[TargetKind, int, int]]
INJECTED = [group for group in Group if group < Group.MISC]

CASES: list[tuple[str, Found, Found]] = [
    # instruction, IOV targets, IOA targets: (kind, index, bits)
    ("MOV R5, R6", [(REGISTER, 5, 32)], [(INDEX, 5, 8)]),
    ("IADD R2.CC, R3, R4", [(REGISTER, 2, 32), (FLAGS, 0, 4)], [(INDEX, 2, 8)]),
    ("IADD RZ.CC, R3, R4", [(FLAGS, 0, 4)], []),
    ("ISETP.GE.AND P0, PT, R2, R3, PT", [(PREDICATE, 0, 1)], []),
    ("ISETP.GE.AND P1, P2, R2, R3, PT", [(PREDICATE, 1, 1), (PREDICATE, 2, 1)], []),
    ("LDG.E R0, [R2]", [(REGISTER, 0, 32)], [(INDEX, 0, 8)]),
    (
        "LDG.E.64 R6, [R2]",
        [(REGISTER, 6, 32), (REGISTER, 7, 32)],
        [(INDEX, 6, 8), (INDEX, 7, 8)],
    ),
    (
        "LDS.U.128 R8, [R2]",
        [(REGISTER, r, 32) for r in range(8, 12)],
        [(INDEX, r, 8) for r in range(8, 12)],
    ),
    ("STG.E [R2], R0", [(WORD, 0, 32)], [(ADDRESS, 0, 64)]),
    ("STG.E.U8 [R2], R0", [(WORD, 0, 8)], [(ADDRESS, 0, 64)]),
    ("STG.E.U16 [R2], R0", [(WORD, 0, 16)], [(ADDRESS, 0, 64)]),
    ("STG.E.64 [R2], R4", [(WORD, 0, 32), (WORD, 1, 32)], [(ADDRESS, 0, 64)]),
    ("STG.E.128 [R2], R4", [(WORD, k, 32) for k in range(4)], [(ADDRESS, 0, 64)]),
    ("STS [R2], R0", [(WORD, 0, 32)], [(ADDRESS, 0, 32)]),
    ("DADD R4, R6, R8", [(REGISTER, 4, 32), (REGISTER, 5, 32)], [(INDEX, 4, 8), (INDEX, 5, 8)]),
    ("EXIT", [], []),
    ("BRA 0x8", [], []),
    ("BAR.SYNC 0x0", [], []),
    ("NOP", [], []),
]


def found(line: str, selection: Selection) -> Found:
    return [(t.kind, t.index, t.bits) for t in targets(instruction(line), selection)]


@pytest.mark.parametrize(("line", "values", "indexes"), CASES, ids=[c[0] for c in CASES])
def test_every_destination_can_be_struck(line: str, values: Found, indexes: Found) -> None:
    assert found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT)) == values
    assert found(line, Selection(Mode.IOA, FaultModel.SINGLE_BIT)) == indexes
    assert found(line, Selection(Mode.RF, FaultModel.SINGLE_BIT)) == []


@pytest.mark.parametrize("model", [m for m in DRAWN_MODELS if m is not FaultModel.SINGLE_BIT])
@pytest.mark.parametrize(("line", "values", "indexes"), CASES, ids=[c[0] for c in CASES])
def test_predicates_and_flags_are_struck_by_single_bits_only(
    line: str, values: Found, indexes: Found, model: FaultModel
) -> None:
    wide = [target for target in values if target[0] not in {PREDICATE, FLAGS}]
    assert found(line, Selection(Mode.IOV, model)) == wide
    assert found(line, Selection(Mode.IOA, model)) == indexes


#: Of each opcode group (SASSIFI's numbers 4 to 12): an instruction.
BY_OPCODE = {
    Group.IADD_IMUL: "IADD R2.CC, R3, R4",
    Group.FADD_FMUL: "FADD R2, R3, R4",
    Group.DADD_DMUL: "DADD R2, R4, R6",
    Group.MAD: "XMAD R2, R3, R4, R5",
    Group.FFMA: "FFMA R2, R3, R4, R5",
    Group.DFMA: "DFMA R2, R4, R6, R8",
    Group.SETP: "ISETP.GE.AND P0, PT, R2, R3, PT",
    Group.LDS: "LDS.U.32 R2, [R3]",
    Group.LD: "LDG.E R0, [R2]",
}
BY_KIND = {Group.GPR: REGISTER, Group.CC: FLAGS, Group.PR: PREDICATE, Group.STORE: WORD}
EXAMPLES = [*BY_OPCODE.values(), "STG.E [R2], R0", "STS [R2], R0", "MOV R5, R6"]


def test_there_are_the_13_groups_of_sassifi() -> None:
    assert [*BY_KIND, *BY_OPCODE] == INJECTED
    assert [int(group) for group in INJECTED] == list(range(13))


@pytest.mark.parametrize("group", list(BY_OPCODE))
@pytest.mark.parametrize("line", EXAMPLES)
def test_an_opcode_group_takes_all_destinations_of_its_instructions(group: Group, line: str) -> None:
    everything = found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT))
    chosen = found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset({group})))
    assert chosen == (everything if BY_OPCODE[group] == line else [])


@pytest.mark.parametrize("group", list(BY_KIND))
@pytest.mark.parametrize("line", [*EXAMPLES, "IADD R2.CC, R3, R4"])
def test_a_destination_group_takes_its_kind_only(group: Group, line: str) -> None:
    """Group CC on an addition with carry strikes the carry, never the sum."""
    everything = found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT))
    chosen = found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset({group})))
    assert chosen == [target for target in everything if target[0] is BY_KIND[group]]


def test_groups_of_the_address_mode_are_registers_and_stores() -> None:
    def of(line: str, *groups: Group) -> Found:
        return found(line, Selection(Mode.IOA, FaultModel.SINGLE_BIT, frozenset(groups)))

    assert of("MOV R5, R6", Group.GPR) == [(INDEX, 5, 8)]
    assert of("MOV R5, R6", Group.STORE) == []
    assert of("STG.E [R2], R0", Group.STORE) == [(ADDRESS, 0, 64)]
    assert of("STG.E [R2], R0", Group.GPR) == []
    assert of("IADD R2.CC, R3, R4", Group.CC) == []
    assert of("IADD R2.CC, R3, R4", Group.IADD_IMUL) == [(INDEX, 2, 8)]


def test_groups_together_are_their_union() -> None:
    line = "IADD R2.CC, R3, R4"
    for groups in (frozenset({Group.CC, Group.LD}), frozenset({Group.CC, Group.GPR}), frozenset(INJECTED)):
        chosen = set(found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT, groups)))
        singles = [found(line, Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset({g}))) for g in groups]
        assert chosen == {target for single in singles for target in single}


@pytest.mark.alike(4)
@pytest.mark.parametrize("kernel", kernels(KERNELS))
def test_the_mask_of_a_program_is_where_something_can_be_struck(kernel: str) -> None:
    program = load_program(kernel)
    assert strike_mask(program, Selection(Mode.RF, FaultModel.SINGLE_BIT)).all()
    for mode in (Mode.IOA, Mode.IOV):
        for model in DRAWN_MODELS:
            for groups in (None, *(frozenset({g}) for g in INJECTED)):
                selection = Selection(mode, model, groups)
                mask = strike_mask(program, selection)
                assert mask.tolist() == [bool(targets(i, selection)) for i in program.instructions]


def test_two_programs_never_share_a_mask() -> None:
    """Also when nothing but the operands differs."""
    selection = Selection(Mode.IOA, FaultModel.SINGLE_BIT)
    assert strike_mask(hand_written("MOV R5, R6"), selection).tolist() == [True]
    assert strike_mask(hand_written("MOV RZ, R6"), selection).tolist() == [False]
