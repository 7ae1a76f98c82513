"""What lanes tell each other, form by form, against plain integers; and barriers with numbers."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.bench import machine
from tests.emulator.test_control import BOTH
from tests.emulator.warp_reference import shuffled
from tests.kernels.sample import every_nth

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.faults.model import FaultModel, Mode, TargetKind
from sassafras.faults.targets import Selection, targets
from sassafras.isa.groups import Group
from sassafras.isa.program import Program

M32 = 0xFFFFFFFF
STALE = 0xDEADBEEF
START = (
    "S2R R20, SR_TID.X",
    "ISCADD R20, R20, c[0x0][0x140], 0x4",  # four words in
    "MOV R21, c[0x0][0x144]",
    "LDG.E R4, [R20]",
    "LDG.E R5, [R20+0x4]",
    "LDG.E R6, [R20+0x8]",
    "LDG.E R7, [R20+0xc]",
    "ISETP.NE.AND P2, PT, R7, RZ, PT",
    "MOV R21, c[0x0][0x14c]",
    "IADD R20, R20, -c[0x0][0x140]",
)


@cache
def made(lines: tuple[str, ...], parameters: int, shared: int = 0) -> Machine:
    """Compiled once for all that run it."""
    return machine(*lines, parameters=parameters, shared=shared)


def run(
    variants: Sequence[Sequence[str]], inputs: NDArray[np.uint32], *, armed: bool, threads: int
) -> NDArray[np.uint32]:
    """What each variant, a few lines, leaves in R0 and P0 (before: `STALE`, and true in odd threads)."""
    stores = ["IADD R22, R20, c[0x0][0x148]", "MOV R23, R21"]
    lines = [*START, *stores]
    for k, variant in enumerate(variants):
        lines += [f"MOV32I R0, {STALE:#x}", "S2R R1, SR_TID.X", "LOP.AND R1, R1, 0x1"]
        lines += ["ISETP.NE.AND P0, PT, R1, RZ, PT", *variant, "SEL R2, R7, RZ, PT", "MOV32I R1, 0x1"]
        lines += [f"STG.E [R22+{k * 16 * 64:#x}], R0", "SEL R2, R1, RZ, P0"]
        lines.append(f"STG.E [R22+{k * 16 * 64 + 4:#x}], R2")
    nbytes = 16 * 64 * len(variants)
    memory = DeviceMemory(lay_out([("in", 16 * 64), ("out", nbytes)]))
    source, target = memory.layout["in"].address, memory.layout["out"].address
    memory.array(source, inputs.size, np.uint32)[:] = inputs.reshape(-1)
    compiled = made((*lines, "EXIT"), 16)
    launch = Launch((1, 1, 1), (threads, 1, 1), struct.pack("<QQ", source, target))
    if armed:
        assert compiled.arm(launch, memory, 0).run(1 << 20) is Stop.FINISHED
    else:
        assert compiled.run(launch, memory).trap is None
    return memory.array(target, nbytes // 4, np.uint32).reshape(len(variants), 64, 4)[:, :threads, :2]


def drawn(key: int) -> NDArray[np.uint32]:
    """R4 to R7 of 64 threads: data, lanes with a few bits too many, bounds, and a truth."""
    dice = np.random.Generator(np.random.Philox(key))
    words = dice.integers(0, 1 << 32, (64, 4), dtype=np.uint32)
    words[:, 1] &= 0x3F
    words[:, 2] &= 0x1F1F
    words[::2, 2] = 0x1F
    words[:, 3] &= 1
    return words


# shuffles ---------------------------------------------------------------------------------------------------

WAYS = ("SHFL.IDX", "SHFL.UP", "SHFL.DOWN", "SHFL.BFLY")
LANES = ("R5", "RZ", "0x0", "0x1", "0x3", "0x10", "0x1f", "0x3f")
BOUNDS = ("R6", "RZ", "0x1f", "0x0", "0x181f", "0x1800", "0x1c1f", "0x100f")


def _number(text: str, row: NDArray[np.uint32]) -> int:
    return (
        int(row[int(text[1:]) - 4]) if text[0] == "R" and text != "RZ" else int(text.replace("RZ", "0"), 16)
    )


def _shuffle_wanted(
    way: str, b: str, c: str, inputs: NDArray[np.uint32], threads: int, active: Sequence[bool]
) -> list[tuple[int, int]]:
    found = []
    for t in range(threads):
        if not active[t]:
            found.append((STALE, t & 1))
            continue
        source, told = shuffled(way[5:], t % 32, _number(b, inputs[t]), _number(c, inputs[t]))
        thread = t - t % 32 + source
        found.append((int(inputs[thread, 0]) if thread < threads else 0, int(told)))
    return found


ONE_IN = [13, pytest.param(1, marks=pytest.mark.slow)]  # a prime: every way, lane and bound occurs


@BOTH
@pytest.mark.parametrize("threads", [64, 45])
@pytest.mark.parametrize("one_in", ONE_IN)
def test_shuffles(armed: bool, threads: int, one_in: int) -> None:
    """Every way, lanes and bounds from registers and literals; also behind a guard that some lanes pass."""
    inputs = drawn(threads)
    forms = [(way, b, c, guard) for way in WAYS for b in LANES for c in BOUNDS for guard in ("", "@P2 ")][
        ::one_in
    ]
    assert len({form[0] for form in forms} | {form[1] for form in forms}) == len(WAYS) + len(LANES)
    got = run(
        [[f"{g}{way} P0, R0, R4, {b}, {c}"] for way, b, c, g in forms], inputs, armed=armed, threads=threads
    )
    for (way, b, c, guard), rows in zip(forms, got.tolist(), strict=True):
        active = [not guard or bool(row[3]) for row in inputs]
        wanted = _shuffle_wanted(way, b, c, inputs, threads, active)
        assert [tuple(row) for row in rows] == wanted, (way, b, c, guard)


@BOTH
def test_shuffles_to_nowhere_and_from_nothing(armed: bool) -> None:
    inputs = drawn(3)
    variants = (
        ["SHFL.BFLY PT, R0, R4, 0x1, 0x1f"],
        ["SHFL.BFLY P0, RZ, R4, 0x1, 0x1f"],
        ["SHFL.BFLY P0, R0, RZ, 0x1, 0x1f"],
        ["MOV R0, R4", "SHFL.IDX PT, R0, R0, 0x5, 0x1f"],  # all read before any is written
    )
    neighbour, nothing, zero, itself = run(variants, inputs, armed=armed, threads=32)
    lane = np.arange(32)
    np.testing.assert_array_equal(neighbour[:, 0], inputs[lane ^ 1, 0])
    np.testing.assert_array_equal(neighbour[:, 1], lane & 1)
    assert (nothing[:, 0] == STALE).all() and nothing[:, 1].all()
    assert not zero[:, 0].any() and zero[:, 1].all()
    assert (itself[:, 0] == inputs[5, 0]).all()


# votes ------------------------------------------------------------------------------------------------------

VOTES = ("VOTE.ALL", "VOTE.ANY", "VOTE.EQ")


@BOTH
@pytest.mark.parametrize("threads", [64, 45])
@pytest.mark.parametrize("truth", ["some", "none", "all"])
def test_votes(armed: bool, threads: int, truth: str) -> None:
    inputs = drawn(7)
    if truth != "some":
        inputs[:, 3] = truth == "all"
    inputs[:, 1] = inputs[:, 0] & 3
    forms = [
        (v, d, p, g)
        for v in VOTES
        for d in ("R0, ", "")
        for p in ("P2", "!P2", "PT", "!PT")
        for g in ("", "@P1 ")
    ]
    setup = "ISETP.NE.AND P1, PT, R5, RZ, PT"
    got = run([[setup, f"{g}{v} {d}P0, {p}"] for v, d, p, g in forms], inputs, armed=armed, threads=threads)
    for (v, d, p, g), rows in zip(forms, got.tolist(), strict=True):
        for t in range(threads):
            warp = range(t - t % 32, min(t - t % 32 + 32, threads))
            active = [k for k in warp if not g or inputs[k, 1]]
            asked = {k: (bool(inputs[k, 3]) if "P2" in p else True) ^ (p[0] == "!") for k in active}
            answers = {
                "ALL": all(asked.values()),
                "ANY": any(asked.values()),
                "EQ": len(set(asked.values())) == 1,
            }
            mask = sum(1 << k % 32 for k in active if asked[k])
            wanted = [mask if d else STALE, int(answers[v[5:]])] if t in active else [STALE, t & 1]
            assert rows[t] == wanted, (v, d, p, g, t)


@BOTH
def test_what_a_lane_knows_of_itself(armed: bool) -> None:
    """SR_VIRTID: the multiprocessor 0 in bits 28:20, the warp in bits 13:8 (modelled)."""
    names = ("SR_EQMASK", "SR_LTMASK", "SR_LEMASK", "SR_GTMASK", "SR_GEMASK", "SR_LANEID", "SR_VIRTID")
    variants = [["VOTE.ANY R0, PT, PT", f"S2R R0, {name}"] for name in names]
    got = run(variants, drawn(1), armed=armed, threads=64)[:, :, 0]
    for t in range(64):
        own = 1 << t % 32
        wanted = [own, own - 1, 2 * own - 1, -2 * own & M32, -own & M32, t % 32, t // 32 << 8]
        assert got[:, t].tolist() == wanted


# barriers ---------------------------------------------------------------------------------------------------


def barriers(
    *lines: str, threads: int, armed: bool, shared: int = 0
) -> tuple[NDArray[np.uint32], Trap | None]:
    """R4 of each thread. R0: its number, R5: its warp; P0: whether it is odd, P1: whether it is in warp 0."""
    begin = (
        "S2R R0, SR_TID.X", "SHR R5, R0, 0x5", "LOP.AND R1, R0, 0x1", "ISETP.NE.AND P0, PT, R1, RZ, PT",
        "ISETP.EQ.AND P1, PT, R5, RZ, PT", "MOV R4, RZ", "MOV32I R7, 0x1",
        "ISCADD R2, R0, c[0x0][0x140], 0x2", "MOV R3, c[0x0][0x144]",
    )  # fmt: skip
    compiled = made((*begin, *lines, "STG.E [R2], R4", "EXIT"), 8, shared)
    memory = DeviceMemory(lay_out([("out", 4096)]))
    launch = Launch((1, 1, 1), (threads, 1, 1), struct.pack("<Q", memory.layout.base))
    if armed:
        block = compiled.arm(launch, memory, 0)
        block.run(10_000)
        trap = block.trap
    else:
        trap = compiled.run(launch, memory, limit=10_000).trap
    return memory.array(memory.layout.base, threads, np.uint32).copy(), trap


@BOTH
@pytest.mark.parametrize("form", ["0x3, 0x40", "0x3, R8", "R9, 0x40", "R10, R10"])
def test_a_barrier_with_a_number_and_a_count(armed: bool, form: str) -> None:
    """Warp 1 reads what warp 0 stores behind it; warp 2 waits for nobody. Both registers: the count in bits
    27:16.
    """
    values, trap = barriers(
        "MOV32I R8, 0x40", "MOV32I R9, 0x13", "MOV32I R10, 0x400003", "SHL R6, R0, 0x2",
        "ISETP.GT.AND P2, PT, R5, 0x1, PT", "@P2 BRA `(.L_end)",
        "@P1 STS [R6], R0", f"BAR.SYNC {form}", "@!P1 LDS R4, [R6+-0x80]", f"BAR.SYNC {form}", ".L_end:",
        threads=96, armed=armed, shared=256,
    )  # fmt: skip
    assert trap is None
    assert values.tolist() == [0] * 32 + list(range(32)) + [0] * 32


@BOTH
def test_arriving_does_not_wait_and_counts_a_warp(armed: bool) -> None:
    """Warp 0 arrives at barrier 1 and ends; 13 threads of warp 1 wait for 64."""
    values, trap = barriers(
        "@P1 BAR.ARV 0x1, 0x40", "@!P1 BAR.SYNC 0x1, 0x40", "MOV R4, R7", threads=45, armed=armed
    )
    assert trap is None and values.all()


@BOTH
@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("BAR.SYNC 0x1, 0x60",), TrapKind.HANG),  # 64 threads never are 96
        (
            ("@P1 BAR.SYNC 0x1", "@!P1 BAR.SYNC 0x2"),
            TrapKind.HANG,
        ),  # all threads of the block, at one of them
        (("@P1 BAR.SYNC 0x1, 0x40", "@!P1 BAR.SYNC 0x2, 0x40"), TrapKind.HANG),
        (("BAR.SYNC 0x1, 0x21",), TrapKind.ILLEGAL_INSTRUCTION),  # no multiple of 32
        (("@P0 BAR.SYNC 0x0, 0x40", "@!P0 BAR.SYNC 0x0, 0x40"), None),
        (("@P1 EXIT", "BAR.SYNC 0x1"), None),  # who has ended is not waited for
    ],
)
def test_a_barrier_that_is_never_complete_hangs(
    armed: bool, lines: tuple[str, ...], kind: TrapKind | None
) -> None:
    _, trap = barriers(*lines, threads=64, armed=armed)
    assert (trap.kind if trap else None) is kind


@pytest.mark.alike(4)
@BOTH
@pytest.mark.parametrize(
    ("reduction", "asked", "count", "wanted"),
    every_nth(2, [
        ("POPC", "!P0", 45, 23), ("POPC", "P0", 64, 32), ("POPC", "PT", 45, 45), ("POPC", "!PT", 64, 0),
        ("AND", "P0", 64, 0), ("AND", "PT", 64, M32), ("OR", "P0", 64, M32), ("OR", "!PT", 64, 0),
    ]),
)  # fmt: skip
def test_barriers_that_reduce(armed: bool, reduction: str, asked: str, count: int, wanted: int) -> None:
    """BAR.RED.POPC, BAR.RED.AND, BAR.RED.OR; B2R.RESULT says the count or all ones, and whether not zero."""
    for number in ("0x0", "0x2, 0x40"):
        lines = [f"BAR.RED.{reduction} {number}, {asked}", "B2R.RESULT R4"]
        values, trap = barriers(*lines, threads=count, armed=armed)
        assert trap is None and set(values.tolist()) == {wanted}
        lines = [lines[0], "B2R.RESULT RZ, P3", "SEL R4, R7, RZ, P3"]
        assert set(barriers(*lines, threads=count, armed=armed)[0].tolist()) == {int(wanted != 0)}


@pytest.mark.parametrize(
    ("lines", "free"),
    [
        (("VOTE.ANY P0, P1", "@P0 BRA `(.L_end)"), False),
        (("SHFL.IDX P0, R4, R4, 0x0, 0x1f", "ISETP.EQ.AND P0, PT, R4, RZ, PT", "@P0 EXIT"), False),
        (("BAR.RED.OR 0x0, P1", "B2R.RESULT RZ, P0", "@P0 BRA `(.L_end)"), False),
        (("SHFL.IDX PT, R4, R4, 0x0, 0x1f", "BAR.RED.OR 0x0, P1", "B2R.RESULT R5", "VOTE.ALL P0, P1"), True),
    ],
)
def test_a_way_that_other_lanes_decide_is_not_counted_without_data(lines: Sequence[str], free: bool) -> None:
    """As little as one that memory decides."""
    compiled = made((*lines, ".L_end:", "EXIT"), 0)
    launch, memory = Launch((1, 1, 1), (40, 1, 1), b""), DeviceMemory(lay_out([("a", 4)]))
    assert compiled.is_data_free == free
    counted = compiled.profile_without_data(launch)
    assert (counted is not None) == free
    if counted is not None:
        assert counted.equals(compiled.profile(launch, memory))


# faults -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "indexes"),
    [
        ("SHFL.IDX P1, R6, R4, 0x0, 0x1f", [(TargetKind.REGISTER, 6), (TargetKind.PREDICATE, 1)], [6]),
        ("SHFL.IDX PT, R6, R4, 0x0, 0x1f", [(TargetKind.REGISTER, 6)], [6]),
        ("VOTE.ANY R6, P1, P0", [(TargetKind.REGISTER, 6), (TargetKind.PREDICATE, 1)], [6]),
        ("VOTE.ALL P1, P0", [(TargetKind.PREDICATE, 1)], []),
        ("B2R.RESULT R6, P1", [(TargetKind.REGISTER, 6), (TargetKind.PREDICATE, 1)], [6]),
        ("BAR.SYNC 0x1, 0x40", [], []),
    ],
)
def test_destinations_are_struck_like_others(
    text: str, values: list[tuple[TargetKind, int]], indexes: list[int]
) -> None:
    instruction = machine(text, "EXIT", parameters=0).program.instructions[0]
    value = targets(instruction, Selection(Mode.IOV, FaultModel.SINGLE_BIT))
    assert [(t.kind, t.index) for t in value] == values
    index = targets(instruction, Selection(Mode.IOA, FaultModel.SINGLE_BIT))
    assert [(t.kind, t.index) for t in index] == [(TargetKind.REGISTER_INDEX, r) for r in indexes]
    assert Group.MISC in instruction.groups and (Group.GPR in instruction.groups) == bool(indexes)


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("SHFL.IDX PT, R6, R4, 0x0, 0x1f", True), ("VOTE.ALL P1, P0", True), ("BAR.SYNC 0x1, 0x40", True),
        ("BAR.SYNC 0x1", True), ("BAR.SYNC 0x0, 0x40", True), ("BAR.ARV 0x0, 0x40", True),
        ("BAR.RED.OR 0x0, P0", True), ("B2R.RESULT R4", True), ("BAR.SYNC 0x0", False),
        ("IADD R0, R4, R5", False),
    ],
)  # fmt: skip
def test_what_needs_other_lanes(text: str, needs: bool) -> None:
    program: Program = machine(text, "EXIT", parameters=0).program
    assert program.instructions[0].cross_lane is needs
    assert program.is_warp_synchronous is needs
    assert program.in_lock_step.is_warp_synchronous
