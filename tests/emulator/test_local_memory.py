"""Local memory (LDL, STL) and generic addresses (LD, ST) against NumPy, in the plain, the profiling and the
armed build; where they end, and what they trap with.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from tests.emulator.bench import machine, offset_of_index

from sassafras.emulator.alone import LoneBlock
from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.block_images import ImageRoom, block_images
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.traps import Trap, TrapKind
from sassafras.errors import GoldenTrap

WIDTHS = {"U8": 1, "S8": 1, "U16": 2, "S16": 2, "": 4, "32": 4, "64": 8, "128": 16}
BUILDS = pytest.mark.parametrize("build", ["plain", "profiling", "armed"])
LONG = pytest.mark.long
BUILDS_BRIEFLY = pytest.mark.parametrize("build", ["plain", pytest.param("profiling", marks=LONG), "armed"])


def each(widths: Iterable[str], quick: Sequence[str]) -> list[object]:
    """The widths, most of them in the long tests."""
    return [pytest.param(w, marks=() if w in quick else LONG) for w in widths]


THREADS, BLOCKS = 40, 2
STACK = 1024  #: bytes of local memory where a kernel asks for fewer (cudaLimitStackSize)
END = 1 << 24  #: of local memory, in its own addresses
SHARED_WINDOW, LOCAL_WINDOW = 0x1000000, 0x3000000
ROW = 64  #: bytes of a thread in the output


def suffix(width: str) -> str:
    return "." + width if width else ""


_START = (
    "S2R R2, SR_TID.X",
    "S2R R3, SR_CTAID.X",
    "XMAD R2, R3, 0x28, R2",  # the thread's number
    "ISCADD R40, R2, c[0x0][0x140], 0x6",
    "MOV R41, c[0x0][0x144]",  # R40, R41: its row of the output
    "MOV R1, c[0x0][0x20]",
)


def run(build: str, *lines: str, shared: int = 0, threads: int = THREADS) -> np.ndarray:
    """The output, uint8 (threads, ROW); the input is 0, 1, 2, ... modulo 251."""
    compiled = machine(*_START, *lines, "EXIT", parameters=8, shared=shared)
    memory, launch = prepared(threads)
    if build == "plain":
        assert compiled.run(launch, memory).trap is None
    elif build == "profiling":
        compiled.profile(launch, memory)
    else:
        for block in range(BLOCKS):
            assert compiled.arm(launch, memory, block).run(1000) is Stop.FINISHED
    return memory.data[: BLOCKS * threads * ROW].reshape(-1, ROW).copy()


def prepared(threads: int = THREADS) -> tuple[DeviceMemory, Launch]:
    memory = DeviceMemory(lay_out([("rows", BLOCKS * threads * ROW)]))
    memory.data[:] = np.arange(len(memory.data)) % 251
    return memory, Launch((BLOCKS, 1, 1), (threads, 1, 1), struct.pack("<Q", memory.layout.base))


def rows() -> np.ndarray:
    return prepared()[0].data[: BLOCKS * THREADS * ROW].reshape(-1, ROW).copy()


def extended(raw: np.ndarray, width: str) -> np.ndarray:
    """What a load of the first bytes of each row leaves, as bytes of whole registers."""
    size = WIDTHS[width]
    if size >= 4:
        return raw[:, :size]
    kind = np.dtype(f"{'i' if width[0] == 'S' else 'u'}{size}")
    return np.ascontiguousarray(raw[:, :size]).view(kind).astype(np.int32).view(np.uint8).reshape(-1, 4)


@BUILDS_BRIEFLY
@pytest.mark.parametrize("width", each(WIDTHS, ("S8", "U16", "128")))
def test_a_thread_finds_what_it_stored(width: str, build: str) -> None:
    """Each size at both ends of local memory, with what each other thread stored elsewhere."""
    before, size = rows(), WIDTHS[width]
    lines = [f"LDG.E.128 R{4 + 4 * k}, [R40+{16 * k:#x}]" for k in range(2)]
    places = (f"R1+-{STACK:#x}", f"R1+-{size:#x}")
    for k, place in enumerate(places):
        lines.append(f"STL{suffix(width)} [{place}], R{4 + 4 * k}")
    for k, place in enumerate(places):
        lines += [f"LDL{suffix(width)} R20, [{place}]", f"STG.E.128 [R40+{32 + 16 * k:#x}], R20"]
    after = run(build, "MOV R20, RZ", "MOV R21, RZ", "MOV R22, RZ", "MOV R23, RZ", *lines)
    for k in range(2):
        wanted = extended(before[:, 16 * k :], width)
        np.testing.assert_array_equal(after[:, 32 + 16 * k :][:, : wanted.shape[1]], wanted)


@BUILDS
def test_every_thread_begins_with_zeros(build: str) -> None:
    """Undefined on hardware; the thread before, and its block, have left something there."""
    lines = ["LDL.128 R4, [R1+-0x100]", "MOV32I R8, 0x1234567", "STL [R1+-0x100], R8", "STG.E.128 [R40], R4"]
    assert not run(build, *lines)[:, :16].any()


@BUILDS
def test_local_memory_outlasts_a_barrier(build: str) -> None:
    lines = ["STL [R1+-0x8], R2", "BAR.SYNC 0x0", "LDL R4, [R1+-0x8]", "BAR.SYNC 0x0", "STG.E [R40], R4"]
    got = run(build, *lines)[:, :4].copy().view(np.int32)[:, 0]
    assert got.tolist() == list(range(BLOCKS * THREADS))


@BUILDS_BRIEFLY
@pytest.mark.parametrize("width", each(WIDTHS, ("S8", "U16", "128")))
def test_generic_addresses(width: str, build: str) -> None:
    """The same four instructions on a local, a shared and a global address."""
    before, size = rows(), WIDTHS[width]
    homes = {
        "local": ("IADD32I R32, R1, -0x40", "LOP.OR R32, R32, c[0x0][0x4]", "MOV R33, RZ"),
        "shared": ("S2R R32, SR_TID.X", "SHL R32, R32, 0x4", "IADD R32, R32, c[0x0][0x0]", "MOV R33, RZ"),
        "global": ("IADD32I R32, R40, 0x20", "MOV R33, R41"),
    }
    for name, home in homes.items():
        lines = [
            *home,
            "LDG.E.128 R4, [R40]",
            "MOV R20, RZ", "MOV R21, RZ", "MOV R22, RZ", "MOV R23, RZ",
            f"ST.E{suffix(width)} [R32], R4, P0",
            f"LD.E{suffix(width)} R20, [R32], P0",
            "STG.E.128 [R40+0x30], R20",
        ]  # fmt: skip
        after = run(build, *lines, shared=16 * THREADS)
        wanted = extended(before, width)
        np.testing.assert_array_equal(after[:, 48 : 48 + wanted.shape[1]], wanted)
        touched = before[:, 32 : 32 + size].copy() if name != "global" else before[:, :size]
        np.testing.assert_array_equal(after[:, 32 : 32 + size], touched)


@BUILDS
def test_generic_and_plain_addresses_meet(build: str) -> None:
    """What ST leaves in a window LDL and LDS find, and the other way round."""
    lines = [
        "IADD32I R32, R1, -0x40", "LOP.OR R32, R32, c[0x0][0x4]", "MOV R33, RZ",
        "S2R R30, SR_TID.X", "SHL R30, R30, 0x4", "IADD R34, R30, c[0x0][0x0]", "MOV R35, RZ",
        "ST.E [R32+0x4], R2, P0", "LDL R4, [R1+-0x3c]", "STL [R1+-0x38], R2", "LD.E R5, [R32+0x8], !P0",
        "ST.E [R34+0x4], R2, PT", "LDS.U.32 R6, [R30+0x4]", "STS [R30+0x8], R2", "LD.E R7, [R34+0x8], PT",
        "STG.E.128 [R40], R4",
    ]  # fmt: skip
    got = run(build, *lines, shared=16 * THREADS)[:, :16].copy().view(np.int32)
    assert (got == np.arange(BLOCKS * THREADS)[:, None]).all()


# where it ends -------------------------------------------------------------------------------------------


def trap_of(line: str, address: int, *, armed: bool, stack: int = 0) -> Trap | None:
    compiled = machine(
        "MOV R4, c[0x0][0x140]", "MOV R5, c[0x0][0x144]", line, "EXIT", parameters=8, shared=100
    )
    if stack:
        program = compiled.program
        object.__setattr__(program, "stack_bytes", stack)
        object.__setattr__(program, "digest", f"stack {stack}")
        compiled = Machine(program)
    memory = DeviceMemory(lay_out([("a", 512)]))
    launch = Launch((1, 1, 1), (2, 1, 1), struct.pack("<Q", address))
    if not armed:
        return compiled.run(launch, memory).trap
    block = compiled.arm(launch, memory, 0)
    block.run(100)
    return block.trap


BOTH = pytest.mark.parametrize("armed", [False, True])
HERE = offset_of_index(2)
OUT = Trap(TrapKind.SHARED_OUT_OF_RANGE, 0, 0, HERE)
CROOKED = Trap(TrapKind.MISALIGNED_ADDRESS, 0, 0, HERE)


@BOTH
@pytest.mark.parametrize("width", each(["U8", "S16", "", "64", "128"], ("U8", "64")))
@pytest.mark.parametrize("opcode", ["LDL", "STL", "LD.E", "ST.E"])
def test_local_memory_ends_with_its_window_and_begins_with_the_stack(
    opcode: str, width: str, armed: bool
) -> None:
    size = WIDTHS[width]
    line = f"{opcode}{suffix(width)} "
    line += "R8, [R4]" if opcode[0] == "L" else "[R4], R8"
    generic = "." in opcode
    line += ", P0" if generic else ""
    window = LOCAL_WINDOW if generic else 0
    for address in (END - size, END - STACK):
        assert trap_of(line, window + address, armed=armed) is None
    for address in (END - STACK - size, END - STACK - 4096, 0):
        assert trap_of(line, window + address, armed=armed) == OUT, hex(address)
    if generic:
        wild = Trap(TrapKind.ILLEGAL_ADDRESS, 0, 0, HERE)
        for address in (
            0,
            window + END,
            window - size,
            1 << 40 | window + END - size,
            1 << 63 | SHARED_WINDOW,
        ):
            assert trap_of(line, address, armed=armed) == wild, hex(address)
        assert trap_of(line, SHARED_WINDOW + 256 - size, armed=armed) is None
        assert trap_of(line, SHARED_WINDOW + 256, armed=armed) == OUT
    else:
        for address in (END, 2 * END - size, (1 << 32) - size):
            assert trap_of(line, address, armed=armed) == OUT, hex(address)
    for off in range(1, size):
        assert trap_of(line, window + END - 64 + off, armed=armed) == CROOKED


@BOTH
def test_a_kernel_that_asks_for_more_gets_more(armed: bool) -> None:
    """4100 bytes are rounded to 4112."""
    assert trap_of("STL [R4], R8", END - 4112, armed=armed, stack=4100) is None
    assert trap_of("STL [R4], R8", END - 4116, armed=armed, stack=4100) == OUT


def test_a_golden_trap_says_how_much_there_is() -> None:
    compiled = machine("STL [RZ], R8", "EXIT", parameters=0)
    memory, launch = DeviceMemory(lay_out([("a", 4)])), Launch((1, 1, 1), (1, 1, 1), b"")
    with pytest.raises(GoldenTrap, match="local memory: 1024 bytes of each thread"):
        compiled.profile(launch, memory)


def test_a_kernel_that_never_touches_it_has_no_stack() -> None:
    """As ever: the stack pointer is zero."""
    compiled = machine("MOV R1, c[0x0][0x20]", "EXIT", parameters=0)
    block = compiled.arm(Launch((1, 1, 1), (1, 1, 1), b""), DeviceMemory(lay_out([("a", 4)])), 0)
    block.run(10)
    assert block.registers(0)[1] == 0


# under control -------------------------------------------------------------------------------------------


def armed_store(threads: tuple[int, ...] | None) -> tuple[ArmedBlock, DeviceMemory]:
    lines = (
        "LDL R4, [R1+-0x8]", "STL.64 [R1+-0x8], R2", "LOP.OR R32, R1, c[0x0][0x4]",
        "IADD32I R6, R1, -0x10", "LOP.OR R32, R6, c[0x0][0x4]", "MOV R33, RZ", "ST.E [R32], R2, P0",
        "LDL R5, [R1+-0x8]", "STG.E.64 [R40], R4",
    )  # fmt: skip
    compiled = machine(*_START, *lines, "EXIT", parameters=8)
    memory, launch = prepared()
    return compiled.arm(launch, memory, 0, threads), memory


@pytest.mark.parametrize("threads", [None, (3,), (0, 7, 39)])
def test_stores_are_logged_and_each_thread_has_its_own(threads: tuple[int, ...] | None) -> None:
    """Chosen threads find what they would find among all; undoing touches device memory alone."""
    block, memory = armed_store(threads)
    kept = memory.data.copy()
    assert block.run(100) is Stop.FINISHED
    log = block.accesses()
    local = log[log["kind"] == AccessKind.LOCAL_STORE]
    chosen = threads or range(THREADS)
    assert local["thread"].tolist() == [t for t in chosen for _ in range(2)]
    assert local["offset"].tolist() == [STACK - 8, STACK - 16] * len(chosen)
    assert local["nbytes"].tolist() == [8, 4] * len(chosen)
    for thread in chosen:
        assert memory.data[ROW * thread : ROW * thread + 8].view(np.int32).tolist() == [0, thread]
        stored = block.bytes_at(AccessKind.LOCAL_STORE, thread, STACK - 8, 4).copy()
        assert stored.view(np.int32)[0] == thread
    block.undo()
    assert (memory.data == kept).all()


def test_a_thread_that_is_run_alone_keeps_its_local_memory() -> None:
    """From turn to turn between barriers, beside shared memory that others write."""
    lines = (
        "S2R R30, SR_TID.X", "SHL R30, R30, 0x2", "STS [R30], R2", "STL [R1+-0x8], R2", "BAR.SYNC 0x0",
        "LDS.U.32 R6, [0x14]", "LDL R4, [R1+-0x8]", "IADD R4, R4, R6", "STL [R1+-0x4], R4", "BAR.SYNC 0x0",
        "LDL R5, [R1+-0x4]", "STG.E.64 [R40], R4",
    )  # fmt: skip
    compiled = machine(*_START, *lines, "EXIT", parameters=8, shared=4 * THREADS)
    memory, launch = prepared()
    images = block_images(compiled, launch, memory, 0, 1, ImageRoom(), private=False)
    assert images is not None and len(images.row_of) == 3
    memory.data[:] = 0
    lone = LoneBlock(compiled, launch, memory, 0, 7, images, most_turns=3)
    assert lone.run(100) is Stop.FINISHED and not lone.heard
    assert memory.data[7 * ROW : 7 * ROW + 8].view(np.int32).tolist() == [12, 12]
    assert np.count_nonzero(memory.data) == 2


def test_a_thread_stands_still_between_its_stores() -> None:
    """Stopped before each instruction, it finds its local memory as it left it."""
    block, memory = armed_store(None)
    for count in range(5, 15):
        assert block.run_until(1, count) is Stop.REACHED
    block.run(100)
    assert memory.data[ROW : ROW + 8].view(np.int32).tolist() == [0, 1]
