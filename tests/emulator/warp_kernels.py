"""Kernels whose lanes speak to each other (warps/warps.cu, NVRTC 12.9): launches, and what NumPy says."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.registry import program_of
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.program import Program
from sassafras.toolchain.cubin import read_metadata

DATA = Path(__file__).parent / "warps"
Array = NDArray[Any]


@cache
def compiled(kernel: str, file: str = "warps") -> Program:
    """From the cubin, as a bundled kernel is."""
    metadata = read_metadata((DATA / f"{file}.cubin").read_bytes(), kernel)
    return program_of((DATA / f"{file}.sass").read_text("utf-8"), metadata)


def random(key: int, count: int, low: int, high: int) -> NDArray[np.int32]:
    """Integers from low to high, both included."""
    dice = np.random.Generator(np.random.Philox(key))
    return dice.integers(low, high, count, dtype=np.int32, endpoint=True)


@dataclass(frozen=True)
class WarpCase:
    """A launch: ``inputs`` and the ``outputs`` that must come out, in the order of the parameters, which end
    with the ``scalars``.
    """

    kernel: str
    blocks: int
    threads: int
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    scalars: tuple[int, ...] = ()

    def build(self) -> tuple[Launch, DeviceMemory]:
        """The launch, and memory before it (outputs: 7 in every byte)."""
        arrays = (*self.inputs, *self.outputs)
        memory = DeviceMemory(lay_out([(f"a{k}", array.nbytes) for k, array in enumerate(arrays)]))
        addresses = [memory.layout[f"a{k}"].address for k in range(len(arrays))]
        for address, array in zip(addresses, self.inputs, strict=False):
            memory.at(address, array.nbytes)[:] = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
        for address, array in list(zip(addresses, arrays, strict=True))[len(self.inputs) :]:
            memory.at(address, array.nbytes)[:] = 7
        area = struct.pack(f"<{len(arrays)}Q{len(self.scalars)}i", *addresses, *self.scalars)
        return Launch((self.blocks, 1, 1), (self.threads, 1, 1), area), memory

    def check(self, memory: DeviceMemory) -> None:
        """Whether the outputs are in memory, bit for bit."""
        for k, wanted in enumerate(self.outputs, start=len(self.inputs)):
            found = memory.array(memory.layout[f"a{k}"].address, wanted.size, wanted.dtype)
            np.testing.assert_array_equal(
                found.view(np.uint32), wanted.reshape(-1).view(np.uint32), self.kernel
            )


def warps(values: Array) -> Array:
    """One row for each warp."""
    return values.reshape(-1, 32)


def _butterfly() -> WarpCase:
    x = np.random.Generator(np.random.Philox(1)).standard_normal(192).astype(np.float32)
    y = warps(x)
    for k in (16, 8, 4, 2, 1):
        y = y + y[:, np.arange(32) ^ k]
    return WarpCase("butterfly", 3, 64, (x,), (y,))


def _scan() -> WarpCase:
    x = random(2, 128, -(2**31), 2**31 - 1).view(np.uint32)
    return WarpCase("scan", 2, 64, (x,), (np.cumsum(warps(x), axis=1, dtype=np.uint32),))


def _segments() -> WarpCase:
    x = random(3, 64, -1000, 1000)
    y = x.reshape(-1, 8)
    lane = np.arange(8)
    for k in (4, 2, 1):
        y = y + np.where(lane + k < 8, y[:, np.minimum(lane + k, 7)], y)
    return WarpCase("segments", 1, 64, (x,), (y,))


def _pick() -> WarpCase:
    x = random(4, 96, -100, 100)
    rows, lane = warps(x), np.arange(32)
    whole = np.take_along_axis(rows, rows & 31, axis=1)
    narrow = np.take_along_axis(rows, (rows & 3) | (lane & ~3), axis=1)
    return WarpCase("pick", 1, 96, (x,), (whole * 100 + narrow,))


def _compact() -> WarpCase:
    x = random(5, 128, -3, 3)
    out = np.full(128, 0x07070707, np.int32)
    counts = np.empty(4, np.uint32)
    for w, row in enumerate(warps(x)):
        chosen = row[row > 0]
        out[32 * w : 32 * w + len(chosen)] = chosen
        counts[w] = len(chosen)
    return WarpCase("compact", 2, 64, (x,), (out, counts))


def _votes() -> WarpCase:
    x = random(6, 128, 0, 1)
    x[:32], x[32:64], x[64] = 1, 0, 1
    p = warps(x) > 0
    every, some = p.all(axis=1), p.any(axis=1)
    answer = every + 2 * some + 4 * (every | ~some)
    return WarpCase("votes", 1, 128, (x,), (np.repeat(answer, 32).astype(np.int32),))


def _divergent() -> WarpCase:
    x = random(7, 64, 0, 30)
    out, masks = np.empty_like(x), np.empty(64, np.uint32)
    lane = np.arange(32)
    third = lane % 3 == 0
    for w, row in enumerate(warps(x)):
        turned = row.copy()
        for k in np.flatnonzero(third):
            y = 0
            while y < turned[k]:
                turned[k] -= 1
                y += 1
        y = np.where(third, turned[27] + 1000, row[28] + 2000)
        odd = ((row & 1 == 1) & ~third).astype(np.uint32)
        ballot = int((odd << lane.astype(np.uint32)).sum())
        masks[32 * w : 32 * w + 32] = np.where(third, 0x49249249, ballot)
        turned = np.where(third, turned, row)
        out[32 * w : 32 * w + 32] = y + turned[lane ^ 1]
    return WarpCase("divergent", 2, 32, (x,), (out, masks))


def _last_warp() -> WarpCase:
    x = np.concatenate([np.ones(64, np.int32), random(8, 128, -(2**30), 2**30)])
    return WarpCase("last_warp", 3, 64, (x,), (x.reshape(3, 64).sum(axis=1, dtype=np.int32),))


def _aggregated() -> WarpCase:
    x = random(9, 256, -2, 2)
    place = np.full(256, 0x07070707, np.int32)
    counts = []
    for block in range(2):
        chosen = np.flatnonzero(x[128 * block : 128 * block + 128] > 0)
        place[128 * block + chosen] = np.arange(len(chosen))
        counts.append(len(chosen))
    return WarpCase("aggregated", 2, 64, (x,), (place, np.array(counts, np.int32)))


def _producer() -> WarpCase:
    x = random(10, 128, -1000, 1000)
    return WarpCase("producer", 1, 64, (x,), (warps(x)[:, ::-1] * 3,))


def _counted() -> WarpCase:
    x = random(11, 192, 0, 1)
    x[:48], x[48:96] = 1, 0
    p = x.reshape(4, 48) > 0
    answer = p.sum(axis=1) * 4 + p.all(axis=1) * 2 + p.any(axis=1)
    return WarpCase("counted", 4, 48, (x,), (np.repeat(answer, 48).astype(np.int32),))


def _halves() -> WarpCase:
    x = random(12, 128, -1000, 1000)
    return WarpCase("halves", 1, 128, (x,), (x.reshape(2, 64)[:, ::-1].reshape(-1) + x[::-1],), (64,))


def _sorted() -> WarpCase:
    x = random(13, 128, -50, 50)
    return WarpCase("sorted", 2, 64, (x,), (np.sort(warps(x), axis=1),))


def _masks() -> WarpCase:
    lane = np.arange(80, dtype=np.uint64) % 32
    eq = 1 << lane
    columns = (
        eq,
        eq - 1,
        2 * eq - 1,
        2**32 - 2 * eq,
        2**32 - eq,
        np.where(np.arange(80) < 64, 2**32 - 1, 0xFFFF),
    )
    return WarpCase("masks", 1, 80, (), (np.stack(columns, axis=1).astype(np.uint32),))


_MAKERS: tuple[Callable[[], WarpCase], ...] = (
    _butterfly, _scan, _segments, _pick, _compact, _votes, _divergent, _last_warp, _aggregated, _producer,
    _counted, _halves, _sorted, _masks,
)  # fmt: skip
CASES = {maker.__name__.removeprefix("_"): maker() for maker in _MAKERS}
MEMORY_ONLY = ("last_warp",)
"""Kernels in which lanes speak through memory alone: their machine code does not say so."""


def program(kernel: str) -> Program:
    """With the knowledge of `MEMORY_ONLY`."""
    known = compiled(kernel)
    return known.in_lock_step if kernel in MEMORY_ONLY else known
