"""Lanes that part and meet again at convergence barriers (warps/conv.cu, NVRTC 12.9): what they tell each
other behind these must come from all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.turing.bench import listing
from tests.emulator.turing.running import drawn, ran

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.ports import I32
from sassafras.emulator.semantics.registry import turing
from sassafras.emulator.traps import TrapKind
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter, Program
from sassafras.toolchain.cubin import read_metadata

DATA = Path(__file__).parent / "warps"
Words = NDArray[np.int32]
WARP = 32


def compiled(kernel: str, arch: str) -> Program:
    metadata = read_metadata((DATA / f"conv.{arch}.cubin").read_bytes(), kernel)
    return program_of((DATA / f"conv.{arch}.sass").read_text("utf-8"), metadata)


def _int(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def _branch(v: int) -> int:
    odd, k = v & 1, 0
    while k < (v & 15 if odd else v & 7):  # of the v that the loop has made
        v = _int(v * 3 + k if odd else (v ^ k) + 7 * v)
        k += 1
    return v


def after_branch(values: list[int]) -> list[int]:
    after = [_branch(v) for v in values]
    votes = sum(v & 2 != 0 for v in after)
    return [_int(v + after[lane ^ 1] + votes) for lane, v in enumerate(after)]


def _loop(v: int) -> int:
    total = 0
    for _ in range(40):
        v = _int(v * 1103515245 + 12345)
        if v >> 16 & 31 == 3:
            break
        if v >> 16 & 1:
            total = _int(total + (v >> 20))
            if v >> 18 & 7 == 5:
                break
        else:
            total ^= v
    return total


def loop_with_break(values: list[int]) -> list[int]:
    sums = [_loop(v) for v in values]
    return [_int(s + (sums[lane + 3] if lane + 3 < WARP else s)) for lane, s in enumerate(sums)]


EXPECTED: dict[str, Callable[[list[int]], list[int]]] = {
    "after_branch": after_branch,
    "loop_with_break": loop_with_break,
}


def launched(program: Program, threads: int, seed: int) -> tuple[Launch, DeviceMemory, Words]:
    """The launch of a block, its memory, and its input."""
    layout = lay_out([("in", 4 * threads), ("out", 4 * threads)], architecture("sm_80").allocation_rules())
    memory = DeviceMemory(layout)
    dice = np.random.Generator(np.random.Philox(seed))
    given = memory.array(layout["in"].address, threads, np.int32)
    given[:] = dice.integers(-(2**31), 2**31 - 1, threads)
    area = struct.pack("<QQ", layout["in"].address, layout["out"].address)
    return Launch((1, 1, 1), (threads, 1, 1), area), memory, given.copy()


@pytest.mark.parametrize("arch", ["sm_75", "sm_80"])
@pytest.mark.parametrize("kernel", EXPECTED)
def test_all_lanes_take_part_behind_a_barrier(kernel: str, arch: str) -> None:
    program = compiled(kernel, arch)
    assert program.is_warp_synchronous
    machine = Machine(program)
    for seed in range(20):
        launch, memory, given = launched(program, 2 * WARP, seed)
        assert machine.run(launch, memory, limit=1 << 20).trap is None
        warps = given.reshape(-1, WARP).tolist()
        wanted = [value for warp in warps for value in EXPECTED[kernel](warp)]
        got = memory.array(memory.layout["out"].address, 2 * WARP, np.int32)
        assert got.tolist() == wanted


def test_an_armed_block_does_the_same() -> None:
    program = compiled("after_branch", "sm_80")
    launch, memory, given = launched(program, WARP, 5)
    armed = Machine(program).arm(launch, memory, 0)
    armed.run(1 << 20)
    assert armed.trap is None
    assert memory.array(memory.layout["out"].address, WARP, np.int32).tolist() == after_branch(given.tolist())


def handwritten(*lines: str) -> Machine:
    metadata = KernelMetadata("k", "sm_80", 16, 0, 0x160, (Parameter(0, 0, 16),))
    return Machine(program_of(listing(lines), metadata))


#: Upper lanes take a way that lies behind the place where all meet.
PARTED = (
    "S2R R0, SR_LANEID", "ISETP.GT.AND P0, PT, R0, 0xf, PT", "BSSY B3, `(.L_x)", "@P0 BRA `(.L_y)",
    ".L_x:", "BSYNC B3", "VOTE.ANY R5, PT, PT", "MOV R2, c[0x0][0x168]", "MOV R3, c[0x0][0x16c]",
    "IMAD.WIDE R2, R0, 0x4, R2", "STG.E [R2.64], R5", "EXIT", ".L_y:", "IADD3 R7, R7, 0x1, RZ",
    "BRA `(.L_x)",
)  # fmt: skip


@pytest.mark.parametrize("noted", [True, False])
def test_without_a_barrier_lanes_miss_each_other(noted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = handwritten(*PARTED)
    if not noted:  # BSSY that notes nobody; other code, so it needs another name on disk
        monkeypatch.setitem(turing.by_opcode, "BSSY", lambda p, _i: p.build.give(lambda: I32(0)))
        machine = Machine(replace(machine.program, digest="lanes are not noted"))
    launch, memory, _ = launched(machine.program, WARP, 1)
    assert machine.run(launch, memory, limit=1 << 16).trap is None
    out = memory.array(memory.layout["out"].address, WARP, np.uint32).tolist()
    assert out == ([0xFFFFFFFF] * 32 if noted else [0xFFFF] * 16 + [0xFFFF0000] * 16)


def test_lanes_that_wait_for_one_that_never_comes_hang() -> None:
    machine = handwritten(
        "S2R R0, SR_LANEID", "BSSY B0, `(.L_x)", "VOTE.ANY R4, PT, PT", "ISETP.EQ.AND P0, PT, R0, 0x3, PT",
        "@P0 BRA `(.L_x)", "BSYNC B0", "EXIT", ".L_x:", "BAR.SYNC 0x0", "EXIT",
    )  # fmt: skip
    launch, memory, _ = launched(machine.program, WARP, 1)
    assert machine.run(launch, memory, limit=1 << 16).trap.kind is TrapKind.HANG  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["@P0 BREAK B0", "BREAK P0, B0", "@P0 EXIT"])
def test_lanes_that_leave_or_end_are_not_waited_for(way: str) -> None:
    machine = handwritten(
        "S2R R0, SR_LANEID", "BSSY B0, `(.L_x)", "ISETP.GT.AND P0, PT, R0, 0x3, PT", way, "@P0 BRA `(.L_y)",
        ".L_x:", "BSYNC B0", "VOTE.ANY R5, PT, PT", "MOV R2, c[0x0][0x168]", "MOV R3, c[0x0][0x16c]",
        "IMAD.WIDE R2, R0, 0x4, R2", "STG.E [R2.64], R5", "EXIT", ".L_y:", "BRA `(.L_z)", ".L_z:", "EXIT",
    )  # fmt: skip
    launch, memory, _ = launched(machine.program, WARP, 1)
    assert machine.run(launch, memory, limit=1 << 16).trap is None
    out = memory.array(memory.layout["out"].address, WARP, np.int32)
    assert out.tolist() == [15] * 4 + [0] * 28


def test_warpsync_waits_for_the_lanes_of_its_mask_wherever_they_are() -> None:
    machine = handwritten(
        "S2R R0, SR_LANEID", "ISETP.GT.AND P0, PT, R0, 0xf, PT", "MOV R4, 0x7", "@P0 BRA `(.L_x)",
        "WARPSYNC 0xffffffff", "BRA `(.L_y)", ".L_x:", "IADD3 R4, R4, 0x1, RZ", "IADD3 R4, R4, R0, RZ",
        "WARPSYNC 0xffffffff", ".L_y:", "SHFL.IDX PT, R5, R4, 0x14, 0x1f", "MOV R2, c[0x0][0x168]",
        "MOV R3, c[0x0][0x16c]", "IMAD.WIDE R2, R0, 0x4, R2", "STG.E [R2.64], R5", "EXIT",
    )  # fmt: skip
    launch, memory, _ = launched(machine.program, WARP, 1)
    assert machine.run(launch, memory, limit=1 << 16).trap is None
    assert memory.array(memory.layout["out"].address, WARP, np.int32).tolist() == [28] * 32


def test_barriers_that_code_for_orin_fills_and_moves_on() -> None:
    """As it begins: all of them are empty in the end, and lanes that part then meet as ever."""
    rows = drawn(WARP, 1)
    moves = [f"BMOV.32.CLEAR B{k + 1}, B{k}" for k in range(15)]
    begins = ("ISETP.NE.U32.AND P0, PT, RZ, UR2, PT", "@P0 BRA `(.L_0)", "BMOV.32 B0, 0xffffffff", *moves)
    lines = [*begins, "BMOV.32 B15, 0x0", "UMOV UR2, 0x1", ".L_0:", "ISETP.NE.AND P1, PT, R0, 0x3, PT"]
    lines += [
        "BSSY B0, `(.L_1)",
        "@P1 BRA `(.L_2)",
        "NOP",
        ".L_2:",
        "BSYNC B0",
        ".L_1:",
        "VOTE.ANY R8, PT, PT",
    ]
    for armed in (False, True):
        got, trap = ran([*lines, "STG.E [R2.64], R8", "EXIT"], rows, armed=armed, arch="sm_87")
        assert trap is None and (got[:, 0] == 0xFFFFFFFF).all()
