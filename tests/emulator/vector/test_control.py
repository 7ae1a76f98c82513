"""Lanes that part and meet, wait and end: wide equals thread by thread."""

from __future__ import annotations

import pytest
from tests.emulator.bench import offset_of_index
from tests.emulator.vector.both import WIDTHS, Both
from tests.emulator.vector.programs import START, launched, storing
from tests.kernels.sample import sampled

SIZES = ((1, 1), (31, 2), (32, 1), (33, 3), (70, 2), (256, 1))
LANES = pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))

BRANCHES = (
    "ISETP.GT.AND P0, PT, R9, 0x7, PT",
    "@P0 BRA `(.L_else)",
    "IADD32I R4, R4, 0x1",
    "BRA `(.L_meet)",
    ".L_else:",
    "IADD R4, R4, R0",
    ".L_meet:",
    "IADD32I R4, R4, 0x100",
)
NESTED = (
    "LOP32I.AND R5, R0, 0x1",
    "ISETP.NE.AND P0, PT, R5, RZ, PT",
    "LOP32I.AND R5, R0, 0x4",
    "ISETP.NE.AND P1, PT, R5, RZ, PT",
    "SSY `(.L_meet)",
    "@P0 BRA `(.L_odd)",
    "IADD32I R4, R4, 0x1",
    "SYNC",
    ".L_odd:",
    "SSY `(.L_inner)",
    "@P1 BRA `(.L_four)",
    "IADD32I R4, R4, 0x10",
    "SYNC",
    ".L_four:",
    "IADD32I R4, R4, 0x20",
    "SYNC",
    ".L_inner:",
    "@!P1 IADD32I R4, R4, 0x400",
    "SYNC",
    ".L_meet:",
    "IADD32I R4, R4, 0x1000",
)
LOOP = (
    "LOP32I.AND R5, R0, 0xb",
    "MOV R6, RZ",
    "SSY `(.L_out)",
    ".L_round:",
    "IADD R4, R4, R6",
    "IADD32I R6, R6, 0x3",
    "IADD32I R5, R5, -0x1",
    "ISETP.GT.AND P0, PT, R5, RZ, PT",
    "@P0 BRA `(.L_round)",
    "SYNC",
    ".L_out:",
    "IADD32I R4, R4, 0x10000",
)
BREAKS = (
    "MOV R6, RZ",
    "PBK `(.L_out)",
    ".L_round:",
    "SSY `(.L_cont)",
    "LOP32I.AND R5, R6, 0x1",
    "ISETP.EQ.AND P1, PT, R5, RZ, PT",
    "ISETP.GE.AND P0, PT, R6, R9, PT",
    "@P0 BRK",
    "@P1 SYNC",
    "IADD32I R4, R4, 0x100",
    "SYNC",
    ".L_cont:",
    "IADD R4, R4, R6",
    "IADD32I R6, R6, 0x1",
    "BRA `(.L_round)",
    ".L_out:",
    "IADD32I R4, R4, 0x1",
)
CALLS = (
    "LOP32I.AND R5, R0, 0x3",
    "ISETP.EQ.AND P0, PT, R5, RZ, PT",
    "ISETP.EQ.AND P1, PT, R5, 0x1, PT",
    "@P0 CAL `(.L_f)",
    "SSY `(.L_meet)",
    "@P1 BRA `(.L_other)",
    "CAL `(.L_f)",
    "SYNC",
    ".L_other:",
    "CAL `(.L_g)",
    "CAL `(.L_f)",
    "SYNC",
    ".L_g:",
    "IADD32I R4, R4, 0x10",
    "@P1 CAL `(.L_f)",
    "RET",
    ".L_f:",
    "IADD32I R4, R4, 0x1",
    "@P0 RET",
    "IADD R4, R4, R9",
    "RET",
    ".L_meet:",
    "IADD32I R4, R4, 0x1000",
)
EXITS = (
    "ISETP.LT.AND P0, PT, R9, 0x5, PT",
    "@P0 EXIT",
    "IADD32I R4, R4, 0x7",
    "LOP32I.AND R5, R0, 0x2",
    "ISETP.NE.AND P1, PT, R5, RZ, PT",
    "SSY `(.L_meet)",
    "@P1 BRA `(.L_go)",
    "STG.E [R2], R9",
    "EXIT",
    ".L_go:",
    "SYNC",
    ".L_meet:",
    "IADD R4, R4, R0",
)
PROGRAMS = {
    "branches": BRANCHES,
    "nested": NESTED,
    "loop": LOOP,
    "breaks": BREAKS,
    "calls": CALLS,
    "exits": EXITS,
    "all lanes exit": ("@PT EXIT",),
    "none exits": ("@!PT EXIT", "IADD R4, R4, R9"),
}


