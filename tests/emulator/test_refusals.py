"""What is not emulated is refused when the program is compiled, by kernel, offset and text; and everything
that is emulated has an oracle.
"""

from __future__ import annotations

import pickle
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.emulator.atomics import ATOM, ATOMS, RED
from tests.emulator.bench import listing, machine, offset_of_index, program
from tests.emulator.test_opcodes import GROUPS

from sassafras.architectures.registry import program_of
from sassafras.emulator.armed_function import ArmedFunction
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.registry import implemented, maxwell
from sassafras.errors import GoldenTrap, ListingError, UsageError
from sassafras.isa.family import MAXWELL as MAXWELL_FAMILY
from sassafras.isa.kinds import Space
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.operands import Immediate
from sassafras.isa.program import Instruction
from sassafras.isa.refusals import CONSTRUCTS

WITHOUT_MEANING: dict[str, str] = {}
"""Known to the parser (liveness needs them), not to the emulator."""

WITHOUT_THIS_FORM = (
    "XMAD.S16 R0, R4, R5, R6", "IADD3.RS R0.CC, R4, R5, R6", "IADD3.LS.X R0, R4, R5, R6",
    "LEA.HI R0, R4, R5, 0x3", "LEA R0, R4, R5, R6, 0x3", "LEA R0, R4, R5, R6",
    "LEA.HI P0, R0, R4, R5, 0x3", "LEA P0, R0, R4, R5, R6",
    "ATOM.E.CAS R0, [R4], R6", "ATOM.E.ADD R0, [R4], R6, R7", "ATOM.E.MIN.F32.FTZ.RN R0, [R4], R6",
    "RED.E.INC.S32 [R4], R6", "ATOM.E.DEC.U64 R0, [R4], R6", "ATOMS.ADD.U64 R0, [R4], R6",
    "LEA.HI R0, -R4, R5, R6, 0x3", "I2F.F32.U64 R0, -R4", "I2F.F64.S64 R0, -|R4|",
    "I2F.F32.S32 R0, R4.H1", "I2I.S32.S8 R0, R4.H1", "I2I.S32.S16 R0, R4.B1", "I2F.F32.S32 R0, R4.B1",
    "F2F.F64.F64.SAT R0, R4", "F2F.F16.F64 R0, R4", "F2F.F16.F32.FLOOR R0, R4", "F2F.F32.F32 R0, R4.H1",
    "IADD.SAT R0.CC, R4, R5", "IADD.X.SAT R0, R4, R5", "IMNMX.XLO R0, R4, R5, PT", "IMNMX R0.CC, R4, R5, PT",
    "IMNMX.U32.XLO R0.CC, R4, R5, PT", "P2R R0, CC, R4, 0x3", "R2P CC, R4, 0x1",
    "CSETP.EQ.AND P0, PT, PR, PT",
    "MUFU.RCP64H.SAT R0, R4", "FCMP.NEU R0, R4, -QNAN, R5",
    "VADD.U8 R0, R4, R5, R6", "VADD.U8.U8 R0, R4.H1, R5, R6", "VABSDIFF4 R0, R4, R5, R6",
    "VMAD.PO R0, -R4, R5, R6",
    "LDC R0, c[0x3][R4]", "LDC R0, c[0x4][R4]", "MOV R0, c[0x3][0x10]", "MOV R0, c[0x2][0x1000]",
    "BAR.SYNC 0x10", "BAR.RED.AND 0x0", "BAR.SYNC 0x0, P0", "BAR.ARV.OR 0x1, 0x20",
    "BRA CC.CSM, `(.L_x)", "ISETP.T.X.AND P0, PT, R4, R5, PT", "ISET.F.X.AND R0, R4, R5, PT",
)  # fmt: skip


def test_opcodes_without_a_meaning_are_these() -> None:
    assert set(MAXWELL) - implemented(MAXWELL_FAMILY) == set(WITHOUT_MEANING)
    assert implemented(MAXWELL_FAMILY) <= set(MAXWELL)


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
        "IMADSP R0, R4, R5, R6",
        "IADD.FTZ R0, R4, R5",
        "LDG R0, [R4]",
        "S2R R0, SR_PM0",
        "MUFU.TANH R0, R4",
        "FADD.X R0, R4, R5",
    ],
)
def test_the_parser_refuses_what_it_does_not_know(line: str) -> None:
    with pytest.raises(ListingError, match="bench"):
        program(line, "EXIT")


