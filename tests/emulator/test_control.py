"""Branches, the call/sync stack, barriers and the order of threads, in both builds."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.bench import machine, offset_of_index

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import Trap

START = (
    "S2R R0, SR_TID.X",
    "ISCADD R2, R0, c[0x0][0x140], 0x2",
    "MOV R3, c[0x0][0x144]",
    "MOV R4, RZ",
    "MOV32I R7, 0x1",
)
STORE = ("STG.E [R2], R4", "EXIT")


def run(
    *lines: str,
    threads: int = 1,
    armed: bool = False,
    limit: int = 10_000,
    shared: int = 0,
    constants: bytes = b"",
) -> tuple[NDArray[np.uint32], Trap | None, int]:
    """R4 of each thread (as stored), the trap, and the instructions issued."""
    memory = DeviceMemory(lay_out([("out", 4096)]))
    compiled = machine(*START, *lines, *STORE, parameters=8, shared=shared, constants=constants)
    launch = Launch((1, 1, 1), (threads, 1, 1), struct.pack("<Q", memory.layout.base))
    if armed:
        block = compiled.arm(launch, memory, 0)
        stop = block.run(limit)
        assert (stop is Stop.TRAPPED) == (block.trap is not None)
        trap, issued = block.trap, sum(block.issued(t) for t in range(threads))
    else:
        result = compiled.run(launch, memory, limit=limit)
        trap, issued = result.trap, result.instructions
    return memory.array(memory.layout.base, threads, np.uint32).copy(), trap, issued


BOTH = pytest.mark.parametrize("armed", [False, True])
TAIL = len(STORE)


@BOTH
def test_branches_take_guards_and_extra_conditions(armed: bool) -> None:
    """Bit k of R4: the k-th kind of branch was taken. P0 = thread is odd; Z = thread is 2."""
    branches = (
        "BRA",
        "@P0 BRA",
        "@!P0 BRA",
        "BRA P0,",
        "BRA !P0,",
        "@P0 BRA !P0,",
        "BRA CC.EQ,",
        "BRA CC.NEU,",
        "@!PT BRA",
        "BRA.U",
        "@P0 BRA CC.NE,",
    )
    lines = ["LOP32I.AND R5, R0, 0x1", "ISETP.NE.AND P0, PT, R5, RZ, PT", "IADD RZ.CC, R0, -0x2"]
    for k, branch in enumerate(branches):
        lines += [
            f"{branch} `(.L_t{k})",
            f"BRA `(.L_n{k})",
            f".L_t{k}:",
            f"LOP32I.OR R4, R4, {1 << k:#x}",
            f".L_n{k}:",
        ]
    got, trap, _ = run(*lines, threads=4, armed=armed)
    assert trap is None
    for t, value in enumerate(got.tolist()):
        p, z = t % 2 == 1, t == 2
        taken = (True, p, not p, p, not p, False, z, not z, False, True, p and not z)
        assert value == sum(1 << k for k, yes in enumerate(taken) if yes)


@BOTH
def test_exit_with_conditions(armed: bool) -> None:
    lines = ["MOV32I R4, 0x5", "ISETP.EQ.AND P0, PT, R0, 0x1, PT", "IADD RZ.CC, R0, -0x2", "STG.E [R2], R4"]
    lines += ["@P0 EXIT", "EXIT CC.EQ", "ISETP.EQ.AND P1, PT, R0, 0x3, PT", "EXIT P1", "MOV32I R4, 0x9"]
    got, trap, issued = run(*lines, threads=5, armed=armed)
    assert trap is None and got.tolist() == [9, 5, 5, 5, 9]
    before = len(START) + 4
    assert issued == 2 * (before + 5 + TAIL) + (before + 1) + (before + 2) + (before + 4)


@BOTH
def test_ssy_and_sync_meet_again(armed: bool) -> None:
    lines = [
        "ISETP.GT.AND P0, PT, R0, 0x1, PT",
        "SSY `(.L_meet)",
        "@P0 BRA `(.L_else)",
        "IADD32I R4, R4, 0x1",
        "SYNC",
        ".L_else:",
    ]
    lines += ["IADD32I R4, R4, 0x10", "SYNC", ".L_meet:", "IADD32I R4, R4, 0x100"]
    got, trap, _ = run(*lines, threads=4, armed=armed)
    assert trap is None and got.tolist() == [0x101, 0x101, 0x110, 0x110]


@BOTH
def test_brk_leaves_a_loop_through_inner_ssy(armed: bool) -> None:
    """The thread leaves after R0 + 1 rounds; BRK discards the SSY entry that is still on the stack."""
    lines = [
        "PBK `(.L_out)",
        ".L_loop:",
        "IADD32I R4, R4, 0x1",
        "SSY `(.L_join)",
        "ISETP.GT.AND P0, PT, R4, R0, PT",
        "@P0 BRK",
        "SYNC",
        ".L_join:",
    ]
    lines += ["BRA `(.L_loop)", ".L_out:", "SHL R4, R4, 0x4"]
    got, trap, _ = run(*lines, threads=6, armed=armed)
    assert trap is None and got.tolist() == [(t + 1) << 4 for t in range(6)]


@BOTH
def test_calls_nest_and_return(armed: bool) -> None:
    lines = [
        "CAL `(.L_f)",
        "CAL `(.L_g)",
        "BRA `(.L_end)",
        ".L_f:",
        "IADD32I R4, R4, 0x1",
        "CAL `(.L_g)",
        "IADD32I R4, R4, 0x100",
        "RET",
    ]
    lines += [".L_g:", "IADD32I R4, R4, 0x10", "@!PT RET", "RET", ".L_end:"]
    got, trap, _ = run(*lines, armed=armed)
    assert trap is None and got.tolist() == [0x121]


@BOTH
def test_recursion_to_the_depth_of_the_stack(armed: bool) -> None:
    def depth(count: int) -> tuple[int, Trap | None]:
        lines = [f"MOV32I R5, {count:#x}", "CAL `(.L_f)", "BRA `(.L_end)", ".L_f:", "IADD32I R4, R4, 0x1"]
        lines += ["ISETP.LT.AND P0, PT, R4, R5, PT", "@!P0 RET", "CAL `(.L_f)", "RET", ".L_end:"]
        got, trap, _ = run(*lines, armed=armed)
        return int(got[0]), trap

    assert depth(64) == (64, None)
    _, trap = depth(65)
    assert (
        trap is not None
        and trap.kind.name == "STACK_ERROR"
        and trap.offset == offset_of_index(len(START) + 6)
    )


def brx_program(count: int) -> list[str]:
    """Jump to one of ``count`` pieces, each adding its number; a table in constant bank 2 has the targets."""
    lines = [
        "LOP32I.AND R5, R0, 0x3",
        "SHL R5, R5, 0x2",
        "LDC R5, c[0x2][R5]",
        f"BRX R5 -{offset_of_index(len(START) + 3) + 8:#x}",
    ]
    for k in range(count):
        lines += [f"IADD32I R4, R4, {k + 1:#x}", "BRA `(.L_end)"]
    return [*lines, ".L_end:"]


@BOTH
def test_brx_jumps_through_a_table(armed: bool) -> None:
    table = struct.pack("<4I", *(offset_of_index(len(START) + 4 + 2 * k) for k in (2, 0, 3, 1)))
    got, trap, _ = run(*brx_program(4), threads=8, armed=armed, constants=table)
    assert trap is None and got.tolist() == [3, 1, 4, 2] * 2


@BOTH
def test_brx_may_name_the_scheduling_word_of_a_bundle(armed: bool) -> None:
    first = len(START) + 4
    bundle = next(k for k in range(first, first + 8, 2) if offset_of_index(k) % 32 == 8)
    table = struct.pack("<4I", *[offset_of_index(bundle) - 8] * 4)
    got, trap, _ = run(*brx_program(4), armed=armed, constants=table)
    assert trap is None and got.tolist() == [(bundle - first) // 2 + 1]


@BOTH
def test_prepared_returns_of_computed_calls(armed: bool) -> None:
    """PRET and BRX call through a pointer; the function calls another one the same way."""
    first = len(START)
    f, g = first + 8, first + 13  # the functions, as indexes of instructions

    def call(pointer: str, at: int, back: str) -> list[str]:
        return [f"PRET `({back})", f"BRX {pointer} -{offset_of_index(at + 1) + 8:#x}", f"{back}:"]

    lines = [f"MOV32I R5, {offset_of_index(f):#x}", f"MOV32I R6, {offset_of_index(g):#x}"]
    lines += [*call("R5", first + 2, ".L_a"), *call("R6", first + 4, ".L_b")]
    lines += ["IADD32I R4, R4, 0x1", "BRA `(.L_end)"]
    lines += ["IADD32I R4, R4, 0x10", *call("R6", first + 9, ".L_c"), "IADD32I R4, R4, 0x100", "RET"]
    lines += ["IADD32I R4, R4, 0x1000", "RET", ".L_end:"]
    got, trap, _ = run(*lines, armed=armed)
    assert trap is None and got.tolist() == [0x2111]


@BOTH
def test_sync_brk_and_ret_take_extra_conditions(armed: bool) -> None:
    """Odd threads leave the loop, the branch and the function by the condition, the others behind it."""
    lines = ["LOP32I.AND R5, R0, 0x1", "ISETP.NE.AND P0, PT, R5, RZ, PT", "IADD RZ.CC, R5, -0x1"]
    for k, (push, leave) in enumerate((("SSY", "SYNC"), ("PBK", "BRK"))):
        for n, condition in enumerate(("P0", "CC.EQ")):
            bit = 1 << 2 * k + n
            lines += [
                f"{push} `(.L_{bit})",
                f"{leave} {condition}",
                f"IADD32I R4, R4, {bit:#x}",
                leave,
                f".L_{bit}:",
            ]
    lines += ["CAL `(.L_f)", "CAL `(.L_g)", "BRA `(.L_end)"]
    lines += [
        ".L_f:",
        "RET P0",
        "IADD32I R4, R4, 0x10",
        "RET",
        ".L_g:",
        "RET CC.EQU",
        "IADD32I R4, R4, 0x20",
        "RET",
    ]
    got, trap, _ = run(*lines, ".L_end:", threads=4, armed=armed)
    assert trap is None and got.tolist() == [0x3F, 0, 0x3F, 0]


@BOTH
def test_clocks_count_the_instructions_of_the_thread(armed: bool) -> None:
    """Also behind a branch, a guard and a barrier; both builds read the same."""
    lines = ["CS2R R5, SR_CLOCKLO", "ISETP.GT.AND P0, PT, R0, 0x1, PT", "@P0 NOP", "BAR.SYNC 0x0"]
    lines += ["CS2R R6, SR_CLOCKLO", "@P0 BRA `(.L_x)", "NOP", ".L_x:", "NOP", "S2R R7, SR_CLOCKLO"]
    lines += ["CS2R R8, SR_CLOCKHI", "IADD R8, R8, R5", "CS2R R9, SR_GLOBALTIMERHI", "IADD R8, R8, R9"]
    lines += ["SHL R4, R6, 0x8", "IADD R4, R4, R8", "SHL R7, R7, 0x10", "IADD R4, R4, R7"]
    got, trap, _ = run(*lines, threads=4, armed=armed)
    first = len(START)
    there = [first + 8, first + 8, first + 7, first + 7]
    assert trap is None and got.tolist() == [b << 16 | first + 4 << 8 | first for b in there]


@BOTH
def test_a_thread_knows_its_warp_and_the_device_one_multiprocessor(armed: bool) -> None:
    lines = ["S2R R5, SR_VIRTID", "S2R R6, SR_VIRTCFG", "S2R R7, SR_SMEMSZ", "IADD3 R4, R5, R6, R7"]
    got, trap, _ = run(*lines, threads=70, armed=armed, shared=48)
    assert trap is None and got.tolist() == [(t // 32 << 8) + (1 << 20) + 256 for t in range(70)]


@BOTH
def test_barrier_lets_nobody_through_before_all_arrive(armed: bool) -> None:
    """Each thread reads what its right neighbour wrote before the barrier; twice, with early leavers in
    between.
    """
    lines = [
        "SHL R10, R0, 0x2",
        "STS [R10], R0",
        "IADD32I R11, R0, 0x1",
        "LOP32I.AND R11, R11, 0x1f",
        "SHL R11, R11, 0x2",
        "BAR.SYNC 0x0",
    ]
    lines += [
        "LDS.U.32 R4, [R11]",
        "STG.E [R2], R4",
        "ISETP.GE.AND P0, PT, R0, 0x14, PT",
        "@P0 EXIT",
        "BAR.SYNC 0x0",
    ]
    lines += ["STS [R11+0x80], R4", "BAR.SYNC 0x0", "LDS.U.32 R12, [R10+0x80]", "ISCADD R4, R12, R4, 0x8"]
    got, trap, _ = run(*lines, threads=32, armed=armed, shared=256)
    assert trap is None
    expected = [(t + 1) % 32 for t in range(32)]
    expected[:20] = [((t or 0) << 8) + (t + 1) % 32 if t else 1 for t in range(20)]
    assert got.tolist() == expected


@BOTH
def test_threads_run_in_linear_order_between_barriers(armed: bool) -> None:
    """Every thread takes a ticket from a counter in shared memory, without atomics: the order is defined, so
    the tickets are too.
    """
    take = ["LDS.U.32 R5, [0x0]", "IADD32I R5, R5, 0x1", "STS [0x0], R5"]
    got, trap, _ = run(
        *take,
        "SHL R4, R5, 0x8",
        "BAR.SYNC 0x0",
        *take,
        "LOP.OR R4, R4, R5",
        threads=33,
        armed=armed,
        shared=16,
    )
    assert trap is None and got.tolist() == [(t + 1) << 8 | 33 + t + 1 for t in range(33)]


@BOTH
def test_condition_codes_and_predicates_outlast_a_barrier(armed: bool) -> None:
    """Each thread has its own: every second one carries."""
    before = ["LOP32I.AND R5, R0, 0x1", "MOV32I R6, 0xffffffff", "IADD R5.CC, R5, R6"]  # carry: odd threads
    before += ["ISETP.GE.AND P2, PT, R0, 0x10, PT", "BAR.SYNC 0x0"]
    after = ["IADD.X R4, RZ, RZ", "@P2 IADD32I R4, R4, 0x100"]
    got, trap, _ = run(*before, *after, threads=32, armed=armed, shared=16)
    assert trap is None
    assert got.tolist() == [t % 2 + 0x100 * (t >= 16) for t in range(32)]


@BOTH
def test_shared_memory_and_registers_start_as_zero_in_every_block(armed: bool) -> None:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    lines = [
        "S2R R0, SR_CTAID.X",
        "ISCADD R2, R0, c[0x0][0x140], 0x2",
        "MOV R3, c[0x0][0x144]",
        "LDS.U.32 R5, [0x20]",
        "LOP.OR R5, R5, R30",
    ]
    lines += [
        "SEL R6, R3, RZ, P3",
        "LOP.OR R5, R5, R6",
        "MOV32I R30, 0x7",
        "STS [0x20], R30",
        "PSETP.AND.AND P3, PT, PT, PT, PT",
        "STG.E [R2], R5",
    ]
    compiled = machine(*lines, "EXIT", parameters=8, shared=64)
    memory.data[:64] = 0xEE
    launch = Launch((4, 1, 1), (1, 1, 1), struct.pack("<Q", memory.layout.base))
    if armed:
        for block in range(4):
            compiled.arm(launch, memory, block).run(100)
    else:
        assert compiled.run(launch, memory).trap is None
    assert not memory.data[:16].any() and (memory.data[16:64] == 0xEE).all()


def test_a_range_of_blocks() -> None:
    memory = DeviceMemory(lay_out([("out", 4096)]))
    lines = [
        "S2R R0, SR_CTAID.X",
        "ISCADD R2, R0, c[0x0][0x140], 0x2",
        "MOV R3, c[0x0][0x144]",
        "MOV32I R4, 0x1",
        "STG.E [R2], R4",
        "EXIT",
    ]
    compiled = machine(*lines, parameters=8)
    launch = Launch((6, 1, 1), (1, 1, 1), struct.pack("<Q", memory.layout.base))
    result = compiled.run(launch, memory, blocks=range(2, 5))
    assert memory.array(memory.layout.base, 6, np.uint32).tolist() == [0, 0, 1, 1, 1, 0]
    assert (result.instructions, result.longest) == (18, 6)
    assert compiled.run(launch, memory, blocks=range(3, 3)).instructions == 0
