"""Loads, stores, atomic additions and constant loads against NumPy on the same bytes."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.bench import M32, machine
from tests.emulator.ieee import SINGLE
from tests.emulator.values import FLOATS

from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out

WIDTHS = {"U8": 1, "S8": 1, "U16": 2, "S16": 2, "": 4, "32": 4, "64": 8, "128": 16}
BYTES = 256
ONE = (1, 1, 1)


def _suffix(width: str) -> str:
    return "." + width if width else ""


def _memory(seed: int = 1) -> tuple[DeviceMemory, int]:
    layout = lay_out([("data", BYTES)])
    memory = DeviceMemory(layout)
    memory.at(layout.base, BYTES)[:] = np.random.Generator(np.random.Philox(key=seed)).integers(
        0, 256, BYTES, np.uint8
    )
    return memory, layout.base


def _run(
    lines: list[str], memory: DeviceMemory, *, armed: bool, shared: int = 0, constants: bytes = b""
) -> None:
    compiled = machine(
        "MOV R40, c[0x0][0x140]",
        "MOV R41, c[0x0][0x144]",
        *lines,
        "EXIT",
        shared=shared,
        constants=constants,
        parameters=16,
    )
    launch = Launch(ONE, ONE, struct.pack("<QQ", memory.layout.base, 0x1122334455667788))
    if armed:
        block = compiled.arm(launch, memory, 0)
        block.run(10_000)
        assert block.trap is None
    else:
        assert compiled.run(launch, memory).trap is None


def _loaded(data: NDArray[np.uint8], offset: int, width: str) -> list[int]:
    """The registers a load fills."""
    raw = data[offset : offset + WIDTHS[width]].tobytes()
    if width in ("S8", "S16"):
        return [int.from_bytes(raw, "little", signed=True) & M32]
    if len(raw) < 4:
        return [int.from_bytes(raw, "little")]
    return [int(word) for word in np.frombuffer(raw, "<u4")]


@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_global_loads_and_stores(width: str, armed: bool) -> None:
    memory, base = _memory()
    before = memory.at(base, BYTES).copy()
    size = WIDTHS[width]
    offsets = [k * size for k in (0, 1, 2, 3)]
    lines = []
    for k, offset in enumerate(offsets):
        lines += [f"LDG.E{_suffix(width)} R{4 + 4 * k}, [R40+{offset:#x}]"]
        lines += [f"STG.E{_suffix(width)} [R40+{128 + offset:#x}], R{4 + 4 * k}"]
    _run(lines, memory, armed=armed)
    expected = before.copy()
    for offset in offsets:
        expected[128 + offset : 128 + offset + size] = before[offset : offset + size]
    np.testing.assert_array_equal(memory.at(base, BYTES), expected)


@pytest.mark.parametrize("armed", [False, True])
def test_what_loads_write_to_registers(armed: bool) -> None:
    memory, base = _memory(2)
    before = memory.at(base, BYTES).copy()
    lines, expected, slot = [], [], 0
    for width, size in WIDTHS.items():
        for k in (0, 3):
            words = _loaded(before, k * size, width)
            lines += ["MOV32I R4, 0x1", f"LDG.E{_suffix(width)} R4, [R40+{k * size:#x}]"]
            lines += [f"STG.E [R40+{64 + 4 * (slot + j):#x}], R{4 + j}" for j in range(len(words))]
            expected += words
            slot += len(words)
    _run(lines, memory, armed=armed)
    assert memory.array(base + 64, slot, np.uint32).tolist() == expected


@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_shared_loads_and_stores(width: str, armed: bool) -> None:
    """Global to shared with one width, back as words; and the scaled address."""
    memory, base = _memory(3)
    before = memory.at(base, BYTES).copy()
    size = WIDTHS[width]
    lines = ["MOV32I R20, 0x8"]
    lines += [
        f"LDG.E.128 R4, [R40+{16 * k:#x}]\0STS.128 [{16 * k:#x}], R4".split("\0")[j]
        for k in range(4)
        for j in (0, 1)
    ]
    lines += [f"LDS.U{_suffix(width)} R4, [R20.X4+-0x10]", f"STS{_suffix(width)} [R20+0x38], R4"]
    lines += [
        f"LDS.U.32 R8, [{4 * k:#x}]\0STG.E [R40+{128 + 4 * k:#x}], R8".split("\0")[j]
        for k in range(20)
        for j in (0, 1)
    ]
    _run(lines, memory, armed=armed, shared=100)
    shared = np.zeros(80, np.uint8)
    shared[:64] = before[:64]
    shared[64 : 64 + size] = before[16 : 16 + size]
    np.testing.assert_array_equal(memory.at(base + 128, 80), shared)


@pytest.mark.parametrize("armed", [False, True])
def test_constant_loads(armed: bool) -> None:
    constants = bytes(range(64))
    memory, base = _memory(4)
    lines = ["MOV32I R20, 0x8", "MOV32I R21, -0x8"]
    reads = (("LDC", "c[0x2][R20+0x4]", 12, 1), ("LDC.64", "c[0x2][R20]", 8, 2), ("LDC.128",
        "c[0x2][R20+0x8]", 16, 4),
             ("LDC.32", "c[0x2][0x3c]", 60, 1), ("LDC", "c[0x2][R21+0x10]", 8, 1))  # fmt: skip
    expected, slot = [], 0
    for text, operand, offset, words in reads:
        lines += [
            f"{text} R4, {operand}",
            *(f"STG.E [R40+{4 * (slot + k):#x}], R{4 + k}" for k in range(words)),
        ]
        expected += np.frombuffer(constants, "<u4", words, offset).tolist()
        slot += words
    lines += [
        "MOV32I R22, 0x140",
        "LDC.64 R4, c[0x0][R22+0x8]",
        f"STG.E.64 [R40+{4 * slot + 4 * (slot % 2):#x}], R4",
        "MOV R6, c[0x2][0x4]",
    ]
    lines += ["STG.E [R40+0x80], R6"]
    _run(lines, memory, armed=armed, constants=constants)
    assert memory.array(base, slot, np.uint32).tolist() == expected
    assert int(memory.array(base + 4 * slot + 4 * (slot % 2), 1, np.uint64)[0]) == 0x1122334455667788
    assert int(memory.array(base + 0x80, 1, np.uint32)[0]) == 0x07060504


@pytest.mark.parametrize("armed", [False, True])
def test_atomic_additions(armed: bool) -> None:
    """Integers wrap; floats flush denormals on both sides and in the result."""
    layout = lay_out([("data", 8 * len(FLOATS) ** 2)])
    memory = DeviceMemory(layout)
    pairs = np.array([(x, y) for x in FLOATS for y in FLOATS], np.uint32)
    memory.array(layout.base, pairs.size, np.uint32)[:] = pairs.ravel()
    text = [
        "S2R R4, SR_TID.X",
        "S2R R5, SR_CTAID.X",
        "ISCADD R4, R5, R4, 0x5",
        "ISCADD R6, R4, c[0x0][0x140], 0x3",
        "MOV R7, c[0x0][0x144]",
    ]
    for kind in ("", ".F32.FTZ.RN", ".S32"):
        memory.array(layout.base, pairs.size, np.uint32)[:] = pairs.ravel()
        compiled = machine(*text, "LDG.E R8, [R6+0x4]", f"RED.E.ADD{kind} [R6], R8", "EXIT", parameters=8)
        launch = Launch((len(FLOATS), 1, 1), (len(FLOATS), 1, 1), struct.pack("<Q", layout.base))
        if armed:
            for block in range(launch.blocks):
                compiled.arm(launch, memory, block).run(100)
        else:
            assert compiled.run(launch, memory).trap is None
        got = memory.array(layout.base, pairs.size, np.uint32).reshape(-1, 2)[:, 0].tolist()
        for (x, y), value in zip(pairs.tolist(), got, strict=True):
            flushed = SINGLE.flush(SINGLE.add(SINGLE.flush(x), SINGLE.flush(y)))
            assert value == (flushed if "F32" in kind else (x + y) & M32), (hex(x), hex(y))


@pytest.mark.parametrize("armed", [False, True])
def test_hints_change_nothing(armed: bool) -> None:
    """Caches, uniformity, prefetches (of an address that nobody has mapped, too)."""
    memory, base = _memory(6)
    before = memory.at(base, BYTES).copy()
    lines = ["CCTL.E.PF2 [R40]", "CCTL.E.PF1 [RZ]", "CCTL.IVALL [RZ]", "LDG.E.U.128 R4, [R40]",
        "LDG.E.CS R8, [R40+0x10]", "STG.E.CS.128 [R40+0x40], R4", "LD.E.U.CG R9, [R40+0x14], P0",
        "ST.E.WT [R40+0x50], R8, PT", "ST.E.CS [R40+0x54], R9, !P3"]  # fmt: skip
    _run(lines, memory, armed=armed)
    expected = before.copy()
    expected[0x40:0x58] = before[:0x18]
    np.testing.assert_array_equal(memory.at(base, BYTES), expected)


@pytest.mark.parametrize("armed", [False, True])
def test_racing_additions_all_count(armed: bool) -> None:
    memory, base = _memory(5)
    memory.array(base, 1, np.uint32)[:] = 5
    compiled = machine(
        "MOV R6, c[0x0][0x140]",
        "MOV R7, c[0x0][0x144]",
        "S2R R8, SR_TID.X",
        "RED.E.ADD [R6], R8",
        "EXIT",
        parameters=8,
    )
    launch = Launch((3, 1, 1), (40, 1, 1), struct.pack("<Q", base))
    if armed:
        for block in range(3):
            compiled.arm(launch, memory, block).run(10)
    else:
        compiled.run(launch, memory)
    assert int(memory.array(base, 1, np.uint32)[0]) == 5 + 3 * sum(range(40))


@pytest.mark.parametrize("armed", [False, True])
def test_special_registers_and_launch_constants(armed: bool) -> None:
    """Coordinates run x first; the constant bank holds the sizes of block and grid."""
    grid, block = (2, 3, 2), (4, 3, 5)
    names = ("TID.X", "TID.Y", "TID.Z", "CTAID.X", "CTAID.Y", "CTAID.Z", "LANEID")
    threads = 12 * 60
    layout = lay_out([("data", threads * 64)])
    memory = DeviceMemory(layout)
    lines = [f"S2R R{k}, SR_{name}" for k, name in enumerate(names)]
    lines += [f"MOV R{8 + k}, c[0x0][{0x8 + 4 * k:#x}]" for k in range(6)] + [
        "S2R R7, SRZ",
        "MOV R14, c[0x0][0x20]",
        "MOV R15, RZ",
    ]
    # R20: the thread's linear number in the launch, 60 threads per block.
    lines += [
        "XMAD R20, R5, 0x3, R4",
        "XMAD R20, R20, 0x2, R3",
        "XMAD R21, R2, 0x3, R1",
        "XMAD R21, R21, 0x4, R0",
        "XMAD R20, R20, 0x3c, R21",
    ]
    lines += [
        "ISCADD R22, R20, c[0x0][0x140], 0x6",
        "MOV R23, c[0x0][0x144]",
        *(f"STG.E.128 [R22+{16 * k:#x}], R{4 * k}" for k in range(4)),
        "EXIT",
    ]
    compiled = machine(*lines, parameters=8)
    launch = Launch(grid, block, struct.pack("<Q", layout.base))
    if armed:
        for b in range(launch.blocks):
            compiled.arm(launch, memory, b).run(100)
    else:
        assert compiled.run(launch, memory).trap is None
    got = memory.array(layout.base, threads * 16, np.uint32).reshape(threads, 16)
    for t in range(threads):
        b, i = divmod(t, 60)
        tid = (i % 4, i // 4 % 3, i // 12)
        ctaid = (b % 2, b // 2 % 3, b // 6)
        assert got[t].tolist() == [*tid, *ctaid, i % 32, 0, *block, *grid, 0, 0]