def test_all_refusals_of_a_kernel_come_together() -> None:
    """By form, each with its first place and how often; textures and surfaces in CUDA's words."""
    lines = [
        "MOV R0, RZ",
        "TEX R0, R4, R5, 0x0",
        "IADD.FTZ R0, R4, R5",
        "@P0 TEX R2, R6, R7, 0x0",
        "SULD R0, [R4]",
    ]
    with pytest.raises(ListingError) as refusal:
        program(*lines, "EXIT")
    text = str(refusal.value)
    assert text.count("TEX") == 2 and "(2 times)" in text and "tex2D" in text and "surf2Dread" in text
    assert all(f"{offset_of_index(k):#06x}" in text for k in (1, 2, 4)) and "\n" not in text
    compiled = machine("MOV R0, RZ", "BAR.SYNC 0x10", "FCMP.NEU R0, R4, -QNAN, R5", "EXIT", parameters=0)
    with pytest.raises(ListingError) as refusal:
        compiled.arm(Launch((1, 1, 1), (1, 1, 1), b""), DeviceMemory(lay_out([("a", 4)])), 0)
    text = str(refusal.value)
    assert text.startswith("bench (sm_50)+") and "BAR.SYNC 0x10" in text and "-hex" in text


def test_a_refusal_comes_back_from_a_worker_as_it_was() -> None:
    with pytest.raises(ListingError) as refusal:
        program("TEX R0, R4, R5, 0x0", "EXIT")
    back = pickle.loads(pickle.dumps(refusal.value))  # noqa: S301  (our own bytes)
    assert str(back) == str(refusal.value)


def test_of_very_many_forms_some_are_named() -> None:
    with pytest.raises(ListingError, match=r'"TEX0 R0".*"TEX11 R0".*; and 8 more forms; compile') as refusal:
        program(*(f"TEX{k} R0" for k in range(20)), "EXIT")
    assert "TEX12" not in str(refusal.value)


def test_a_construct_is_named_for_no_opcode_that_is_known() -> None:
    assert not set(CONSTRUCTS) & set(MAXWELL)


def test_the_payload_of_a_nan_comes_from_the_encoding() -> None:
    """Of `double log`: the literal is the upper word of -Inf (nvdisasm -hex prints bits 20 to 38 and 56)."""
    text = listing(["FCMP.NEU R0, R4, -QNAN, R5", "EXIT"])
    encoded = text.replace("R5 ;", "R5 ;  /* 0x37ad027ff0070403 */")
    metadata = KernelMetadata("bench", "sm_50", 8, 0, 0x140, ())
    _, _, literal, _ = program_of(encoded, metadata).instructions[0].operands
    assert literal == Immediate(0xFFF00000)


def test_an_opcode_has_one_meaning() -> None:
    with pytest.raises(ValueError, match="two meanings"):
        maxwell("IADD")(lambda _p, _i: None)


def test_launches_that_do_not_fit_the_kernel_are_refused() -> None:
    compiled = machine("MOV R0, c[0x0][0x14c]", "EXIT", parameters=16)
    memory = DeviceMemory(lay_out([("a", 4)]))
    with pytest.raises(UsageError, match="16 bytes"):
        compiled.run(Launch((1, 1, 1), (1, 1, 1), bytes(15)), memory)
    for block in ((0, 1, 1), (1025, 1, 1), (32, 33, 1)):
        with pytest.raises(UsageError, match="1024"):
            compiled.run(Launch((1, 1, 1), block, bytes(16)), memory)
    good = Launch((2, 1, 1), (4, 1, 1), bytes(16))
    for number, threads in ((2, None), (-1, None), (0, [4]), (0, [-1]), (0, []), (0, [1, 1])):
        with pytest.raises(ValueError, match="no such"):
            compiled.arm(good, memory, number, threads)


@pytest.mark.parametrize(
    ("grid", "block", "side"),
    [
        ((0, 1, 1), (1, 1, 1), "grid.x"), ((-1, 1, 1), (1, 1, 1), "grid.x"),
        ((-1, -1, 1), (1, 1, 1), "grid.x"), ((2**31, 1, 1), (1, 1, 1), "grid.x"),
        ((1, 65536, 1), (1, 1, 1), "grid.y"), ((1, 1, 65536), (1, 1, 1), "grid.z"),
        ((1, 1, 1), (0, 1, 1), "block.x"), ((1, 1, 1), (-1, -1, 1), "block.x"),
        ((1, 1, 1), (1, 1, 65), "block.z"), ((1, 1, 1), (1, 1025, 1), "block.y"),
        ((1, 1, 1), (32, 33, 1), "1056"),
    ],
)  # fmt: skip
def test_launches_beyond_the_limits_are_refused(
    grid: tuple[int, int, int], block: tuple[int, int, int], side: str
) -> None:
    compiled = machine("EXIT", parameters=0)
    memory, launch = DeviceMemory(lay_out([("a", 4)])), Launch(grid, block, b"")
    for attempt in (compiled.run, compiled.profile):
        with pytest.raises(UsageError, match=rf"^bench: .*{side}"):
            attempt(launch, memory)


