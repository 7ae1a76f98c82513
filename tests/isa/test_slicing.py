"""What shared memory depends on, in programs small enough to say it by hand."""

from __future__ import annotations

from tests.isa.conftest import Assemble

from sassafras.isa.slicing import (
    control_slice,
    has_known_phases,
    has_known_way,
    shared_memory_slice,
    tail_of,
    without_tail,
)
from sassafras.kernels.programs import load_program


def kept(program_text: tuple[str, ...], assemble: Assemble) -> set[str] | None:
    program = assemble(*program_text)
    found = shared_memory_slice(program)
    return (
        None
        if found is None
        else {program.instructions[k].text.split(";")[0].strip() for k in found.instructions}
    )


def test_only_what_reaches_a_shared_store_matters(assemble: Assemble) -> None:
    text = (
        "MOV R0, c[0x0][0x140]",
        "MOV R1, c[0x0][0x144]",
        "IADD R2, R0, 0x4",
        "FADD R3, R1, R1",
        "STS [R2], R0",
        "EXIT",
    )
    assert kept(text, assemble) == {"MOV R0, c[0x0][0x140]", "IADD R2, R0, 0x4", "STS [R2], R0", "EXIT"}


def test_an_overwritten_value_does_not_matter_unless_the_write_is_guarded(assemble: Assemble) -> None:
    first, last = "MOV R0, c[0x0][0x140]", ("STS [RZ], R0", "EXIT")
    found = kept((first, "MOV R0, c[0x0][0x144]", *last), assemble)
    assert found is not None and first not in found
    found = kept((first, "@P0 MOV R0, c[0x0][0x144]", *last), assemble)
    assert found is not None and first in found


def test_a_write_under_a_guard_is_one_for_whoever_reads_under_the_same(assemble: Assemble) -> None:
    first, second = "MOV R0, c[0x0][0x140]", "@!P0 MOV R0, c[0x0][0x144]"
    changes = ("MOV R4, RZ", "ISETP.LT.AND P1, PT, R4, R5, PT")
    for between, last in (
        ((), "@!P0 STS [RZ], R0"),
        (changes, "@!P0 STS [RZ], R0"),  # of another predicate
        (("@P1 MOV R5, R6",), "@!P0 STS [RZ], R0"),
    ):
        found = kept((first, second, *between, last, "EXIT"), assemble)
        assert found is not None and first not in found and second in found
    for between, last in (
        ((), "STS [RZ], R0"),
        ((), "@P0 STS [RZ], R0"),
        ((), "@!P1 STS [RZ], R0"),
        (("ISETP.LT.AND P0, PT, R4, R5, PT",), "@!P0 STS [RZ], R0"),
        (("@P1 ISETP.LT.AND P0, PT, R4, R5, PT",), "@!P0 STS [RZ], R0"),
    ):
        found = kept((first, second, *between, last, "EXIT"), assemble)
        assert found is not None and first in found, (between, last)
    found = kept((first, "@!PT MOV R0, c[0x0][0x144]", "@!PT STS [RZ], R0", "EXIT"), assemble)
    assert found is not None and first in found


def test_a_guard_whose_predicate_a_branch_changes(assemble: Assemble) -> None:
    """On one of two ways: what was there before the guarded write may be read."""
    first, second = "MOV R0, c[0x0][0x140]", "@P0 MOV R0, c[0x0][0x144]"
    change = ("@P1 BRA `(.L_x)", "ISETP.LT.AND P0, PT, R4, R5, PT", ".L_x:")
    found = kept((first, second, *change, "@P0 STS [RZ], R0", "EXIT"), assemble)
    assert found is not None and first in found


def test_a_guard_matters(assemble: Assemble) -> None:
    compare = "ISETP.LT.AND P0, PT, R4, R5, PT"
    found = kept((compare, "@P0 STS [RZ], R0", "EXIT"), assemble)
    assert found is not None and compare in found


def test_a_load_behind_a_store_cannot_be_told(assemble: Assemble) -> None:
    load, store = "LDG.E R4, [R2]", "STG.E [R2], R0"
    assert kept((store, load, "STS [RZ], R4", "EXIT"), assemble) is None
    assert kept((load, store, "STS [RZ], R4", "EXIT"), assemble) is not None
    assert kept((store, load, "STS [RZ], R0", "EXIT"), assemble) is not None


def test_an_atomic_cannot_be_told(assemble: Assemble) -> None:
    assert kept(("RED.E.ADD [R2], R0", "EXIT"), assemble) is None


def test_gemm_keeps_its_loads_and_drops_its_sums() -> None:
    program = load_program("gemm")
    found = shared_memory_slice(program)
    assert found is not None
    opcodes = {program.instructions[k].opcode for k in found.instructions}
    assert {"LDG", "STS", "BAR"} <= opcodes
    assert not {"FFMA", "LDS", "STG"} & opcodes


def test_the_way_of_a_thread_depends_on_what_branches_and_guards_of_exits_read(assemble: Assemble) -> None:
    compare = "ISETP.GE.AND P0, PT, R2, c[0x0][0x140], PT"
    text = ("S2R R2, SR_TID.X", "FADD R3, R1, R1", compare, "@P0 EXIT", "STG.E [R4], R3", "EXIT")
    found = control_slice(assemble(*text))
    assert found is not None
    assert sorted(found.instructions) == [0, 2, 3, 5]


