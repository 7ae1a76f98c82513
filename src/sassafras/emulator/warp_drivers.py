"""The loops over warps and blocks around a lane (`warp_function`).

Order: warps in linear order between barriers. In a warp, of the lanes that can go on, those with the deepest
call/sync stack make the next round, of these the ones with the lowest program counter: they stand at the same
instruction, and each goes in lane order to its next meeting point. That is lock step as far as anything can
tell, since a lane accesses memory at most once in a round, at its start.

Barriers: when no lane of the block can go on, every barrier that is complete lets go of those who wait at it,
the lowest number first. One without a count is complete when all threads of the block that have not ended
wait at it; one with a count when as many have arrived, where each warp that waits counts 32, and so does each
time that a warp has only arrived. When none is complete, the block hangs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar, TypeAlias

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.building import I1, I32, I64, POINTER, VOID, counting
from sassafras.emulator.convergence import emit_release
from sassafras.emulator.drivers import SIGNATURES, Drivers
from sassafras.emulator.fields import byte_at, field_at, state_at, threads_of
from sassafras.emulator.layout import CONTEXT, STATE, LetGo, Progress, Status, Turn, offset_of
from sassafras.emulator.semantics.warp import BARRIERS, code_of
from sassafras.emulator.traps import TrapKind
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BarrierReduction,
)

_P = POINTER
_B: TypeAlias = ir.IRBuilder

WARP_SIGNATURES = {
    "round": ir.FunctionType(I32, [_P, _P, I32, I32, _P]),
    "choose": ir.FunctionType(I1, [_P, I32]),
    "release": ir.FunctionType(VOID, [_P, I32]),
    "make_ready": ir.FunctionType(I1, [_P, I32]),
    "phase": ir.FunctionType(I32, [_P, _P, I32, _P]),
    "let_go": ir.FunctionType(I32, [_P, _P, I32, _P]),
    "complete": ir.FunctionType(I1, [_P, _P, I32, I32]),
}
"""The functions that `WarpDrivers` writes beside those of `Drivers`, each by the method of that name."""


class WarpDrivers(Drivers):
    """Writes functions around the function ``thread`` of a module, a lane of a warp in lock step."""

    signatures: ClassVar[Mapping[str, ir.FunctionType]] = {**SIGNATURES, **WARP_SIGNATURES}

    # of a block ------------------------------------------------------------------------------------------

    def run_block(
        self, b: _B, context: ir.Value, states: ir.Value, count: ir.Value, start: ir.Value, where: ir.Value
    ) -> None:
        """Run a block on, from where its lanes stand (``start`` is not needed: they know), through barriers,
        until all have ended (EXITED), or one is stopped: then its status, and its number in ``where``.
        """
        phase = b.append_basic_block("phase")
        b.branch(phase)
        b.position_at_end(phase)
        status = b.call(self._function("phase"), [context, states, count, where])
        with b.if_then(b.icmp_signed("!=", status, I32(Status.EXITED))):
            b.ret(status)
        went = b.call(self._function("let_go"), [context, states, count, where])
        with b.if_then(b.icmp_signed("==", went, I32(LetGo.SOME))):
            b.branch(phase)
        stuck = b.icmp_signed("==", went, I32(LetGo.STUCK))
        b.ret(b.select(stuck, I32(TrapKind.HANG), I32(Status.EXITED)))

    def phase(self, b: _B, context: ir.Value, states: ir.Value, count: ir.Value, where: ir.Value) -> None:
        """Run every warp until each of its lanes waits or has ended (EXITED), or one is stopped."""
        warps = b.udiv(b.add(count, I32(WARP - 1)), I32(WARP))
        with counting(b, I32(0), warps) as warp:
            first = b.mul(warp, I32(WARP))
            rest = b.sub(count, first)
            lanes = b.select(b.icmp_signed("<", rest, I32(WARP)), rest, I32(WARP))
            again, done = b.append_basic_block("again"), b.append_basic_block("done")
            b.branch(again)
            b.position_at_end(again)
            arguments = [context, state_at(b, states, first), lanes, first, where]
            status = b.call(self._function("round"), arguments)
            stopped = b.append_basic_block("look")
            b.cbranch(b.icmp_signed("==", status, I32(Status.MET)), again, stopped)
            b.position_at_end(stopped)
            with b.if_then(b.icmp_signed("!=", status, I32(Status.EXITED))):
                b.ret(status)
            b.branch(done)
            b.position_at_end(done)
        b.ret(I32(Status.EXITED))

    # of a warp -------------------------------------------------------------------------------------------

    def round(
        self,
        b: _B,
        context: ir.Value,
        states: ir.Value,
        lanes: ir.Value,
        first: ir.Value,
        where: ir.Value,
    ) -> None:
        """A round of a warp, or the rest of one that was stopped: MET; EXITED where no lane can go on; or the
        status of a lane that is stopped. ``states``: of the warp; ``first``: its first thread's number.
        """
        with b.if_then(b.not_(b.call(self._function("choose"), [states, lanes]))):
            b.ret(I32(Status.EXITED))
        for turn in (Turn.CHOSEN, Turn.READY):
            with self._lanes_at(b, states, lanes, turn) as (lane, state):
                b.store(b.add(first, lane), where)
                self._note(b, state, b.call(self._thread, [state, context]))
            if turn is Turn.CHOSEN:
                b.call(self._function("make_ready"), [states, lanes])
        b.ret(I32(Status.MET))

    @contextmanager
    def _lanes_at(
        self, b: _B, states: ir.Value, lanes: ir.Value, turn: Turn
    ) -> Iterator[tuple[ir.Value, ir.Value]]:
        """A loop over the lanes at a turn: number and state of each."""
        with counting(b, I32(0), lanes) as lane:
            state = state_at(b, states, lane)
            with b.if_then(_is(b, state, "turn", turn)):
                yield lane, state

    def _note(self, b: _B, state: ir.Value, status: ir.Value) -> None:
        """Note where a lane stands that came back; the function returns any status that stops the warp."""
        goes = {
            Status.MET: None,
            Status.EXITED: Progress.EXITED,
            Status.BARRIER: Progress.AT_BARRIER,
        }
        other, after = b.append_basic_block("other"), b.append_basic_block("noted")
        table = b.switch(status, other)
        for known, progress in goes.items():
            block = b.append_basic_block(known.name.lower())
            table.add_case(I32(known), block)
            b.position_at_end(block)
            b.store(I32(Turn.NONE), field_at(b, state, STATE, "turn"))
            if progress is not None:
                b.store(I32(progress), field_at(b, state, STATE, "status"))
            b.branch(after)
        b.position_at_end(other)
        with b.if_then(b.icmp_signed("!=", status, I32(Status.GAVE))):
            b.ret(status)
        b.branch(after)
        b.position_at_end(after)

    def choose(self, b: _B, states: ir.Value, lanes: ir.Value) -> None:
        """Choose the lanes of the next round, unless one is under way. Whether there is one (i1)."""
        best = b.alloca(I64)
        b.store(I64(-1), best)
        with counting(b, I32(0), lanes) as lane:
            state = state_at(b, states, lane)
            with b.if_then(b.not_(_is(b, state, "turn", Turn.NONE))):
                b.ret(I1(1))
        b.call(self._function("release"), [states, lanes])
        with counting(b, I32(0), lanes) as lane:
            state = state_at(b, states, lane)
            with b.if_then(_can_go_on(b, state)):
                rank = _rank(b, state)
                known = b.load(best, typ=I64)
                b.store(b.select(b.icmp_signed(">", rank, known), rank, known), best)
        highest = b.load(best, typ=I64)
        with counting(b, I32(0), lanes) as lane:
            state = state_at(b, states, lane)
            with b.if_then(b.and_(_can_go_on(b, state), b.icmp_signed("==", _rank(b, state), highest))):
                b.store(I32(Turn.CHOSEN), field_at(b, state, STATE, "turn"))
        b.ret(b.icmp_signed(">=", highest, I64(0)))

    def release(self, b: _B, states: ir.Value, lanes: ir.Value) -> None:
        """Let go of lanes that wait at convergence barriers for nobody any more."""
        emit_release(b, states, lanes)

    def make_ready(self, b: _B, states: ir.Value, lanes: ir.Value) -> None:
        """Tell the lanes that have given which they are. Whether there are any (i1)."""
        active, votes = b.alloca(I32), b.alloca(I32)
        for mask in (active, votes):
            b.store(I32(0), mask)
        with self._lanes_at(b, states, lanes, Turn.GIVEN) as (lane, state):
            given = _load(b, state, "given")
            for mask, bit in ((active, I32(1)), (votes, b.and_(given, I32(1)))):
                b.store(b.or_(b.load(mask, typ=I32), b.shl(bit, lane)), mask)
        with self._lanes_at(b, states, lanes, Turn.GIVEN) as (_, state):
            values = {
                "active": b.load(active, typ=I32),
                "votes": b.load(votes, typ=I32),
                "lanes": lanes,
                "turn": I32(Turn.READY),
            }
            for field, value in values.items():
                b.store(value, field_at(b, state, STATE, field))
        b.ret(b.icmp_signed("!=", b.load(active, typ=I32), I32(0)))

    def step(self, b: _B, state: ir.Value, context: ir.Value) -> None:
        """Issue one instruction of a lane whose limit allows no more. Where it takes what others give, those
        that are chosen with it give first.
        """
        status = b.call(self._thread, [state, context])
        with b.if_then(b.icmp_signed("!=", status, I32(Status.GAVE))):
            self._note(b, state, status)
            b.ret(status)
        lane, thread = _load(b, state, "lane"), _load(b, state, "thread")
        rest = b.sub(threads_of(b, context), b.sub(thread, lane))
        lanes = b.select(b.icmp_signed("<", rest, I32(WARP)), rest, I32(WARP))
        back = b.mul(b.sext(b.neg(lane), I64), I64(STATE.itemsize))
        states = byte_at(b, state, back)
        with self._lanes_at(b, states, lanes, Turn.CHOSEN) as (_, other):
            place = field_at(b, other, STATE, "limit")
            limit = b.load(place, typ=I64)
            count = b.load(field_at(b, other, STATE, "count"), typ=I64)
            b.store(b.add(count, I64(1)), place)  # it may be about to be stopped here itself
            came = b.call(self._thread, [other, context])
            b.store(limit, place)
            with b.if_then(b.icmp_signed("==", came, I32(Status.MET))):
                b.store(I32(Turn.NONE), field_at(b, other, STATE, "turn"))
        b.call(self._function("make_ready"), [states, lanes])
        status = b.call(self._thread, [state, context])
        self._note(b, state, status)
        b.ret(status)

    # barriers --------------------------------------------------------------------------------------------

    def let_go(self, b: _B, context: ir.Value, states: ir.Value, count: ir.Value, where: ir.Value) -> None:
        """Let go of those who wait at complete barriers (`LetGo`). STUCK: ``where``: the first who waits."""
        waiting, went, parted = b.alloca(I32), b.alloca(I32), b.alloca(I32)
        for flags in (waiting, parted):
            b.store(I32(0), flags)
        b.store(I32(LetGo.STUCK), went)
        with counting(b, I32(0), count) as place:
            state = state_at(b, states, place)
            with b.if_then(_is(b, state, "status", Progress.AT_BARRIER)):
                known = b.load(waiting, typ=I32)
                with b.if_then(b.icmp_signed("==", known, I32(0))):
                    b.store(place, where)
                b.store(b.or_(known, b.shl(I32(1), _load(b, state, "barrier"))), waiting)
            with b.if_then(_is(b, state, "status", Progress.RUNNABLE)):  # at a convergence barrier
                b.store(I32(1), parted)
                b.store(place, where)
        numbers = b.load(waiting, typ=I32)
        with b.if_then(b.icmp_signed("==", numbers, I32(0))):
            b.ret(
                b.select(
                    b.icmp_signed("==", b.load(parted, typ=I32), I32(0)), I32(LetGo.NOBODY), I32(LetGo.STUCK)
                )
            )
        with counting(b, I32(0), I32(BARRIERS)) as number:
            is_waited_at = b.trunc(b.lshr(numbers, number), I1)
            with b.if_then(is_waited_at):
                complete = b.call(self._function("complete"), [context, states, count, number])
                with b.if_then(complete):
                    b.store(I32(LetGo.SOME), went)
        b.ret(b.load(went, typ=I32))

    def complete(self, b: _B, context: ir.Value, states: ir.Value, count: ir.Value, number: ir.Value) -> None:
        """Let go of those who wait at one barrier, if it is complete. Whether it is (i1)."""
        names = ("alive", "waiting", "threads", "last", "expected", "bringing", "total")
        sums = {name: b.alloca(I32, name=name) for name in names}
        for name, place in sums.items():
            b.store(I32(-1 if name == "last" else 0), place)

        def more(name: str, value: ir.Value) -> None:
            b.store(b.add(b.load(sums[name], typ=I32), value), sums[name])

        with counting(b, I32(0), count) as place:
            state = state_at(b, states, place)
            more("alive", b.zext(b.not_(_is(b, state, "status", Progress.EXITED)), I32))
            with b.if_then(_waits_at(b, state, number)):
                warp = b.lshr(place, I32(5))
                is_new = b.icmp_signed("!=", warp, b.load(sums["last"], typ=I32))
                b.store(warp, sums["last"])
                more("waiting", I32(1))
                more("threads", b.select(is_new, I32(WARP), I32(0)))
                brings = b.icmp_signed("!=", _load(b, state, "reduction"), I32(0))
                more("bringing", b.zext(brings, I32))
                more("total", b.select(brings, _load(b, state, "given"), I32(0)))
                expected, known = _load(b, state, "expected"), b.load(sums["expected"], typ=I32)
                b.store(b.select(b.icmp_unsigned(">", expected, known), expected, known), sums["expected"])
        found = {name: b.load(place, typ=I32) for name, place in sums.items()}
        arrivals = b.gep(field_at(b, context, CONTEXT, "arrived"), [number], source_etype=I32)
        came = b.add(found["threads"], b.load(arrivals, typ=I32))
        is_counted = b.icmp_signed("!=", found["expected"], I32(0))
        complete = b.select(
            is_counted,
            b.icmp_unsigned(">=", came, found["expected"]),
            b.icmp_signed("==", found["waiting"], found["alive"]),
        )
        with b.if_then(b.not_(complete)):
            b.ret(I1(0))
        b.store(I32(0), arrivals)
        self._wake(b, states, count, number, found["total"], found["bringing"])
        b.ret(I1(1))

    def _wake(
        self,
        b: _B,
        states: ir.Value,
        count: ir.Value,
        number: ir.Value,
        total: ir.Value,
        bringing: ir.Value,
    ) -> None:
        """Let those who wait at a barrier go on, with what it makes of their predicates."""
        with counting(b, I32(0), count) as place:
            state = state_at(b, states, place)
            with b.if_then(_waits_at(b, state, number)):
                b.store(I32(Progress.RUNNABLE), field_at(b, state, STATE, "status"))
                reduction = _load(b, state, "reduction")
                with b.if_then(b.icmp_signed("!=", reduction, I32(0))):
                    result = _reduced(b, reduction, total, bringing)
                    b.store(result, field_at(b, state, STATE, "result"))

    # preparing -------------------------------------------------------------------------------------------

    def _prepare(
        self,
        b: _B,
        context: ir.Value,
        state: ir.Value,
        block: ir.Value,
        thread: ir.Value,
        place: ir.Value,
    ) -> None:
        super()._prepare(b, context, state, block, thread, place)
        start = offset_of(STATE, "turn")
        self._clear(b, field_at(b, state, STATE, "turn"), I64(STATE.itemsize - start))

    def _clear_shared(self, b: _B, context: ir.Value) -> None:
        super()._clear_shared(b, context)
        self._clear(b, field_at(b, context, CONTEXT, "arrived"), I64(4 * BARRIERS))


def _load(b: _B, state: ir.Value, field: str) -> ir.Value:
    """A field of 32 bits."""
    return b.load(field_at(b, state, STATE, field), typ=I32)


def _is(b: _B, state: ir.Value, field: str, value: int) -> ir.Value:
    return b.icmp_signed("==", _load(b, state, field), I32(int(value)))


def _rank(b: _B, state: ir.Value) -> ir.Value:
    """The higher, the sooner: the deepest stack, then the lowest program counter (i64, not negative)."""
    depth = b.shl(b.zext(_load(b, state, "depth"), I64), I64(32))
    return b.or_(depth, b.zext(b.sub(I32(0x7FFFFFFF), _load(b, state, "pc")), I64))


def _can_go_on(b: _B, state: ir.Value) -> ir.Value:
    """Whether a lane neither has ended nor waits for others (i1)."""
    return b.and_(
        _is(b, state, "status", Progress.RUNNABLE), b.icmp_signed("==", _load(b, state, "waiting"), I32(0))
    )


def _waits_at(b: _B, state: ir.Value, number: ir.Value) -> ir.Value:
    waits = _is(b, state, "status", Progress.AT_BARRIER)
    return b.and_(waits, b.icmp_signed("==", _load(b, state, "barrier"), number))


def _reduced(b: _B, reduction: ir.Value, total: ir.Value, threads: ir.Value) -> ir.Value:
    """What a reduction gives where ``total`` of the predicates of ``threads`` are true."""
    truths = {
        BarrierReduction.AND: b.icmp_unsigned("==", total, threads),
        BarrierReduction.OR: b.icmp_unsigned("!=", total, I32(0)),
    }
    result = total
    for kind, truth in truths.items():
        is_kind = b.icmp_unsigned("==", reduction, I32(code_of(kind)))
        result = b.select(is_kind, b.sext(truth, I32), result)
    return result
