"""What is Turing's own in the wide builds: registers of the warp, convergence barriers, return addresses in
registers; wide equals thread by thread.
"""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.emulator.turing.bench import program
from tests.emulator.vector.both import WIDTHS, Both
from tests.emulator.vector.programs import WORDS
from tests.kernels.sample import sampled

from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import TrapKind
from sassafras.isa.program import Program

LANES = pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))
START = (
    "bench:",
    "S2R R0, SR_TID.X",
    "S2R R1, SR_CTAID.X",
    "IMAD R8, R1, c[0x0][0x0], R0",
    "MOV R2, c[0x0][0x160]",
    "MOV R3, c[0x0][0x164]",
    "IMAD.WIDE R2, R8, 0x4, R2",  # R2, R3: where it stores
    "ULDC.64 UR10, c[0x0][0x168]",  # UR10, UR11: the buffer
    "MOV R4, RZ",
    "LOP3.LUT R9, R0, 0x1f, RZ, 0xc0, !PT",  # R9: its lane
    "ISETP.GT.AND P0, PT, R9, 0x9, PT",
    "LOP3.LUT R5, R0, 0x3, RZ, 0xc0, !PT",
    "ISETP.NE.AND P1, PT, R5, RZ, PT",
    "ISETP.EQ.AND P2, PT, R5, 0x2, PT",
)
STORE = ("STG.E [R2.64], R4", "EXIT")


def storing(*lines: str, behind: tuple[str, ...] = (), shared: int = 0, constants: bytes = b"") -> Program:
    """A program with these lines in the middle, and functions behind it."""
    return program(*START, *lines, *STORE, *behind, shared=shared, constants=constants, parameters=16)


def at(number: int) -> str:
    """The offset of one of the lines in the middle, counted from 0, without labels."""
    return f"{16 * (len(START) - 1 + number):#x}"


def launched(threads: int, blocks: int = 1) -> tuple[Launch, DeviceMemory]:
    """A launch of such a program, and its memory."""
    memory = DeviceMemory(lay_out([("out", 4 * threads * blocks), ("buffer", 4 * WORDS)]))
    out, buffer = (memory.layout[name].address for name in ("out", "buffer"))
    memory.array(buffer, WORDS, np.uint32)[:] = (np.arange(WORDS) * 2654435761) & 0xFFFFFFFF
    return Launch((blocks, 1, 1), (threads, 1, 1), struct.pack("<QQ", out, buffer)), memory