def test_launches_at_the_limits_run() -> None:
    compiled = machine("EXIT", parameters=0)
    memory = DeviceMemory(lay_out([("a", 4)]))
    for grid, block in (((1, 65535, 1), (1, 1, 1)), ((1, 1, 1), (1, 16, 64)), ((1, 1, 2), (1024, 1, 1))):
        launch = Launch(grid, block, b"")
        assert compiled.run(launch, memory).instructions == launch.threads


def test_a_trap_without_a_fault_names_kernel_launch_and_instruction() -> None:
    compiled = machine("MOV R2, RZ", "MOV R3, RZ", "LDG.E R0, [R2]", "EXIT", parameters=0)
    memory = DeviceMemory(lay_out([("a", 4)]))
    with pytest.raises(GoldenTrap) as refusal:
        compiled.profile(Launch((2, 1, 1), (4, 1, 1), b""), memory)
    text = str(refusal.value)
    named = ("bench", "grid (2, 1, 1)", "block (4, 1, 1)", '0x0018, "LDG.E R0, [R2]"', "ILLEGAL_ADDRESS")
    assert all(part in text for part in named) and "\n" not in text


def test_a_kernel_without_parameters_or_with_a_last_byte_reads_its_bank() -> None:
    memory = DeviceMemory(lay_out([("a", 4)]))
    for line, nbytes in (("MOV R0, c[0x0][0x8]", 0), ("MOV R0, c[0x0][0x140]", 1)):
        compiled = machine(line, "EXIT", parameters=nbytes)
        assert compiled.run(Launch((1, 1, 1), (1, 1, 1), bytes(nbytes)), memory).trap is None


# every meaning has an oracle
# --------------------------------------------------------------------------------------

HERE = Path(__file__).parent
BEHAVIOUR = "\n".join(
    (HERE / f"test_{name}.py").read_text()
    for name in (
        *("memory_access", "control", "traps", "idioms", "warp_opcodes"),
        *("local_memory", "constant_banks"),
    )
)
ELSEWHERE = {"MUFU": {"RSQ", "EX2", "LG2", "SIN", "COS"}}  # test_transcendental
HINTS = {
    **{load: {"CI", "CG", "CS", "CV", "LU", "U"} for load in ("LD", "LDG", "LDL")},
    **{store: {"CG", "CS", "WT"} for store in ("ST", "STG", "STL")},
    "STS": set(), "MEMBAR": {"GL", "SYS", "IVALLD"}, "CAL": {"NOINC"},
    "CCTL": {"E", "PF1", "PF2", "WB", "IV", "IVALL", "RS", "WBALL"},
}  # fmt: skip
"""Modifiers without effect on values: caches, ordering, defaults."""
DEFAULT_ROUNDING = "RN"
REFUSED: dict[str, set[str]] = {}


def with_oracle() -> dict[str, set[str]]:
    """Opcode -> modifiers that occur in an instruction with an oracle."""
    found: dict[str, set[str]] = defaultdict(set)
    texts = [v.text for group in GROUPS.values() for v in group.variants()] + ["LOP3.LUT"]
    texts += re.findall(r"[A-Z][A-Z0-9]+(?:\.[A-Z0-9_]+)*", BEHAVIOUR)
    for text in texts:
        head = re.sub(r"^@!?P\w\s+", "", text).split()[0]
        opcode, *modifiers = head.split(".")
        found[opcode].update(modifiers)
    for opcode in ("LD", "ST", "LDC", "LDG", "STG", "LDL", "STL", "LDS", "STS"):  # made by formatting
        found[opcode] |= {"U8", "S8", "U16", "S16", "32", "64", "128"}
    for opcode, made in (("RED", RED), ("ATOM", ATOM), ("ATOMS", ATOMS)):  # test_atomic_operations
        found[opcode] |= {word for form in made for word in form.suffix.split(".")} | {"E"}
    return found


def test_every_implemented_opcode_has_an_oracle() -> None:
    assert implemented(MAXWELL_FAMILY) <= set(with_oracle())


@pytest.mark.parametrize("opcode", sorted(implemented(MAXWELL_FAMILY)))
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


def test_an_access_without_room_in_the_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An opcode whose operands name no address, or that accesses twice, would write behind the log's end."""

    def access(times: int) -> Callable[[Ports, Instruction], None]:
        def meaning(p: Ports, i: Instruction) -> None:
            for _ in range(times):
                p.build.store(Space.GLOBAL, I64(0), [I32(0)])

        return meaning

    for line, times in (("NOP", 1), ("STG.E [R2], R4", 2)):
        monkeypatch.setitem(maxwell.by_opcode, line[:3], access(times))
        compiled = ArmedFunction(program(line, "EXIT", parameters=0))
        with pytest.raises(ListingError, match=r"^bench .*0x0008.*no room"):
            compiled.emit()
