"""Every trap, where it begins and where it does not yet, with the thread and the offset that it names. Both
builds.
"""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np
import pytest
from tests.emulator.bench import machine, offset_of_index

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.isa.outside import Outside

BOTH = pytest.mark.parametrize("armed", [False, True])
WIDTHS = {"U8": 1, "S16": 2, "": 4, "64": 8, "128": 16}
MAPPED = 1 << 20
LAUNCH_THREADS = 5


def trap_of(
    *lines: str,
    armed: bool,
    address: int = 0,
    shared: int = 0,
    constants: bytes = b"",
    limit: int = 1000,
    threads: int = LAUNCH_THREADS,
) -> Trap | None:
    """Run in blocks 0 and 1; R4, R5 = ``address`` in thread 3 of block 1 and a good address in all others."""
    memory = DeviceMemory(lay_out([("data", 512)]))
    start = ("S2R R0, SR_TID.X", "S2R R1, SR_CTAID.X", "ISETP.EQ.AND P0, PT, R0, 0x3, PT",
        "ISETP.EQ.AND P0, PT, R1, 0x1, P0", "MOV R4, c[0x0][0x148]",
             "MOV R5, c[0x0][0x14c]", "@P0 MOV R4, c[0x0][0x140]", "@P0 MOV R5, c[0x0][0x144]")  # fmt: skip
    compiled = machine(*start, *lines, parameters=16, shared=shared, constants=constants)
    good = 0 if shared or constants else memory.layout.base
    launch = Launch((2, 1, 1), (threads, 1, 1), struct.pack("<QQ", address & (1 << 64) - 1, good))
    if not armed:
        return compiled.run(launch, memory, limit=limit).trap
    for number in range(2):
        block = compiled.arm(launch, memory, number)
        if block.run(limit) is Stop.TRAPPED:
            assert block.run(limit) is Stop.TRAPPED and block.run_until(0, 10**6) is Stop.TRAPPED
            return block.trap
    return None


FIRST = offset_of_index(8)
"""Offset of the first line behind the start."""


def at(kind: TrapKind) -> Trap:
    return Trap(kind, 1, 3, FIRST)


@BOTH
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("store", [False, True])
def test_both_ends_of_the_mapped_range(width: str, store: bool, armed: bool) -> None:
    size, base = WIDTHS[width], DeviceMemory(lay_out([("data", 512)])).layout.base
    suffix = "." + width if width else ""
    line = f"STG.E{suffix} [R4], R8" if store else f"LDG.E{suffix} R8, [R4]"
    for address in (base, base + size, base + MAPPED - size):
        assert trap_of(line, "EXIT", armed=armed, address=address) is None
    wrong = (
        base - size,
        base + MAPPED,
        base - 256,
        base + MAPPED + 4096,
        0,
        (1 << 64) - size,
        base + (1 << 40),
        base | 1 << 63,
        (1 << 63) - 16,
    )
    for address in wrong:
        assert trap_of(line, "EXIT", armed=armed, address=address) == at(TrapKind.ILLEGAL_ADDRESS), hex(
            address
        )
    for off in range(1, size):
        assert trap_of(line, "EXIT", armed=armed, address=base + off) == at(TrapKind.MISALIGNED_ADDRESS)


@BOTH
def test_addresses_wrap_at_64_bits(armed: bool) -> None:
    base = DeviceMemory(lay_out([("data", 512)])).layout.base
    assert trap_of("@P0 LDG.E R8, [R4+0x100]", "EXIT", armed=armed, address=base - 0x100) is None
    assert trap_of("@P0 LDG.E R8, [R4+-0x100]", "EXIT", armed=armed, address=base) == at(
        TrapKind.ILLEGAL_ADDRESS
    )
    assert trap_of("@P0 LDG.E R8, [R4+0x10]", "EXIT", armed=armed, address=(1 << 64) - 0x10) == at(
        TrapKind.ILLEGAL_ADDRESS
    )
    assert trap_of("RED.E.ADD [R4], R8", "EXIT", armed=armed, address=base + MAPPED) == at(
        TrapKind.ILLEGAL_ADDRESS
    )
    assert trap_of("RED.E.ADD [R4], R8", "EXIT", armed=armed, address=base + 2) == at(
        TrapKind.MISALIGNED_ADDRESS
    )


