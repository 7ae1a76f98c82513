"""Calls and jumps to computed addresses, functions outside of a kernel, barriers kept in registers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.turing.running import drawn, ran

from sassafras.emulator.traps import TrapKind
from sassafras.errors import ListingError
from sassafras.isa.module import External, Module

BUILDS = pytest.mark.parametrize("armed", [False, True])
WARP = 32
#: ``assert``: bank 4 has the address of a function that is not in the file.
ASSERTING = Module("0" * 64, b"", 0, 0, 16, externals=(External(8, "__assertfail"),))
START = 0x40  #: where the lines of a test begin


@BUILDS
def test_a_failed_assertion_stops_the_grid(armed: bool) -> None:
    rows = drawn(WARP, 1)
    rows[:, 0] = 1
    lines = [
        *("LDG.E R8, [R2.64]", "ISETP.NE.AND P0, PT, R8, RZ, PT", "@P0 BRA `(.L_x)", "MOV R10, 0x8"),
        *("LDC.64 R12, c[0x4][R10]", "LEPC R14", "MOV R20, 0x1000", "CALL.ABS.NOINC R12", ".L_x:", "EXIT"),
    ]
    assert ran(lines, rows, armed=armed, module=ASSERTING)[1] is None
    rows[7, 0] = 0
    trap = ran(lines, rows, armed=armed, module=ASSERTING)[1]
    assert trap is not None and trap.kind is TrapKind.ASSERTION


def test_any_other_absolute_address_is_an_error() -> None:
    trap = ran(["MOV R12, 0x40", "MOV R13, RZ", "CALL.ABS.NOINC R12", "EXIT"], drawn(1, 2), armed=False)[1]
    assert trap is not None and trap.kind is TrapKind.INVALID_PC


@BUILDS
def test_lepc_is_where_it_stands(armed: bool) -> None:
    got, trap = ran(["NOP", "LEPC R8", "STG.E.64 [R2.64], R8", "EXIT"], drawn(WARP, 3), armed=armed)
    assert trap is None
    assert (got[:, :2] == [START + 0x10, 0]).all()


@BUILDS
def test_functions_whose_address_is_in_registers(armed: bool) -> None:
    rows = drawn(WARP, 4)
    lines = [
        *("LDG.E R8, [R2.64]", "LOP3.LUT R8, R8, 0x1, RZ, 0xc0, !PT", "IMAD R8, R8, 0x20, RZ"),
        *("IADD3 R8, R8, 0xe0, RZ", "MOV R9, RZ", "MOV R20, 0xb0", "CALL.REL.NOINC R8 0x0"),
        *("STG.E [R2.64+0x4], R10", "EXIT", "NOP"),
        *("MOV R10, 0x11", "RET.REL.NODEC R20 0x0", "MOV R10, 0x22", "RET.REL.NODEC R20 0x0"),
    ]
    lines.insert(5, "MOV R21, RZ")
    lines = [line.replace("0xe0", "0xf0").replace("0xb0", "0xc0") for line in lines]
    got, trap = ran(lines, rows, armed=armed)
    assert trap is None
    assert got[:, 1].tolist() == np.where(rows[:, 0] & 1, 0x22, 0x11).tolist()


@BUILDS
@pytest.mark.parametrize("jump", ["BRX R8 -0xa0", "BRXU UR8 -0xa0"])
def test_jumps_to_the_sum_of_a_register_and_what_follows(jump: str, armed: bool) -> None:
    rows = drawn(WARP, 5)
    if jump.startswith("BRXU"):
        rows[:, 0] &= 0xFFFFFFFE
    lines = [
        *("LDG.E R8, [R2.64]", "LOP3.LUT R8, R8, 0x1, RZ, 0xc0, !PT", "IMAD R8, R8, 0x30, RZ"),
        *("IADD3 R8, R8, 0xa0, RZ", "R2UR UR8, R8", jump),
        *("MOV R10, 0x11", "STG.E [R2.64+0x4], R10", "EXIT"),
        *("MOV R10, 0x22", "STG.E [R2.64+0x4], R10", "EXIT"),
    ]
    got, trap = ran(lines, rows, armed=armed)
    assert trap is None
    assert got[:, 1].tolist() == np.where(rows[:, 0] & 1, 0x22, 0x11).tolist()


@BUILDS
def test_a_breakpoint_stops_the_grid(armed: bool) -> None:
    trap = ran(["BPT.TRAP 0x1", "EXIT"], drawn(1, 6), armed=armed)[1]
    assert trap is not None and trap.kind is TrapKind.TRAP


#: The upper half of the lanes calls a function that uses B0 itself, and saves it; the lower half waits.
SAVING = (
    *("BSSY B0, `(.L_end)", "ISETP.GE.AND P0, PT, R0, 0x10, PT", "@!P0 BRA `(.L_end)"),
    *("BMOV.32.CLEAR R20, B0", "BSSY B0, `(.L_in)", "ISETP.GE.AND P1, PT, R0, 0x18, PT", "@!P1 BRA `(.L_in)"),
    *("NOP", ".L_in:", "BSYNC B0", "VOTE.ANY R9, PT, PT", "BMOV.32 B0, R20", "NOP", ".L_end:", "BSYNC B0"),
    *("VOTE.ANY R8, PT, PT", "STG.E.64 [R2.64], R8", "EXIT"),
)


@BUILDS
def test_lanes_wait_for_those_that_have_saved_their_barrier(armed: bool) -> None:
    got, trap = ran(SAVING, drawn(WARP, 7), armed=armed)
    assert trap is None
    assert got[:, 0].tolist() == [0xFFFFFFFF] * WARP
    assert got[16:, 1].tolist() == [0xFFFF0000] * 16


@BUILDS
def test_what_only_orders_and_waits_changes_nothing(armed: bool) -> None:
    rows = drawn(2, 8)
    lines = [
        *("CCTL.IVALL", "CCTL.E.PF2 [R2]", "DEPBAR.LE SB0, 0x1", "NANOSLEEP 0x1c2", "NANOSLEEP R0", "YIELD"),
        *("ERRBAR", "MEMBAR.SC.GPU", "MEMBAR.ALL.SYS", "EXIT"),
    ]
    got, trap = ran(lines, rows, armed=armed)
    assert trap is None and (got == rows).all()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("BMOV.32 R4, B0", "read and not cleared"),
        ("HADD2.F32 R4, R5, R6", "only as the conversion of one half"),
        ("VABSDIFF4.U8 R4, R5, R6, RZ", "with .ACC"),
        ("HGMMA.64x8x16.F32 R4, gdesc[UR4], R4", "opcode HGMMA is not supported"),
        ("UTMALDG.2D [UR4], [UR8]", "opcode UTMALDG is not supported"),
    ],
)
def test_what_is_not_known_is_refused_by_name(line: str, why: str) -> None:
    with pytest.raises(ListingError, match=why):
        ran([line, "EXIT"], drawn(1, 9), armed=False)
