"""The loops over threads and blocks around ``thread``.

Order (it defines the result of racing stores): blocks in linear order; inside a block, between barriers,
threads in linear order (of kernels in which no lane can tell; of others see `warp_drivers`). A barrier
releases when every thread of the block that has not ended waits (sass-semantics section 7).

How one thread of a block is run apart from the others: `lone_drivers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, TypeAlias

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64, POINTER, VOID, add_entry, counting
from sassafras.emulator.fields import byte_at as _byte
from sassafras.emulator.fields import field_at as _at
from sassafras.emulator.fields import sides_of as _sides
from sassafras.emulator.fields import state_at as _state
from sassafras.emulator.fields import threads_of as _threads
from sassafras.emulator.layout import CONTEXT, STATE, Progress, Status, offset_of

_P = POINTER
_B: TypeAlias = ir.IRBuilder

SIGNATURES = {
    "prepare_block": ir.FunctionType(VOID, [_P, _P, I32, I32, I32]),
    "run": ir.FunctionType(I32, [_P, _P, I64, I64, _P, _P]),
    "run_block": ir.FunctionType(I32, [_P, _P, I32, I32, _P]),
    "step": ir.FunctionType(I32, [_P, _P]),
}
"""The functions that `Drivers` writes, each by the method of that name."""

Turn = Callable[[ir.Value, ir.Value], ir.Value]  #: from the place and the state of a thread to its status


class Drivers:
    """Writes functions around the function ``thread`` of a module."""

    signatures: ClassVar[Mapping[str, ir.FunctionType]] = SIGNATURES

    def __init__(self, module: ir.Module, *, barrier: bool, row_bytes: int, local_bytes: int = 0) -> None:
        """``barrier``: threads can wait for each other. ``row_bytes``: of a thread's counters.
        ``local_bytes``: of a thread's local memory.
        """
        self._module = module
        self._thread = module.get_global("thread")
        self._barrier = barrier
        self._row_bytes = row_bytes
        self._local_bytes = local_bytes

    def add(self, names: Iterable[str]) -> None:
        """Add functions, and for each an exported ``name_entry`` with our float rules that calls it."""
        for name in names:
            add_entry(self._module, self._function(name), f"{name}_entry")

    def _function(self, name: str) -> ir.Function:
        known = self._module.globals.get(name)
        if known is not None:
            return known
        function = ir.Function(self._module, self.signatures[name], name)
        function.attributes.add("noinline")
        getattr(self, name)(ir.IRBuilder(function.append_basic_block("entry")), *function.args)
        return function

    # the functions ---------------------------------------------------------------------------------------

    def prepare_block(
        self, b: _B, context: ir.Value, states: ir.Value, block: ir.Value, first: ir.Value, last: ir.Value
    ) -> None:
        """Prepare threads [first, last) of a block (states side by side) and its shared memory."""
        self._clear_shared(b, context)
        with counting(b, first, last) as thread:
            self._prepare(b, context, _state(b, states, b.sub(thread, first)), block, thread, thread)
        b.ret_void()

    def run(
        self,
        b: _B,
        context: ir.Value,
        states: ir.Value,
        first: ir.Value,
        last: ir.Value,
        result: ir.Value,
        counters: ir.Value,
    ) -> None:
        """Run blocks [first, last). A state per thread of a block; without barriers threads never coexist,
        and one serves them all.

        ``result``: i64 instructions, i64 longest thread, i64 block, i64 thread (the last two where a trap
        struck). ``counters``: a row per thread.
        """
        where = b.alloca(I32)
        count = _threads(b, context)
        with counting(b, first, last) as block:
            done = b.mul(b.sub(block, first), b.zext(count, I64))
            self._clear_shared(b, context)
            with counting(b, I32(0), count) as thread:
                state = _state(b, states, thread) if self._barrier else states
                own = thread if self._barrier else I32(0)
                self._prepare(b, context, state, b.trunc(block, I32), thread, own)
                row = b.mul(b.add(done, b.zext(thread, I64)), I64(self._row_bytes))
                b.store(_byte(b, counters, row), _at(b, state, STATE, "counters"))
                if not self._barrier:
                    status = b.call(self._thread, [state, context])
                    _add_up(b, state, result)
                    _stop_unless_ended(b, status, result, block, thread)
            if self._barrier:
                status = b.call(self._function("run_block"), [context, states, count, I32(0), where])
                with counting(b, I32(0), count) as thread:
                    _add_up(b, _state(b, states, thread), result)
                _stop_unless_ended(b, status, result, block, b.load(where, typ=I32))
        b.ret(I32(Status.EXITED))

    def run_block(
        self, b: _B, context: ir.Value, states: ir.Value, count: ir.Value, start: ir.Value, where: ir.Value
    ) -> None:
        """Run the threads of a block from state number ``start`` on, through barriers, until all have ended
        (EXITED) or one returns anything else than EXITED or BARRIER: then that status, with the number of its
        state in ``where``.
        """

        def turn(place: ir.Value, state: ir.Value) -> ir.Value:
            b.store(place, where)
            return b.call(self._thread, [state, context])

        self._take_turns(b, states, count, start, turn)

    def step(self, b: _B, state: ir.Value, context: ir.Value) -> None:
        """Run one thread, nothing around it."""
        b.ret(b.call(self._thread, [state, context]))

    # their parts -----------------------------------------------------------------------------------------

    def _take_turns(
        self,
        b: _B,
        states: ir.Value,
        count: ir.Value,
        start: ir.Value,
        turn: Turn,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        """Give every runnable thread its turn, from state number ``start`` on; again from the first one after
        each barrier. ``at_end``: written behind each phase. Ends the function.
        """
        entry, phase = b.block, b.append_basic_block("phase")
        b.branch(phase)
        b.position_at_end(phase)
        begin = b.phi(I32)
        begin.add_incoming(start, entry)
        with counting(b, begin, count) as place:
            state = _state(b, states, place)
            progress = _at(b, state, STATE, "status")
            runnable = b.icmp_signed("==", b.load(progress, typ=I32), I32(Progress.RUNNABLE))
            with b.if_then(runnable):
                note(b, turn(place, state), progress)
        at_end()
        with b.if_then(b.call(self._release(), [states, count])):
            begin.add_incoming(I32(0), b.block)
            b.branch(phase)
        b.ret(I32(Status.EXITED))

    def _release(self) -> ir.Function:
        """A barrier releases the threads that wait at it. Whether there were any (i1)."""
        known = self._module.globals.get("release")
        if known is not None:
            return known
        function = ir.Function(self._module, ir.FunctionType(I1, [POINTER, I32]), "release")
        b = ir.IRBuilder(function.append_basic_block("entry"))
        states, count = function.args
        any_waits = b.alloca(I1)
        b.store(I1(0), any_waits)
        with counting(b, I32(0), count) as place:
            progress = _at(b, _state(b, states, place), STATE, "status")
            with b.if_then(b.icmp_signed("==", b.load(progress, typ=I32), I32(Progress.AT_BARRIER))):
                b.store(I32(Progress.RUNNABLE), progress)
                b.store(I1(1), any_waits)
        b.ret(b.load(any_waits, typ=I1))
        return function

    def _prepare(
        self,
        b: _B,
        context: ir.Value,
        state: ir.Value,
        block: ir.Value,
        thread: ir.Value,
        place: ir.Value,
    ) -> None:
        """A thread before its first instruction: everything zero but its coordinates. ``place``: of its local
        memory among those of the block.
        """
        self._clear(b, state, I64(offset_of(STATE, "limit")))
        b.store(b.load(_at(b, context, CONTEXT, "limit"), typ=I64), _at(b, state, STATE, "limit"))
        b.store(I32(0), _at(b, state, STATE, "depth"))
        b.store(I32(Progress.RUNNABLE), _at(b, state, STATE, "status"))
        for field, linear, sides in (("tid", thread, "block"), ("ctaid", block, "grid")):
            nx, ny, _ = _sides(b, context, sides)
            rest = b.udiv(linear, nx)
            for axis, value in enumerate((b.urem(linear, nx), b.urem(rest, ny), b.udiv(rest, ny))):
                b.store(value, _at(b, state, STATE, field, 4 * axis))
        b.store(b.and_(thread, I32(31)), _at(b, state, STATE, "lane"))
        b.store(thread, _at(b, state, STATE, "thread"))
        if self._local_bytes:
            memory, nbytes = b.load(_at(b, context, CONTEXT, "local"), typ=POINTER), I64(self._local_bytes)
            local = _byte(b, memory, b.mul(b.zext(place, I64), nbytes))
            b.store(local, _at(b, state, STATE, "local"))
            self._clear(b, local, nbytes)

    def _clear_shared(self, b: _B, context: ir.Value) -> None:
        self._clear(b, *shared_of(b, context))

    def _clear(self, b: _B, start: ir.Value, nbytes: ir.Value) -> None:
        self._call(b, "llvm.memset.p0.i64", VOID, start, I8(0), nbytes, I1(0))

    def _copy(self, b: _B, target: ir.Value, source: ir.Value, nbytes: ir.Value) -> None:
        self._call(b, "llvm.memcpy.p0.p0.i64", VOID, target, source, nbytes, I1(0))

    def _call(self, b: _B, name: str, result: ir.Type, *arguments: ir.Value) -> ir.Value:
        """Call a function that is defined elsewhere."""
        known = self._module.globals.get(name)
        kind = ir.FunctionType(result, [argument.type for argument in arguments])
        return b.call(known or ir.Function(self._module, kind, name), arguments)


def shared_of(b: _B, context: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Where the shared memory lies, and its size in bytes."""
    place = b.load(_at(b, context, CONTEXT, "shared"), typ=POINTER)
    return place, b.load(_at(b, context, CONTEXT, "shared_bytes"), typ=I64)


