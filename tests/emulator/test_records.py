"""What an instruction touches and where it leads, as its record declares it, against what its semantic
function really asks of the ports. Populations of faults, liveness, slices and stories are made of the former.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.emulator.forms import form_of, forms, parsed
from tests.emulator.recording import RecordingFunction, differences
from tests.kernels.sample import LISTINGS

from sassafras.architectures.registry import DEFAULT
from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics.registry import implemented, maxwell
from sassafras.errors import ListingError
from sassafras.isa.family import MAXWELL as MAXWELL_FAMILY
from sassafras.isa.kinds import Access, Action, Space
from sassafras.isa.locations import Effects, File
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.program import Instruction, Program
from sassafras.kernels.programs import bundled_architectures, bundled_kernels, load_program


def found_in(program: Program) -> list[str]:
    """Differences in the second instruction of a program."""
    function = RecordingFunction(program, lambda i: i.index == 1)
    function.emit()
    return differences(program.instructions[1], function.seen[1])


@pytest.mark.alike(3)
@pytest.mark.parametrize("opcode", sorted(implemented(MAXWELL_FAMILY)))
def test_every_form_reads_and_writes_what_its_record_declares(opcode: str) -> None:
    carried_out = 0
    for text in dict.fromkeys(forms(MAXWELL[opcode])):
        program = parsed(text)
        if program is None:  # the record does not allow this operand
            continue
        try:
            assert found_in(program) == []
        except ListingError:  # tests.emulator.test_refusals says which forms
            continue
        carried_out += 1
    assert carried_out


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(sorted(LISTINGS), id="the sample"),
        pytest.param(bundled_kernels(), id="all", marks=pytest.mark.slow),
    ],
)
def test_every_instruction_of_the_bundled_kernels_does_what_its_record_declares(names: Sequence[str]) -> None:
    assert _recorded(names, DEFAULT) > 300


@pytest.mark.parametrize(
    "arch",
    [
        pytest.param(
            arch, marks=pytest.mark.long if arch == "sm_90" else pytest.mark.slow
        )  # sm_90 has forms of its own
        for arch in bundled_architectures()
        if arch != DEFAULT
    ],
)
@pytest.mark.parametrize(
    "names",
    [
        pytest.param(sorted(LISTINGS), id="the sample"),
        pytest.param(bundled_kernels(), id="all", marks=pytest.mark.slow),
    ],
)
def test_so_does_every_instruction_on_other_architectures(names: Sequence[str], arch: str) -> None:
    assert _recorded(names, arch) > 300


def _recorded(names: Sequence[str], arch: str) -> int:
    """Forms of instructions that were looked at."""
    known: set[tuple[object, ...]] = set()
    for kernel in names:
        program = load_program(kernel, arch)
        new = {form_of(i): i for i in program.instructions if form_of(i) not in known}
        known |= set(new)
        function = RecordingFunction(program, list(new.values()).__contains__)
        function.emit()
        assert [text for i in new.values() for text in differences(i, function.seen[i.index])] == [], kernel
    return len(known)


LIES = [
    ("IADD.X R0.CC, R4, R5", {"registers_read": (4,)}),
    ("IADD.X R0.CC, R4, R5", {"registers_read": (4, 5, 6)}),
    ("IADD.X R0.CC, R4, R5", {"registers_written": ()}),
    ("IADD.X R0.CC, R4, R5", {"reads_cc": False}),
    ("IADD.X R0.CC, R4, R5", {"writes_cc": False}),
    ("@P3 SEL R0, R4, R5, P2", {"guard": None}),
    ("SEL R0, R4, R5, P2", {"predicates_read": ()}),
    ("ISETP.EQ.AND P0, P1, R4, R5, PT", {"predicates_written": (0,)}),
    ("STG.E.64 [R4], R6", {"registers_read": (4, 5, 6)}),
    ("STG.E.64 [R4], R6", {"access": Access(Space.GLOBAL, Action.STORE, 4)}),
    ("STG.E.64 [R4], R6", {"access": Access(Space.SHARED, Action.STORE, 8)}),
    ("STG.E.64 [R4], R6", {"access": Access(Space.LOCAL, Action.STORE, 8)}),
    ("DADD R0, R2, c[0x0][0x148]", {"constants": ()}),
    ("LDC R0, c[0x2][R4]", {"constants": ()}),
]


@pytest.mark.parametrize(("text", "lie"), LIES)
def test_a_record_that_declares_something_else_is_noticed(text: str, lie: dict[str, object]) -> None:
    program = parsed(text)
    assert program is not None and found_in(program) == []
    first, honest, last = program.instructions
    effects: Effects = replace(honest.effects, **lie)  # type: ignore[arg-type]
    lying = replace(program, instructions=(first, replace(honest, effects=effects), last))
    assert len(found_in(lying)) == 1


@pytest.mark.parametrize(("opcode", "flow_of"), [("NOP", "EXIT"), ("EXIT", "NOP")])
def test_a_record_that_leads_elsewhere_is_noticed(opcode: str, flow_of: str) -> None:
    program = parsed(next(forms(MAXWELL[opcode])))
    assert program is not None
    first, honest, last = program.instructions
    other = MAXWELL[flow_of]
    record = replace(honest.record, flow=other.flow, stack=other.stack)
    lying = replace(program, instructions=(first, replace(honest, record=record), last))
    assert len(found_in(lying)) == 1


def test_a_function_that_reads_one_register_more_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = maxwell.by_opcode["MOV"]

    def curious(p: Ports, i: Instruction) -> None:
        p.register(9)
        honest(p, i)

    monkeypatch.setitem(maxwell.by_opcode, "MOV", curious)
    program = parsed("MOV R0, R4")
    assert program is not None
    (found,) = found_in(program)
    assert File.REGISTERS.value in found and "number=9" in found
