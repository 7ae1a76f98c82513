"""Copies from global to shared memory (LDGSTS), byte by byte."""

from __future__ import annotations

import pytest
from tests.emulator.recording import RecordingFunction, differences
from tests.emulator.turing.bench import program
from tests.emulator.turing.running import drawn, ran

from sassafras.emulator.traps import TrapKind
from sassafras.isa.opcodes.fidelity import Degree

BUILDS = pytest.mark.parametrize("armed", [pytest.param(False, marks=pytest.mark.long), True])
#: In which threads of a warp keep 16 bytes each; R6 is the place of the thread's own.
START = ("IMAD R6, R0, 0x10, RZ", "MOV R8, 0xabababab", *(f"STS [R6+{4 * k:#x}], R8" for k in range(4)))
END = ("LDGDEPBAR", "DEPBAR.LE SB0, 0x0", "LDS.128 R12, [R6]", "STG.E.128 [R2.64+0x20], R12", "EXIT")
STALE = b"\xab"


@BUILDS
@pytest.mark.parametrize(
    ("text", "nbytes"), [("LDGSTS.E", 4), ("LDGSTS.E.64", 8), ("LDGSTS.E.BYPASS.LTC128B.128", 16)]
)
def test_copies(text: str, nbytes: int, armed: bool) -> None:
    """Where the guard or the predicate does not hold, nothing is copied."""
    rows = drawn(64, 31)
    guard = "ISETP.NE.AND P0, PT, R0, 0x5, PT", "ISETP.NE.AND P1, PT, R0, 0x6, PT"
    lines = [*START, *guard, f"@P0 {text} [R6], desc[UR4][R2.64+0x10], P1", *END]
    got, trap = ran(lines, rows, armed=armed, shared=1024)
    assert trap is None
    for thread, (given, left) in enumerate(zip(rows, got, strict=True)):
        copied = b"" if thread in (5, 6) else given[4:8].tobytes()[:nbytes]
        assert left[8:12].tobytes() == copied.ljust(16, STALE)


@BUILDS
@pytest.mark.parametrize(
    ("text", "nbytes"), [("LDGSTS.E.ZFILL", 4), ("LDGSTS.E.64.ZFILL", 8), ("LDGSTS.E.128.ZFILL", 16)]
)
def test_copies_with_zeros_at_the_end(text: str, nbytes: int, armed: bool) -> None:
    """The low bits of the address say how many; without the predicate all are, and nothing is read."""
    rows = drawn(64, 32)
    lines = [
        *(*START, f"LOP3.LUT R9, R0, {nbytes - 1:#x}, RZ, 0xc0, !PT", "IADD3 R10, P2, R2, R9, RZ"),
        *("IADD3.X R11, R3, RZ, RZ, P2, !PT", "ISETP.LT.U32.AND P1, PT, R0, 0x30, PT"),
        *("SEL R11, R11, RZ, P1", f"{text} [R6], [R10.64+0x10], P1", *END),
    ]
    got, trap = ran(lines, rows, armed=armed, shared=1024)
    assert trap is None
    for thread, (given, left) in enumerate(zip(rows, got, strict=True)):
        cleared = nbytes if thread >= 0x30 else thread % nbytes
        copied = given[4:8].tobytes()[: nbytes - cleared].ljust(nbytes, b"\0")
        assert left[8:12].tobytes() == copied.ljust(16, STALE)


@BUILDS
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("LDGSTS.E.128 [R6], [R2.64+0x4]", TrapKind.MISALIGNED_ADDRESS),
        ("LDGSTS.E.64 [R6+0x4], [R2.64]", TrapKind.MISALIGNED_ADDRESS),
        ("LDGSTS.E [R6+0x400], [R2.64]", TrapKind.SHARED_OUT_OF_RANGE),
        ("LDGSTS.E [R6], [0x10]", TrapKind.ILLEGAL_ADDRESS),
    ],
)
def test_wrong_addresses_trap(text: str, kind: TrapKind, armed: bool) -> None:
    _, trap = ran([*START, text, *END], drawn(64, 33), armed=armed, shared=1024)
    assert trap is not None and (trap.kind, trap.thread) == (kind, 0)


FORMS = [
    f"LDGSTS.E{size}{fill} [R6+UR6+0x10], [R2.64+UR8]{asked}"
    for size in ("", ".64", ".128")
    for fill, asked in (("", ""), ("", ", P1"), (".ZFILL", ", !P1"), (".ZFILL", ""))
]


def test_every_form_reads_and_writes_what_its_record_declares() -> None:
    code = program(*FORMS, "@P3 LDGSTS.E [R6.X4+0x10], [R2.64]", "LDGDEPBAR", "EXIT")
    function = RecordingFunction(code)
    function.emit()
    assert [text for i in code.instructions for text in differences(i, function.seen[i.index])] == []
    assert {i.fidelity.degree for i in code.instructions[:-2]} == {Degree.BORDER}


def test_a_program_that_copies_runs_in_lock_step() -> None:
    assert program("LDGSTS.E [R6], [R2.64]", "EXIT").is_warp_synchronous
    assert not program("LDG.E R6, [R2.64]", "EXIT").is_warp_synchronous