@BOTH
@pytest.mark.parametrize("width", WIDTHS)
def test_shared_memory_ends_at_its_allocation_unit(width: str, armed: bool) -> None:
    """100 bytes are allocated as 256."""
    size = WIDTHS[width]
    suffix = "." + width if width else ""
    for line in (f"LDS.U{suffix} R8, [R4]", f"STS{suffix} [R4], R8"):
        assert trap_of(line, "EXIT", armed=armed, address=256 - size, shared=100) is None
        for address in (256, 512, 0x80000000, 0xFFFFFFF0):
            assert trap_of(line, "EXIT", armed=armed, address=address, shared=100) == at(
                TrapKind.SHARED_OUT_OF_RANGE
            ), hex(address)
        for off in range(1, size):
            assert trap_of(line, "EXIT", armed=armed, address=off, shared=100) == at(
                TrapKind.MISALIGNED_ADDRESS
            )


@BOTH
def test_a_kernel_without_shared_memory_has_none(armed: bool) -> None:
    trap = trap_of("LDS.U.32 R8, [RZ]", "EXIT", armed=armed)
    assert trap == Trap(TrapKind.SHARED_OUT_OF_RANGE, 0, 0, FIRST)


@BOTH
def test_constant_banks_end(armed: bool) -> None:
    constants = bytes(24)
    for line, ends in (
        ("LDC R8, c[0x2][R4]", 20),
        ("LDC.64 R8, c[0x2][R4]", 16),
        ("LDC R8, c[0x0][R4]", 0x14C),
    ):
        assert trap_of(line, "EXIT", armed=armed, address=ends, constants=constants) is None
        for address in (ends + 8, 0xFFFFFFF8, 0x80000000):
            assert trap_of(line, "EXIT", armed=armed, address=address, constants=constants) == at(
                TrapKind.CONSTANT_OUT_OF_RANGE
            )
        assert trap_of(line, "EXIT", armed=armed, address=2, constants=constants) == at(
            TrapKind.MISALIGNED_ADDRESS
        )
    assert trap_of("LDC.64 R8, c[0x2][R4]", "EXIT", armed=armed, address=4, constants=constants) == at(
        TrapKind.MISALIGNED_ADDRESS
    )
    assert trap_of("@P0 LDC R8, c[0x2][R4+-0x8]", "EXIT", armed=armed, address=8, constants=constants) is None


@BOTH
def test_jumps_to_what_is_no_instruction(armed: bool) -> None:
    here = offset_of_index(9)
    lines = ("MOV R6, RZ", f"@P0 BRX R4 -{here + 8:#x}", "EXIT")
    for address in (4, 12, here + 1, offset_of_index(11), 0x1000, 0xFFFFFFF8, 0x80000008):
        trap = trap_of(*lines, armed=armed, address=address)
        assert trap == Trap(TrapKind.INVALID_PC, 1, 3, here), hex(address)
    assert trap_of(*lines, armed=armed, address=offset_of_index(10)) is None


@BOTH
def test_running_off_the_end(armed: bool) -> None:
    assert trap_of("@!P0 EXIT", armed=armed) == at(TrapKind.INVALID_PC)
    assert trap_of("@!P0 EXIT", "MOV R6, R7", armed=armed) == Trap(
        TrapKind.INVALID_PC, 1, 3, offset_of_index(9)
    )


@BOTH
@pytest.mark.parametrize("line", ["SYNC", "BRK", "RET"])
def test_an_empty_stack(line: str, armed: bool) -> None:
    assert trap_of(f"@P0 {line}", "EXIT", armed=armed) == at(TrapKind.STACK_ERROR)


@BOTH
@pytest.mark.parametrize(
    ("push", "pop"),
    [("SSY", "RET"), ("PBK", "SYNC"), ("CAL", "SYNC"), ("PBK", "RET"), ("SSY", "BRK"), ("CAL", "BRK")],
)
def test_the_wrong_kind_of_entry(push: str, pop: str, armed: bool) -> None:
    lines = (f"@P0 {push} `(.L_x)", ".L_x:", f"@P0 {pop}", "EXIT")
    assert trap_of(*lines, armed=armed) == Trap(TrapKind.STACK_ERROR, 1, 3, offset_of_index(9))


@BOTH
def test_the_stack_overflows(armed: bool) -> None:
    lines = (".L_x:", "@P0 SSY `(.L_x)", "@P0 BRA `(.L_x)", "EXIT")
    assert trap_of(*lines, armed=armed) == at(TrapKind.STACK_ERROR)


