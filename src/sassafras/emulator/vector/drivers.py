"""The loops over warps and blocks around the wide `thread`.

Blocks in linear order; in a block, between barriers, warps in linear order. A block in which a lane would
trap or hang, or whose lanes part in a way that the wide build does not follow, is taken back: the caller has
the scalar build run it.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.building import I8, I32, I64, POINTER, VOID, add_entry, counting, smaller
from sassafras.emulator.imaging import keep_image
from sassafras.emulator.layout import CONTEXT, Progress, Status, offset_of
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import WideBuilder
from sassafras.emulator.vector.correcting import correct
from sassafras.emulator.vector.journal import undo
from sassafras.emulator.vector.lanes import Shape
from sassafras.emulator.vector.layout import START
from sassafras.emulator.vector.scheduling import at

SIGNATURE = ir.FunctionType(I32, [POINTER, POINTER, I64, I64, POINTER, POINTER])
"""Of ``run(context, warps, first, last, result, counters) -> status``."""


class WarpDrivers:
    """Writes ``run`` around the function ``thread`` of a wide module.

    It runs blocks [first, last). ``warps``: memory of a warp (`WarpLayout`), or, where warps wait for each
    other, of all warps of a block. ``result``: i64 instructions, longest thread, block; the last where the
    status is `Status.REDO`, and the blocks before it have been run. ``counters``: for each warp
    ``row_words`` words (`Rows`).
    """

    def __init__(
        self, module: ir.Module, shape: Shape, *, warp_bytes: int, barrier: bool, row_words: int
    ) -> None:
        self._module = module
        self._shape = shape
        self._warp_bytes = warp_bytes
        self._barrier = barrier
        self._row_bytes = 4 * row_words
        self._thread = module.get_global("thread")

    def add(self) -> None:
        """``run``, and ``run_entry`` that calls it with our float rules."""
        function = ir.Function(self._module, SIGNATURE, "run")
        self._run(WideBuilder(function.append_basic_block("entry"), self._shape), *function.args)
        add_entry(self._module, function, "run_entry")

    def _run(
        self,
        b: WideBuilder,
        context: ir.Value,
        warps: ir.Value,
        first: ir.Value,
        last: ir.Value,
        result: ir.Value,
        counters: ir.Value,
    ) -> None:
        x, y, z = _sides(b, context, "block")
        threads = b.mul(b.mul(x, y), z)
        count = b.lshr(b.add(threads, I32(WARP - 1)), I32(5))
        sums = b.alloca(I64, size=I32(2))
        with counting(b, first, last) as block:
            b.store(I64(0), state_pointer(b, context, offset_of(CONTEXT, "journal_next")))
            b.store(I64(0), sums)
            b.store(I64(0), state_pointer(b, sums, 8))
            _clear_shared(b, context)
            coordinates = _coordinates(b, context, b.trunc(block, I32))
            done = b.mul(b.sub(block, first), b.zext(count, I64))
            with counting(b, I32(0), count) as number:
                warp = self._warp(b, warps, number)
                row = b.mul(b.add(done, b.zext(number, I64)), I64(self._row_bytes))
                self._prepare(b, context, warp, number, threads, coordinates)
                b.store(b.gep(counters, [row], source_etype=I8), at(b, warp, "counters"))
                if not self._barrier:
                    status = b.call(self._thread, [warp, context])
                    self._redo_unless(b, status, Status.EXITED, context, block, result)
                    _add_up(b, warp, sums)
            if self._barrier:
                self._take_turns(b, context, warps, count, block, result)
                with counting(b, I32(0), count) as number:
                    _add_up(b, self._warp(b, warps, number), sums)
            _put_together(b, sums, result)
        b.ret(I32(Status.EXITED))

    def _warp(self, b: WideBuilder, warps: ir.Value, number: ir.Value) -> ir.Value:
        if not self._barrier:
            return warps
        return b.gep(warps, [b.mul(b.zext(number, I64), I64(self._warp_bytes))], source_etype=I8)

    def _prepare(
        self,
        b: WideBuilder,
        context: ir.Value,
        warp: ir.Value,
        number: ir.Value,
        threads: ir.Value,
        coordinates: list[ir.Value],
    ) -> None:
        """A warp before its first instruction."""
        thread = b.shl(number, I32(5))
        lanes = smaller(b, b.sub(threads, thread), I32(WARP))
        limit = b.load(state_pointer(b, context, offset_of(CONTEXT, "limit")), typ=I64)
        whole = b.lshr(I32(-1), b.sub(I32(WARP), lanes))
        fields: dict[str, ir.Value] = {
            "alive": whole,
            "whole": whole,
            "waiting": I32(0),
            "barred": I32(0),
            "split": I32(0),
            "resume": I32(START),
            "thread": thread,
            "state": I32(Progress.RUNNABLE),
            "room": limit,
            "longest": I64(0),
            "instructions": I64(0),
        }
        for field, value in fields.items():
            b.store(value, at(b, warp, field))
        for axis, value in enumerate(coordinates):
            b.store(value, at(b, warp, "ctaid", 4 * axis))

    def _redo_unless(
        self,
        b: WideBuilder,
        status: ir.Value,
        wanted: Status,
        context: ir.Value,
        block: ir.Value,
        result: ir.Value,
    ) -> None:
        """Take the block back where a warp has come to anything else."""
        with b.if_then(b.icmp_signed("!=", status, I32(wanted)), likely=False):
            b.call(undo(self._module, self._shape), [context])
            b.store(block, state_pointer(b, result, 16))
            b.ret(I32(Status.REDO))

    def _take_turns(
        self,
        b: WideBuilder,
        context: ir.Value,
        warps: ir.Value,
        count: ir.Value,
        block: ir.Value,
        result: ir.Value,
    ) -> None:
        """Give every warp that can go on its turn; again after each barrier."""
        with b.goto_entry_block():
            waits = b.alloca(I32)
        phase, done = b.append_basic_block("phase"), b.append_basic_block("done")
        b.branch(phase)
        b.position_at_end(phase)
        b.store(I32(0), waits)
        with counting(b, I32(0), count) as number:
            warp = self._warp(b, warps, number)
            state = at(b, warp, "state")
            ended = b.icmp_signed("==", b.load(state, typ=I32), I32(Progress.EXITED))
            with b.if_then(b.not_(ended)):
                status = b.call(self._thread, [warp, context])
                with b.if_else(b.icmp_signed("==", status, I32(Status.EXITED))) as (out, on):
                    with out:
                        b.store(I32(Progress.EXITED), state)
                    with on:
                        self._redo_unless(b, status, Status.BARRIER, context, block, result)
                        b.store(I32(1), waits)
        right = b.call(correct(self._module, self._shape), [context])
        fine = b.and_(right, b.call(keep_image(self._module), [context]))
        status = b.select(fine, I32(Status.EXITED), I32(Status.REDO))
        self._redo_unless(b, status, Status.EXITED, context, block, result)
        again = b.icmp_signed("!=", b.load(waits, typ=I32), I32(0))
        b.cbranch(again, phase, done)
        b.position_at_end(done)


def _sides(b: WideBuilder, context: ir.Value, name: str) -> list[ir.Value]:
    start = offset_of(CONTEXT, name)
    return [b.load(state_pointer(b, context, start + 4 * axis), typ=I32) for axis in range(3)]


def _coordinates(b: WideBuilder, context: ir.Value, block: ir.Value) -> list[ir.Value]:
    """Of a block in the grid."""
    x, y, _ = _sides(b, context, "grid")
    rest = b.udiv(block, x)
    return [b.urem(block, x), b.urem(rest, y), b.udiv(rest, y)]


def _shared(b: WideBuilder, context: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Where shared memory lies, and its size in bytes."""
    place = b.load(state_pointer(b, context, offset_of(CONTEXT, "shared")), typ=POINTER)
    return place, b.load(state_pointer(b, context, offset_of(CONTEXT, "shared_bytes")), typ=I64)


