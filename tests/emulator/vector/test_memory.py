"""Loads, stores and updates of a warp: side by side, all the same, anyhow; wide equals thread by thread."""

from __future__ import annotations

import pytest
from tests.emulator.vector.both import WIDTHS, Both
from tests.emulator.vector.programs import launched, storing
from tests.kernels.sample import sampled

from sassafras.emulator.traps import TrapKind
from sassafras.emulator.vector import runner

LANES = pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))
EVEN = ("LOP32I.AND R5, R0, 0x1", "ISETP.EQ.AND P0, PT, R5, RZ, PT")
BASES = {
    "side by side": "ISCADD R12, R0, R10, 0x4",
    "backwards": "ISCADD R12, -R0, R10, 0x4",
    "with a stride": "ISCADD R12, R0, R10, 0x6",
    "all the same": "MOV R12, R10",
}


@LANES
@pytest.mark.parametrize("base", BASES)
def test_loads_of_every_width(base: str, lanes: int) -> None:
    """At once, under a guard, and by the lanes above the first four; from the buffer and from shared
    memory.
    """
    lines = [
        BASES[base],
        "IADD32I R12, R12, 0x1000",
        "MOV R13, R11",
        *EVEN,
        "ISETP.LE.AND P1, PT, R9, 0x3, PT",
    ]
    lines += ["IADD R5, R12, -R10", "IADD32I R5, R5, -0x1000", "LOP32I.AND R5, R5, 0x3f0", "BAR.SYNC 0x0"]
    for k, suffix in enumerate(("", ".64", ".128", ".U8", ".S8", ".U16", ".S16")):
        lines += [f"LDG.E{suffix} R16, [R12]", f"@P0 LDG.E{suffix} R20, [R12+0x20]"]
        lines += [f"SSY `(.L_meet{k})", "@P1 SYNC", f"LDG.E{suffix} R24, [R12+0x40]", "SYNC", f".L_meet{k}:"]
        lines += [f"LDS.U{suffix.replace('.S', '.U')} R28, [R5]"]
        lines += [f"XMAD R4, R{r}, 0x3, R4" for r in (*range(16, 32),)]
        lines += [
            "LDG.E R16, [R12+0x60]",
            "SHL R6, R0, 0x4",
            "BAR.SYNC 0x0",
            "STS.128 [R6], R16",
            "BAR.SYNC 0x0",
        ]
    both = Both(storing(*lines, shared=2048), lanes)
    both.equal(lambda: launched(40, 2), profile=False)


@LANES
def test_stores_of_every_width(lanes: int) -> None:
    """Each lane has 64 bytes of its own."""
    lines = ["ISCADD R12, R8, R10, 0x6", "MOV R13, R11", *EVEN, "MOV R16, R8", "IADD32I R17, R8, 0x123"]
    lines += ["SHL R18, R8, 0x7", "MOV R19, R0"]
    for k, suffix in enumerate(("", ".64", ".128", ".U8", ".U16")):
        lines += [f"STG.E{suffix} [R12+{16 * (k % 2):#x}], R16", f"@P0 STG.E{suffix} [R12+0x20], R16"]
        lines += ["IADD R16, R16, R17", "IADD R18, R18, R16"]
    lines += ["ISCADD R12, R8, R10, 0x2", "@P0 STG.E [R12+0x3000], R18", "STG.E [R12+0x3400], R19"]
    both = Both(storing(*lines), lanes)
    both.equal(lambda: launched(40, 2))


@LANES
def test_the_highest_lane_stays_where_all_store(lanes: int) -> None:
    """As thread by thread, for a warp."""
    lines = ["MOV R12, R10", "MOV R13, R11", "STG.E [R12+0x10], R0", "STS [0x4], R0", *EVEN]
    both = Both(
        storing(
            *lines,
            "@P0 STG.E [R12+0x20], R8",
            "@P0 STS [0x8], R8",
            "BAR.SYNC 0x0",
            "LDS.U.32 R4, [0x4]",
            shared=64,
        ),
        lanes,
    )
    both.equal(lambda: launched(31))


@LANES
def test_constants_at_a_computed_offset(lanes: int) -> None:
    constants = bytes(range(160))
    lines = ["SHL R5, R9, 0x2", "LDC R4, c[0x2][R5]", "LDC R6, c[0x2][0x10]", "IADD R4, R4, R6"]
    lines += ["LOP32I.AND R5, R1, 0x4", "LDC R6, c[0x2][R5+0x20]", "IADD R4, R4, R6"]
    Both(storing(*lines, constants=constants), lanes).equal(lambda: launched(40, 8))