def test_a_way_that_depends_on_memory_is_refused(assemble: Assemble) -> None:
    compare = "ISETP.GE.AND P0, PT, R2, RZ, PT"
    for load in ("LDG.E R2, [R4]", "LDS R2, [R4]", "LDL R2, [R4]"):
        assert control_slice(assemble(load, compare, "@P0 EXIT", "EXIT")) is None
    assert control_slice(assemble("LDG.E R2, [R4]", "STG.E [R4], R2", "EXIT")) is not None
    assert control_slice(assemble("RED.E.ADD [R2], R0", "EXIT")) is None


def test_guards_belong_to_the_way_only_where_asked_for(assemble: Assemble) -> None:
    compare = "ISETP.GE.AND P0, PT, R2, RZ, PT"
    own = assemble("S2R R2, SR_TID.X", compare, "FADD R5, R6, R6", "@P0 MOV R3, R5", "EXIT")
    found = [control_slice(own, guards=guards) for guards in (False, True)]
    assert [sorted(s.instructions) for s in found if s is not None] == [[4], [0, 1, 4]]
    loaded = assemble("LDG.E R2, [R4]", compare, "@P0 MOV R3, R2", "EXIT")
    assert control_slice(loaded) is not None
    assert control_slice(loaded, guards=True) is None


def test_a_way_is_known_where_neither_a_guard_nor_an_address_depends_on_memory(assemble: Assemble) -> None:
    load, compare = "LDG.E R2, [R4]", "ISETP.GE.AND P0, PT, R2, RZ, PT"
    assert has_known_way(assemble(load, "STS [R0], R2", "EXIT"))
    assert has_known_way(assemble("S2R R0, SR_TID.X", "STS [R0], R2", "LDS R3, [R0+0x4]", "EXIT"))
    for last in ("STS [R2], R0", "LDS R3, [R2]", "LDG.E R3, [R2]", "STG.E [R2], R0"):
        assert not has_known_way(assemble(load, last, "EXIT"))
        assert not has_known_way(assemble("LDS R2, [R0]", "IADD R2, R2, 0x4", last, "EXIT"))
    assert not has_known_way(assemble(load, compare, "@P0 STS [R0], R5", "EXIT"))
    assert not has_known_way(assemble(load, compare, "@P0 EXIT", "EXIT"))


LOOP = (
    "S2R R0, SR_TID.X",
    ".L_x:",
    "STS [R0], R2",
    "BAR.SYNC 0x0",
    "LDS R3, [R0+0x4]",
    "IADD R1, R1, 0x1",
    "ISETP.LT.AND P0, PT, R1, c[0x0][0x140], PT",
    "@P0 BRA `(.L_x)",
)


def test_the_tail_is_what_no_way_leads_back_from(assemble: Assemble) -> None:
    """Neither to a barrier nor to shared memory: of a loop nothing, of what is behind it all."""
    program = assemble(*LOOP, "FSETP.LT.AND P1, PT, R3, RZ, PT", "@P1 EXIT", "STG.E [R4], R3", "EXIT")
    behind = len(LOOP) - 1  # a label is no instruction
    assert tail_of(program) == frozenset(range(behind, len(program.instructions)))
    cut = without_tail(program)
    assert [i.opcode for i in cut.instructions[behind:]] == ["EXIT"] * 4
    assert not any(i.is_guarded for i in cut.instructions[behind:])
    assert cut.instructions[:behind] == program.instructions[:behind]
    assert [i.offset for i in cut.instructions] == [i.offset for i in program.instructions]
    assert cut.digest != program.digest
    assert tail_of(assemble(*LOOP, "STS [R4], R3", "EXIT")) == frozenset({behind + 1})
    assert tail_of(assemble(*LOOP, "VOTE.ANY R6, PT, PT", "EXIT")) == frozenset({behind + 1})
    assert tail_of(assemble(*LOOP, "LD.E R2, [R4], P0", "EXIT")) == frozenset({behind + 1})


def test_data_may_steer_the_tail_but_say_no_place(assemble: Assemble) -> None:
    compare = "FSETP.LT.AND P1, PT, R3, RZ, PT"
    for steered in (("@P1 EXIT",), ("@P1 BRA `(.L_y)", "STG.E [R4], R3", ".L_y:"), ("@P1 STG.E [R4], R3",)):
        program = assemble(*LOOP, compare, *steered, "EXIT")
        assert has_known_phases(program) and not has_known_way(program)
        assert shared_memory_slice(without_tail(program)) is not None
    assert not has_known_phases(assemble(*LOOP, "STG.E [R3], R4", "EXIT"))
    assert not has_known_phases(assemble(*LOOP, compare, "@P1 IADD R4, R4, 0x4", "STG.E [R4], R3", "EXIT"))
    assert not has_known_phases(assemble(*LOOP, compare, "@P1 STS [R4], R3", "EXIT"))
    assert not has_known_phases(assemble(*LOOP, compare, "@P1 BRA `(.L_x)", "EXIT"))


def test_a_load_behind_a_store_matters_only_before_the_tail(assemble: Assemble) -> None:
    program = assemble("STS [RZ], R0", "STG.E [R2], R0", "LDG.E R4, [R2]", "ISETP.LT.AND P0, PT, R4, RZ, PT",
                       "@P0 EXIT", "EXIT")  # fmt: skip
    assert shared_memory_slice(program) is None
    assert shared_memory_slice(without_tail(program)) is not None
