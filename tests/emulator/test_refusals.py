"""What is not emulated is refused when the program is compiled, by kernel, offset and text; and everything
that is emulated has an oracle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from tests.emulator.bench import machine, offset_of_index, program
from tests.emulator.test_opcodes import GROUPS

from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.semantics.registry import implemented, semantics
from sassafras.errors import ListingError
from sassafras.isa.opcodes import MAXWELL

WITHOUT_MEANING = {"LDL": "LDL R0, [R4]", "STL": "STL [R4], R0", "DMNMX": "DMNMX R0, R4, R6, PT"}
"""Known to the parser (liveness needs them), not to the emulator."""

WITHOUT_THIS_FORM = (
    "XMAD.S16 R0, R4, R5, R6", "IADD3.RS R0.CC, R4, R5, R6", "IADD3.LS.X R0, R4, R5, R6",
    "LEA.HI R0, R4, R5, 0x3", "LEA R0, R4, R5, R6, 0x3",
    "LEA.HI R0, -R4, R5, R6, 0x3", "F2I.U16.F32 R0, R4", "F2I.S8.F32 R0, R4", "I2F.F64.S64 R0, R4",
    "I2F.F64.S32.RZ R0, R4", "I2F.F32.U64 R0, -R4",
    "I2F.F32.S32 R0, R4.H1", "I2I.S32.S8 R0, R4.H1", "F2F.F32.F64.RZ R0, R4", "F2F.F64.F64.SAT R0, R4",
    "DADD.RM R0, R4, R6", "DFMA.RP R0, R4, R6, R8",
    "LDC.U8 R0, c[0x2][R4]", "LDC R0, c[0x3][R4]", "MOV R0, c[0x3][0x10]", "MOV R0, c[0x2][0x1000]",
    "SYNC P0", "BRK CC.EQ", "RET P1", "BAR.SYNC 0x1",
    "BRA CC.CSM, `(.L_x)", "ISETP.T.X.AND P0, PT, R4, R5, PT", "ISET.F.X.AND R0, R4, R5, PT",
)  # fmt: skip


def test_opcodes_without_a_meaning_are_these() -> None:
    assert set(MAXWELL) - implemented() == set(WITHOUT_MEANING)
    assert implemented() <= set(MAXWELL)


@pytest.mark.parametrize("line", [*WITHOUT_MEANING.values(), *WITHOUT_THIS_FORM])
def test_refused_by_kernel_offset_and_text(line: str) -> None:
    compiled = machine("MOV R0, RZ", ".L_x:", line, "EXIT", constants=bytes(16), parameters=0)
    memory = DeviceMemory(lay_out([("a", 4)]))
    launch = Launch((1, 1, 1), (1, 1, 1), b"")
    for attempt in (compiled.run, compiled.profile, lambda one, two: compiled.arm(one, two, 0)):
        with pytest.raises(ListingError) as refusal:
            attempt(launch, memory)
        text = str(refusal.value)
        assert "bench" in text and f"{offset_of_index(1):#06x}" in text and line in text and "\n" not in text


@pytest.mark.parametrize("line", ["BAR.SYNC 0x0", "CAL `(.L_x)"])
def test_what_must_be_followed_by_an_instruction(line: str) -> None:
    compiled = machine(".L_x:", "MOV R0, RZ", line, parameters=0)
    with pytest.raises(ListingError, match="nothing follows"):
        compiled.arm(Launch((1, 1, 1), (1, 1, 1), b""), DeviceMemory(lay_out([("a", 4)])), 0)


@pytest.mark.parametrize(
    "line",
    [
        "VADD R0, R4, R5",
        "IADD.FTZ R0, R4, R5",
        "LDG R0, [R4]",
        "S2R R0, SR_CLOCKLO",
        "MUFU.TANH R0, R4",
        "FADD.X R0, R4, R5",
    ],
)
def test_the_parser_refuses_what_it_does_not_know(line: str) -> None:
    with pytest.raises(ListingError, match="bench"):
        program(line, "EXIT")


def test_an_opcode_has_one_meaning() -> None:
    with pytest.raises(ValueError, match="two meanings"):
        semantics("IADD")(lambda _p, _i: None)


def test_launches_that_do_not_fit_the_kernel_are_refused() -> None:
    compiled = machine("MOV R0, c[0x0][0x14c]", "EXIT", parameters=16)
    memory = DeviceMemory(lay_out([("a", 4)]))
    with pytest.raises(ValueError, match="16 bytes"):
        compiled.run(Launch((1, 1, 1), (1, 1, 1), bytes(15)), memory)
    for block in ((0, 1, 1), (1025, 1, 1), (32, 33, 1)):
        with pytest.raises(ValueError, match="1024"):
            compiled.run(Launch((1, 1, 1), block, bytes(16)), memory)
    good = Launch((2, 1, 1), (4, 1, 1), bytes(16))
    for number, threads in ((2, None), (-1, None), (0, [4]), (0, [-1]), (0, []), (0, [1, 1])):
        with pytest.raises(ValueError, match="no such"):
            compiled.arm(good, memory, number, threads)


# every meaning has an oracle
# --------------------------------------------------------------------------------------

HERE = Path(__file__).parent
BEHAVIOUR = "\n".join(
    (HERE / f"test_{name}.py").read_text() for name in ("memory_access", "control", "traps", "idioms")
)
ELSEWHERE = {"MUFU": {"RSQ", "EX2", "LG2", "SIN", "COS"}}  # test_transcendental
HINTS = {
    "LDG": {"CI", "CG", "CV", "LU"}, "STG": {"CG", "CS", "WT"}, "STS": set(), "MEMBAR": {"GL", "SYS",
        "IVALLD"}, "CAL": {"NOINC"},
    "RED": {"U32"},
}  # fmt: skip
"""Modifiers without effect on values: caches, ordering, defaults."""
DEFAULT_ROUNDING = "RN"
REFUSED = {
    "F2I": {"U8", "S8", "U16", "S16"}, "DADD": {"RM", "RP", "RZ"}, "DMUL": {"RM", "RP", "RZ"},
    "DFMA": {"RM", "RP", "RZ"}, "F2F": {"RM", "RP", "RZ"},
    "LDC": {"U8", "S8", "U16", "S16"},
}  # fmt: skip


def with_oracle() -> dict[str, set[str]]:
    """Opcode -> modifiers that occur in an instruction with an oracle."""
    found: dict[str, set[str]] = defaultdict(set)
    texts = [v.text for group in GROUPS.values() for v in group.variants()] + ["LOP3.LUT"]
    texts += re.findall(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9_]+)*", BEHAVIOUR)
    for text in texts:
        head = re.sub(r"^@!?P\w\s+", "", text).split()[0]
        opcode, *modifiers = head.split(".")
        found[opcode].update(modifiers)
    for opcode in ("LDG", "STG", "LDS", "STS"):  # their tests make the widths by formatting
        found[opcode] |= {"U8", "S8", "U16", "S16", "32", "64", "128"}
    found["RED"] |= {"F32", "FTZ", "S32"}
    return found


def test_every_implemented_opcode_has_an_oracle() -> None:
    assert implemented() <= set(with_oracle())


@pytest.mark.parametrize("opcode", sorted(implemented()))
def test_every_modifier_has_an_oracle_or_a_reason(opcode: str) -> None:
    known = {modifier for field in MAXWELL[opcode].fields for modifier in field.alternatives}
    covered = (
        with_oracle()[opcode]
        | ELSEWHERE.get(opcode, set())
        | HINTS.get(opcode, set())
        | REFUSED.get(opcode, set())
        | {DEFAULT_ROUNDING}
    )
    assert not known - covered