NESTED = storing(
    *("BSSY B0, `(.L_meet)", "@P0 BRA `(.L_high)", "IADD3 R4, R4, 0x1, RZ", "BRA `(.L_meet)"),
    *(".L_high:", "BSSY B1, `(.L_inner)", "@P1 BRA `(.L_other)", "IADD3 R4, R4, 0x10, RZ"),
    *("BRA `(.L_inner)", ".L_other:", "IMAD R4, R9, 0x3, R4", ".L_inner:", "BSYNC B1"),
    *("@P2 IADD3 R4, R4, 0x400, RZ", ".L_meet:", "BSYNC B0", "IADD3 R4, R4, 0x1000, RZ"),
)
ROUNDS = storing(  # left in the middle by some lanes, by others at the end, in different rounds
    *("MOV R6, RZ", "BSSY B0, `(.L_out)", ".L_round:", "IMAD R4, R4, 0x5, R6"),
    *("ISETP.GE.AND P3, PT, R6, R5, PT", "IADD3 R6, R6, 0x1, RZ", "@P3 BREAK B0", "@P3 BRA `(.L_away)"),
    *("ISETP.LT.AND P4, PT, R6, 0x2, PT", "@P4 BRA `(.L_round)", ".L_out:", "BSYNC B0"),
    *("IADD3 R4, R4, 0x100, RZ", ".L_away:", "IADD3 R4, R4, 0x1, RZ"),
)
CONDITIONS = storing(  # BREAK on a condition; a barrier that is cleared, and one met under a guard
    *("BMOV.32.CLEAR RZ, B0", "BSSY B0, `(.L_out)", "BREAK !P1, B0", "@P0 BRA `(.L_out)"),
    *("IADD3 R4, R4, 0x7, RZ", ".L_out:", "@P1 BSYNC B0", "IADD3 R4, R4, R9, RZ"),
    "WARPSYNC 0xffffffff",
)
CALLS = storing(  # of one function from two places, behind everything else; it calls another
    *("BSSY B0, `(.L_meet)", "@P0 BRA `(.L_other)", f"MOV R20, {at(5)}", "MOV R21, RZ"),
    *("CALL.REL.NOINC `(.L_f)", "BRA `(.L_meet)"),
    *(".L_other:", f"MOV R20, {at(9)}", "MOV R21, RZ", "CALL.REL.NOINC `(.L_f)"),
    *("IADD3 R4, R4, 0x1, RZ", ".L_meet:", "BSYNC B0", "IADD3 R4, R4, 0x1000, RZ"),
    behind=(
        *(".L_f:", "IMAD R4, R4, 0x3, R9", "@P2 RET.REL.NODEC R20 `(bench)", "IADD3 R4, R4, 0x10, RZ"),
        *("IADD3 R7, R9, R9, RZ", "RET.REL.NODEC R20 `(bench)"),
    ),
)
EXITS = storing(
    *("BSSY B0, `(.L_meet)", "@!P0 BRA `(.L_meet)", "@P1 EXIT", "STG.E [R2.64], R9", "@P2 EXIT"),
    *("IADD3 R4, R4, 0x4, RZ", ".L_meet:", "BSYNC B0", "IADD3 R4, R4, R0, RZ"),
)
TABLE = storing(  # BRX, where lanes go to different places
    *("IMAD.SHL.U32 R12, R5, 0x4, RZ", "LDC R12, c[0x2][R12]"),
    'BRX R12 0x0  (*"BRANCH_TARGETS .L_a,.L_b,.L_c,.L_d"*)',
    *(".L_a:", "IADD3 R4, R4, 0x1, RZ", ".L_b:", "IADD3 R4, R4, 0x2, RZ"),
    *(".L_c:", "IADD3 R4, R4, 0x4, RZ", ".L_d:", "IADD3 R4, R4, 0x8, RZ"),
    constants=struct.pack("<4I", *(16 * k for k in range(4))),
)
WARP = storing(  # every lane has a copy of what is one for the warp
    *("R2UR UR4, R0", "UIADD3 UR5, UR4, 0x11, URZ", "UISETP.GT.AND UP1, UPT, UR4, 0xd, UPT"),
    *("USEL UR5, UR5, UR4, UP1", "BSSY B0, `(.L_meet)", "@P0 BRA `(.L_other)", "UIADD3 UR5, UR5, 0x3, URZ"),
    *("BRA `(.L_meet)", ".L_other:", "UMOV UR4, 0x99", "@UP1 IADD3 R4, R4, 0x5, RZ", ".L_meet:", "BSYNC B0"),
    *(
        "UIMAD.WIDE UR6, UR4, UR5, UR4",
        "IADD3 R4, R4, UR7, RZ",
        "IMAD R4, R4, 0x3, R4",
        "IADD3 R4, R4, UR6, RZ",
    ),
)
PROGRAMS = {
    "nested": NESTED,
    "rounds": ROUNDS,
    "conditions": CONDITIONS,
    "calls": CALLS,
    "exits": EXITS,
    "table": TABLE,
    "warp": WARP,
}


@LANES
@pytest.mark.parametrize("name", PROGRAMS)
def test_wide_equals_thread_by_thread(name: str, lanes: int) -> None:
    both = Both(PROGRAMS[name], lanes)
    for threads, blocks in ((1, 1), (33, 3), (70, 2)):
        found = both.equal(lambda threads=threads, blocks=blocks: launched(threads, blocks))  # type: ignore[misc]
        assert found.result.trap is None
    assert both.went_wide(lambda: launched(70))


def counted_apart(both: Both, index: int) -> bool:
    """Whether the lanes of a warp come to an instruction in more than one group."""
    launch, memory = launched(32)
    runner = both.wide._wide_profiling
    assert runner is not None
    rows, context = runner.function.rows, LaunchContext(both.wide.program, launch, memory, NO_LIMIT)
    counts = np.zeros((1, rows.words), np.int32)
    assert runner.run(context, range(1), np.zeros(4, np.int64), counts) is None
    counters = runner.function._counter_of_block
    return bool(counts.view(np.uint8)[0, rows.parted(counters[max(k for k in counters if k <= index)])])