@LANES
@pytest.mark.parametrize("name", PROGRAMS)
def test_lanes_part_and_meet(name: str, lanes: int) -> None:
    both = Both(storing(*PROGRAMS[name]), lanes)
    for threads, blocks in SIZES:
        both.equal(lambda threads=threads, blocks=blocks: launched(threads, blocks))  # type: ignore[misc]
        assert both.went_wide(lambda: launched(70))


BARRIERS = (
    "SHL R5, R0, 0x2",
    "STS [R5], R8",
    "BAR.SYNC 0x0",
    "LOP32I.XOR R6, R5, 0x4",
    "LDS.U.32 R4, [R6]",
    "LOP32I.AND R7, R0, 0x3",
    ".L_round:",
    "BAR.SYNC 0x0",
    "IADD R12, R4, R7",
    "STS [R5], R12",
    "BAR.SYNC 0x0",
    "LDS.U.32 R12, [R6]",
    "IADD R4, R4, R12",
    "IADD32I R13, R13, 0x1",
    "ISETP.LT.AND P0, PT, R13, 0x4, PT",
    "@P0 BRA `(.L_round)",
)
APART = (  # lanes come to different barriers, and some end before
    "ISETP.GT.AND P0, PT, R9, 0x9, PT",
    "ISETP.EQ.AND P1, PT, R9, 0x3, PT",
    "SHL R5, R0, 0x2",
    "STS [R5], R8",
    "@P1 EXIT",
    "@P0 BRA `(.L_else)",
    "BAR.SYNC 0x0",
    "LDS.U.32 R4, [R5]",
    "BRA `(.L_meet)",
    ".L_else:",
    "BAR.SYNC 0x0",
    "LDS.U.32 R4, [0x8]",
    "IADD R4, R4, R0",
    ".L_meet:",
    "@P0 BAR.SYNC 0x0",
    "@!P0 BAR.SYNC 0x0",
    "IADD32I R4, R4, 0x1",
)


@LANES
@pytest.mark.parametrize("lines", [BARRIERS, APART], ids=["together", "apart"])
def test_warps_take_turns_between_barriers(lines: tuple[str, ...], lanes: int) -> None:
    both = Both(storing(*lines, shared=1024), lanes)
    for threads, blocks in ((2, 1), (32, 2), (64, 1), (100, 2), (256, 1)):
        both.equal(lambda threads=threads, blocks=blocks: launched(threads, blocks))  # type: ignore[misc]
    assert both.went_wide(lambda: launched(100))


@LANES
def test_coordinates_of_blocks_of_three_dimensions(lanes: int) -> None:
    lines = [f"S2R R{5 + k}, SR_TID.{axis}" for k, axis in enumerate("XYZ")]
    lines += [
        "ISCADD R4, R6, R5, 0x8",
        "ISCADD R4, R7, R4, 0x10",
        "S2R R5, SR_LANEID",
        "ISCADD R4, R5, R4, 0x18",
    ]
    lines += ["XMAD R8, R7, 0x3, R6", "S2R R0, SR_TID.X", "XMAD R8, R8, 0x5, R0"]
    lines += ["ISCADD R2, R8, c[0x0][0x140], 0x2"]
    both = Both(storing(*lines), lanes)
    both.equal(lambda: launched(60, 2, (5, 3, 4)))


@LANES
@pytest.mark.parametrize("same", [True, False])
def test_a_computed_jump_goes_wide_whether_lanes_agree_or_not(same: bool, lanes: int) -> None:
    """To one of two places, by the block or by the thread; `(*...)` is nvdisasm's note of where it leads."""
    first = len(START)
    targets = [offset_of_index(first + 4), offset_of_index(first + 6)]
    step = targets[1] - targets[0]
    lines = [
        f"LOP32I.AND R5, {'R1' if same else 'R0'}, 0x1",
        f"XMAD R5, R5, {step:#x}, RZ",
        f"IADD32I R5, R5, {targets[0]:#x}",
        f'BRX R5 -{offset_of_index(first + 3) + 8:#x}  (*"BRANCH_TARGETS .L_a,.L_b"*)',
        ".L_a:",
        "IADD32I R4, R4, 0x5",
        "BRA `(.L_meet)",
        ".L_b:",
        "IADD32I R4, R4, 0x6",
        ".L_meet:",
        "IADD R4, R4, R0",
    ]
    both = Both(storing(*lines), lanes)
    both.equal(lambda: launched(40, 3))
    assert both.went_wide(lambda: launched(40, 3))
