"""A wide build, compiled, and what it needs beside the context of a launch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.context import LaunchContext
from sassafras.emulator.effort import wide_effort
from sassafras.emulator.launch import Dim
from sassafras.emulator.layout import CONTEXT, Status, offset_of
from sassafras.emulator.plain import has_barrier
from sassafras.emulator.vector.drivers import SIGNATURE, WarpDrivers
from sassafras.emulator.vector.function import WarpFunction
from sassafras.emulator.vector.journal import ENTRY_BYTES, put_back
from sassafras.emulator.vector.lanes import NoWideForm, Shape
from sassafras.emulator.vector.layout import STACKS
from sassafras.errors import ListingError
from sassafras.isa.program import Program
from sassafras.isa.slicing import Slice
from sassafras.native import Host, NativeLibrary, address_of
from sassafras.sources import source_key

JOURNAL_ENTRIES = 1 << 15
_BUFFERS = ("tids", "journal", "journal_next", "journal_end", "stacks")
_WORD = {n: offset_of(CONTEXT, n) // 8 for n in _BUFFERS}


class WideRunner:
    """Runs blocks of a program as warps of vectors, plain or profiling, for one kind of processor; or only
    what is ``chosen`` of it.
    """

    def __init__(
        self, program: Program, target: Host, *, profiling: bool = False, chosen: Slice | None = None
    ) -> None:
        self.program = program
        self._chosen = chosen
        self._target = target
        self._profiling = profiling
        self._barrier = has_barrier(program)

    @cached_property
    def function(self) -> WarpFunction:
        """The form that is compiled, without its code. Raises NoWideForm for a program that has none."""
        return self._form()

    def _form(self) -> WarpFunction:
        shape = Shape(self._target.lanes)
        return WarpFunction(self.program, shape, profiling=self._profiling, chosen=self._chosen)

    @property
    def has_form(self) -> bool:
        """Whether the program has a wide form. Compiles it."""
        try:
            return self._run is not None
        except (NoWideForm, ListingError):  # of the latter the scalar build says more, if it has it too
            return False

    @cached_property
    def _run(self) -> Callable[..., int]:
        function = self.function

        def text() -> str:
            module = self._form().emit()  # one of its own, which is forgotten: code takes much memory
            WarpDrivers(
                module,
                function.shape,
                warp_bytes=function.layout.nbytes,
                barrier=self._barrier,
                row_words=function.rows.words if self._profiling else 0,
            ).add()
            return str(module)

        kind = "wide profile" if self._profiling else "wide slice" if self._chosen else "wide"
        family = self.program.architecture.family.name
        sources = source_key("emulator.vector", "isa.parser")
        level, passes = wide_effort(self.program, profiling=self._profiling)
        library = NativeLibrary(
            f"{self.program.name}-{kind}",
            text,
            ["run_entry"],
            key=f"{sources} {family} {self.program.digest} {kind} {function.shape.lanes}",
            level=level,
            target=self._target,
            passes=passes,
        )
        return library.typed("run_entry", SIGNATURE)

    @cached_property
    def _journal(self) -> NDArray[np.uint8]:
        """Room for it. Runs of one process come one after the other."""
        return np.empty(JOURNAL_ENTRIES * ENTRY_BYTES + 64, np.uint8)

    def run_and_undo(
        self, context: LaunchContext, block: int
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8]] | None:
        """Run one block and put back what it has stored in global memory. Returns the offsets of the bytes
        that it has stored over, sorted, and what it has stored; None where it has to be run thread by
        thread.
        """
        warps = -(-int(np.prod(_sides(context))) // WARP)
        counters = np.zeros(warps * self.function.rows.words if self._profiling else 1, np.int32)
        if self.run(context, range(block, block + 1), np.zeros(4, np.int64), counters) is not None:
            return None
        start = _aligned(self._journal) - address_of(self._journal)
        used = self._journal[start : start + int(context.record.view(np.int64)[_WORD["journal_next"]])]
        return put_back(used, context.memory.data, self.function.shape.lanes)

    def run(
        self, context: LaunchContext, blocks: range, result: NDArray[np.int64], rows: NDArray[np.int32]
    ) -> int | None:
        """Run blocks. None where all have ended, else the block, taken back, with which to go on thread by
        thread. ``result``: instructions and longest thread are added; ``rows``: for each warp of the blocks
        its words (`Rows`).
        """
        sides = _sides(context)
        warps = -(-sides[0] * sides[1] * sides[2] // WARP)
        memory = np.empty(self.function.layout.nbytes * (warps if self._barrier else 1) + 64, np.uint8)
        journal = self._journal
        tids = _thread_coordinates(sides)
        words = context.record.view(np.int64)
        words[_WORD["tids"]], words[_WORD["journal"]] = address_of(tids), _aligned(journal)
        stacks = np.zeros(STACKS.itemsize // 4 + 2 * len(self.program.instructions), np.int32)
        stacks[STACKS.itemsize // 4 :] = -1
        stacks[0] = 1
        words[_WORD["stacks"]] = address_of(stacks)
        words[_WORD["journal_next"]], words[_WORD["journal_end"]] = 0, JOURNAL_ENTRIES * ENTRY_BYTES
        status = self._run(
            context.address, _aligned(memory), blocks.start, blocks.stop, address_of(result), address_of(rows)
        )
        return None if status == Status.EXITED else int(result[2])

    def count(
        self, context: LaunchContext, blocks: range
    ) -> tuple[NDArray[np.int32], NDArray[np.intp], range]:
        """Run blocks and count: the different rows, int32 (rows, counters of `function`), which is that of
        each thread, and the blocks that are to be run thread by thread.
        """
        x, y, z = _sides(context)
        threads, warps = x * y * z, -(-x * y * z // WARP)
        rows = self.function.rows
        counts = np.zeros((len(blocks) * warps, rows.words), np.int32)
        stopped = self.run(context, blocks, np.zeros(4, np.int64), counts)
        left = range(blocks.stop if stopped is None else stopped, blocks.stop)
        done = len(blocks) - len(left)
        return *rows.of_threads(counts[: done * warps], warps, threads), left


def _aligned(array: NDArray[np.uint8]) -> int:
    """An address in the first 64 bytes of an array that begins a cache line."""
    return -(-address_of(array) // 64) * 64


def _sides(context: LaunchContext) -> Dim:
    x, y, z = context.record["block"][0].tolist()
    return x, y, z


@lru_cache(maxsize=64)
def _thread_coordinates(block: Dim) -> NDArray[np.int32]:
    """tid.x, tid.y and tid.z of the lanes of each warp of a block, int32 (warps, 3, WARP)."""
    x, y, z = block
    linear = np.arange(-(-x * y * z // WARP) * WARP, dtype=np.int64).reshape(-1, WARP)
    return np.ascontiguousarray(
        np.stack([linear % x, linear // x % y, linear // (x * y)], axis=1).astype(np.int32)
    )