def note(b: _B, status: ir.Value, progress: ir.Value) -> ir.Value:
    """Note where a thread stands that came back, and tell whether it has ended (i1); the function returns
    any status but EXITED and BARRIER.
    """
    ended, waits = (b.icmp_signed("==", status, I32(one)) for one in (Status.EXITED, Status.BARRIER))
    with b.if_then(b.not_(b.or_(ended, waits))):
        b.ret(status)
    b.store(b.select(ended, I32(Progress.EXITED), I32(Progress.AT_BARRIER)), progress)
    return ended


def _add_up(b: _B, state: ir.Value, result: ir.Value) -> None:
    count = b.load(_at(b, state, STATE, "count"), typ=I64)
    b.store(b.add(b.load(result, typ=I64), count), result)
    longest_at = _byte(b, result, I32(8))
    longest = b.load(longest_at, typ=I64)
    b.store(b.select(b.icmp_signed(">", count, longest), count, longest), longest_at)


def _stop_unless_ended(b: _B, status: ir.Value, result: ir.Value, block: ir.Value, thread: ir.Value) -> None:
    with b.if_then(b.icmp_signed("!=", status, I32(Status.EXITED))):
        b.store(block, _byte(b, result, I32(16)))
        b.store(b.zext(thread, I64), _byte(b, result, I32(24)))
        b.ret(status)