@BOTH
def test_the_watchdog_is_exact(armed: bool) -> None:
    """A straight thread of 12 instructions: 12 are enough, 11 are not. The first thread hangs."""
    lines = ("MOV R6, RZ", "MOV R7, RZ", "NOP", "EXIT")
    assert trap_of(*lines, armed=armed, limit=12) is None
    trap = trap_of(*lines, armed=armed, limit=11)
    assert trap is not None and (trap.kind, trap.block, trap.thread) == (TrapKind.HANG, 0, 0)
    assert trap.offset == (
        offset_of_index(11) if armed else offset_of_index(0)
    )  # plain counts whole basic blocks
    none = trap_of(*lines, armed=armed, limit=0)
    assert none is not None and (none.kind, none.offset) == (TrapKind.HANG, offset_of_index(0))


@BOTH
def test_the_watchdog_is_exact_in_a_loop(armed: bool) -> None:
    """Thread 3 of block 1 runs 10 rounds of three instructions, the others one round."""
    lines = (
        "MOV R6, RZ",
        ".L_x:",
        "IADD32I R6, R6, 0x1",
        "ISETP.LT.AND P1, PT, R6, 0xa, P0",
        "@P1 BRA `(.L_x)",
        "EXIT",
    )
    total = 8 + 1 + 30 + 1
    assert trap_of(*lines, armed=armed, limit=total) is None
    for short in (total - 1, total - 2, total - 15):
        trap = trap_of(*lines, armed=armed, limit=short)
        assert trap is not None and (trap.kind, trap.block, trap.thread) == (TrapKind.HANG, 1, 3)


@BOTH
def test_an_endless_loop_beside_a_barrier(armed: bool) -> None:
    """Waiting threads do not hang; the one that loops does."""
    lines = (".L_x:", "@P0 BRA `(.L_x)", "BAR.SYNC 0x0", "EXIT")
    trap = trap_of(*lines, armed=armed, limit=50)
    assert trap == at(TrapKind.HANG)


@BOTH
def test_a_trap_in_a_kernel_with_barriers_names_its_thread(armed: bool) -> None:
    trap = trap_of("BAR.SYNC 0x0", "@P0 LDG.E R8, [R4]", "BAR.SYNC 0x0", "EXIT", armed=armed, address=8)
    assert trap == Trap(TrapKind.ILLEGAL_ADDRESS, 1, 3, offset_of_index(9))


@BOTH
def test_what_came_before_a_trap_stays_and_what_comes_after_does_not_happen(armed: bool) -> None:
    memory = DeviceMemory(lay_out([("data", 512)]))
    lines = ("S2R R0, SR_TID.X", "ISCADD R4, R0, c[0x0][0x140], 0x2", "MOV R5, c[0x0][0x144]",
        "MOV32I R6, 0x1", "ISETP.EQ.AND P0, PT, R0, 0x2, PT",
             "STG.E [R4], R6", "@P0 LDG.E R7, [RZ]", "STG.E [R4+0x40], R6", "EXIT")  # fmt: skip
    compiled = machine(*lines, parameters=8)
    launch = Launch((1, 1, 1), (4, 1, 1), struct.pack("<Q", memory.layout.base))
    trap = compiled.arm(launch, memory, 0).run(100) if armed else compiled.run(launch, memory).trap
    assert trap
    words = memory.array(memory.layout.base, 20, np.uint32)
    assert words[:4].tolist() == [1, 1, 1, 0] and words[16:].tolist() == [1, 1, 0, 0]


def test_kinds_have_numbers_of_their_own() -> None:
    assert all(b - a == 1 for a, b in pairwise(sorted(TrapKind)))


@BOTH
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("@P0 BPT.TRAP 0x1", TrapKind.TRAP),
        ("@P0 JMX R4", TrapKind.INVALID_PC),
        ("@P0 JMX R7", TrapKind.ASSERTION),
    ],
)
def test_the_grid_stops_at_a_trap_and_at_a_failed_assertion(armed: bool, line: str, kind: TrapKind) -> None:
    lines = [line, "EXIT"]
    set_up = f"MOV32I R7, {Outside.ASSERT_FAIL.value:#x}"
    trap = trap_of(set_up, *lines, armed=armed)
    assert trap == Trap(kind, 1, 3, offset_of_index(9))


def test_outside_functions_have_addresses_of_their_own() -> None:
    assert Outside.ASSERT_FAIL.symbol == "__assertfail"
    assert len({one.value for one in Outside}) == len(Outside) and all(one % 8 == 0 for one in Outside)