@LANES
def test_updates_are_made_in_the_order_of_lanes(lanes: int) -> None:
    """Sums of floats depend on it."""
    lines = ["I2F.F32.S32 R5, R8", "MUFU.RCP R5, R5", "LOP32I.AND R6, R0, 0x1", "ISCADD R12, R6, R10, 0x2"]
    lines += [
        "MOV R13, R11",
        *EVEN,
        "STG.E [R12], RZ",
        "RED.E.ADD.F32.FTZ.RN [R12+0x10], R5",
        "@P0 RED.E.ADD [R12+0x20], R0",
    ]
    both = Both(storing(*lines), lanes)
    both.equal(lambda: launched(32))
    both.equal(lambda: launched(20))


@LANES
def test_many_accesses_through_one_register(lanes: int) -> None:
    """As compiled code unrolls them: the block is emitted for side by side, and again for where that is
    wrong; the register changes on the way.
    """
    lines = ["MOV R13, R11", "ISCADD R12, R0, R10, 0x2"]
    for k in range(6):
        lines += [f"LDG.E R16, [R12+{4 * k:#x}]", "XMAD R4, R4, 0x5, R16"]
    lines += ["LOP32I.AND R5, R16, 0x7c", "IADD R12, R12, R5"]
    lines += [f"@P0 LDG.E R{16 + k}, [R12+{8 * k:#x}]" for k in range(6)]
    lines += [f"XMAD R4, R4, 0x5, R{16 + k}" for k in range(6)]
    lines += ["LDG.E R12, [R12]", "IADD R4, R4, R12"]
    both = Both(storing("LOP32I.AND R5, R8, 0x5", "ISETP.NE.AND P0, PT, R5, RZ, PT", *lines), lanes)
    both.equal(lambda: launched(45, 3))
    assert both.went_wide(lambda: launched(45, 3))


THREADS = [pytest.param(0, marks=pytest.mark.slow), 3, pytest.param(43, marks=pytest.mark.slow)]


@LANES
@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("LDG.E R5, [RZ]",), TrapKind.ILLEGAL_ADDRESS),
        (("IADD32I R10, R10, 0x2", "STG.E [R10], R5"), TrapKind.MISALIGNED_ADDRESS),
        (("LDS.U.32 R5, [0x1000]",), TrapKind.SHARED_OUT_OF_RANGE),
        (("SYNC",), TrapKind.STACK_ERROR),
        (("PBK `(.L_x)", ".L_x:", "SYNC"), TrapKind.STACK_ERROR),
        (("CAL `(.L_x)", ".L_x:", "CAL `(.L_x)"), TrapKind.STACK_ERROR),
        ((".L_x:", "BRA `(.L_x)"), TrapKind.HANG),
        (("LDC R5, c[0x2][0x800]",), TrapKind.CONSTANT_OUT_OF_RANGE),
    ],
    ids=str,
)
def test_a_trap_and_the_memory_behind_it_are_those_of_single_threads(
    lines: tuple[str, ...], kind: TrapKind, thread: int, lanes: int
) -> None:
    """Block 1 traps, after some of its stores; what lanes behind the one that trapped have stored is taken
    back.
    """
    before = [f"ISETP.EQ.AND P0, PT, R0, {thread:#x}, PT", "ISETP.EQ.AND P0, PT, R1, 0x1, P0"]
    before += [
        "ISCADD R12, R8, R10, 0x5",
        "MOV R13, R11",
        "STG.E [R12], R8",
        "STG.E [R2], R9",
        "STG.E.64 [R12+0x8], R8",
    ]
    both = Both(storing(*before, "@!P0 BRA `(.L_fine)", *lines, ".L_fine:", "STG.E [R12+0x10], R0"), lanes)
    outcome = both.equal(lambda: launched(44, 3), limit=300)
    trap = outcome.result.trap
    assert trap is not None and (trap.kind, trap.block, trap.thread) == (kind, 1, thread)
    if kind is not TrapKind.HANG:
        assert kind.name in both.equal_refusals(lambda: launched(44, 3))


@LANES
def test_a_block_that_stores_more_than_the_journal_holds(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken back, and run thread by thread."""
    lines = [
        "ISCADD R12, R8, R10, 0x5",
        "MOV R13, R11",
        "LDG.E R5, [R12]",
        "IADD32I R5, R5, 0x1",
        "STG.E [R12], R5",
    ]
    both = Both(storing(*lines), lanes)
    assert both.went_wide(lambda: launched(64, 2))
    monkeypatch.setattr(runner, "JOURNAL_ENTRIES", 60)
    assert not both.went_wide(lambda: launched(64, 2))
    both.equal(lambda: launched(64, 2))