def _clear_shared(b: WideBuilder, context: ir.Value) -> None:
    place, nbytes = _shared(b, context)
    kind = ir.FunctionType(VOID, [POINTER, I8, I64, ir.IntType(1)])
    b.call(b.function_named("llvm.memset.p0.i64", kind), [place, I8(0), nbytes, ir.IntType(1)(0)])


def _greater(b: WideBuilder, one: ir.Value, other: ir.Value) -> ir.Value:
    return b.select(b.icmp_signed(">", one, other), one, other)


def _add_up(b: WideBuilder, warp: ir.Value, sums: ir.Value) -> None:
    """What a warp has issued, to the sums of its block."""
    total, longest = (b.load(at(b, warp, name), typ=I64) for name in ("instructions", "longest"))
    b.store(b.add(b.load(sums, typ=I64), total), sums)
    place = state_pointer(b, sums, 8)
    b.store(_greater(b, b.load(place, typ=I64), longest), place)


def _put_together(b: WideBuilder, sums: ir.Value, result: ir.Value) -> None:
    """The sums of a block to those of the run."""
    b.store(b.add(b.load(result, typ=I64), b.load(sums, typ=I64)), result)
    place, own = state_pointer(b, result, 8), b.load(state_pointer(b, sums, 8), typ=I64)
    b.store(_greater(b, b.load(place, typ=I64), own), place)