@pytest.mark.parametrize("name", ["nested", "rounds", "calls"])
def test_lanes_go_on_together_behind_a_barrier(name: str) -> None:
    """Also where those that call a function are at a higher instruction."""
    both = Both(PROGRAMS[name], max(WIDTHS))
    instructions = both.wide.program.instructions
    meeting = max(i.index for i in instructions if i.opcode == "BSYNC")
    store = next(i.index for i in instructions if i.opcode == "STG")
    assert counted_apart(both, next(i.index for i in instructions if i.opcode == "BSSY") + 2)
    assert not counted_apart(both, meeting + 1 if name != "rounds" else store)


@LANES
def test_addresses_with_registers_of_the_warp(lanes: int) -> None:
    """Global and shared memory, with and without one of the thread; the warp's changes on the way."""
    lines = ["ISETP.NE.AND P3, PT, RZ, RZ, PT", "IMAD.SHL.U32 R12, R0, 0x4, RZ", "MOV R13, RZ"]
    lines += ["STS [R12], R8", "BAR.SYNC 0x0", "UMOV UR4, 0x8", "UMOV UR5, RZ"]
    for k in range(5):
        lines += [f"LDG.E R16, [R12.64+UR10+{4 * k:#x}]", "IMAD R4, R4, 0x5, R16"]
        lines += [f"LDG.E R17, [UR10+{64 * k:#x}]", "IMAD R4, R4, 0x5, R17"]
        lines += [f"LDS R18, [R12+UR4+{4 * k:#x}]", "IMAD R4, R4, 0x5, R18"]
        lines += [f"LDS.64 R20, [UR4+{8 * k:#x}]", "IMAD R4, R20, R21, R4"]
        lines += ["UIADD3 UR4, UR4, 0x8, URZ"] if k == 2 else []
        lines += ["@P0 IADD3 R12, R12, 0x10, RZ"] if k == 3 else []
    lines += ["MOV R14, UR10", "MOV R15, UR11", "IMAD.WIDE R14, R8, 0x10, R14", "BAR.SYNC 0x0"]
    lines += ["STG.E.64 [R14.64+0x1000], R20", "STS [R12+UR4], R4", "STS [UR4], R4", "@P0 STS [UR4+0x4], R4"]
    lines += ["BAR.SYNC 0x0", "LDS R5, [R12+UR4+-0x4]", "LDS R6, [0x10]", "IADD3 R4, R4, R5, R6"]
    lines[3:3] = ["UMOV UR4, 0x0"]
    both = Both(storing(*lines, shared=2048), lanes)
    both.equal(lambda: launched(32, 2))
    assert both.went_wide(lambda: launched(32, 2))


@LANES
@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("MOV R20, 0x24", "MOV R21, RZ", "RET.REL.NODEC R20 `(bench)"), TrapKind.INVALID_PC),
        (("MOV R20, 0x0", "MOV R21, 0x1", "RET.REL.NODEC R20 `(bench)"), TrapKind.INVALID_PC),
        (("ULDC UR4, c[0x2][0x800]",), TrapKind.CONSTANT_OUT_OF_RANGE),
        (("UIADD3 UR10, UR10, 0x2, URZ", "LDG.E R5, [UR10]"), TrapKind.MISALIGNED_ADDRESS),
        (("UMOV UR11, RZ", "STG.E [R4.64+UR10], R5"), TrapKind.ILLEGAL_ADDRESS),
    ],
    ids=str,
)
def test_traps_are_those_of_single_threads(lines: tuple[str, ...], kind: TrapKind, lanes: int) -> None:
    only = "ISETP.NE.AND P3, PT, R8, 0x2f, PT"  # thread 3 of block 1
    both = Both(storing("STG.E [R2.64], R8", only, "@P3 BRA `(.L_fine)", *lines, ".L_fine:"), lanes)
    trap = both.equal(lambda: launched(44, 3), limit=300).result.trap
    assert trap is not None and (trap.kind, trap.block, trap.thread) == (kind, 1, 3)
