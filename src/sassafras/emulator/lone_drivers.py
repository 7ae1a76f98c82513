"""Drivers for one thread of a block that is run apart from the others, although they wait for each other.

``watch`` runs a whole block without a fault and keeps its shared memory at the end of each phase, which is
what runs between barriers. ``run_alone`` runs one thread from phase to phase: it finds what the others left
at the end of the phase before, and must store in shared memory where it stores in the golden run. What it
stores there others can tell, if it is not the same, and `vector.correcting` runs them. ``run_around`` runs a
whole block of which one thread is of the armed build and all others are of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64, POINTER, VOID, counting
from sassafras.emulator.drivers import SIGNATURES, Drivers, note, shared_of
from sassafras.emulator.fields import byte_at, field_at, threads_of
from sassafras.emulator.imaging import keep_image
from sassafras.emulator.layout import ACCESS, CONTEXT, STATE, AccessKind, Progress, Status

_P = POINTER
_B: TypeAlias = ir.IRBuilder
TURN, SEEN, DEVIATED = 0, 8, 16
"""In the cursor of ``run_alone``, i64 each: the turn that the thread is in, entries of the log that have been
compared, and the first turn in which it has left other values than in the golden run (-1: none).
"""
PLACE_BYTES = 16  #: of an entry of the log: where the access was, how wide, and by which instruction


class _Callee:
    """What llvmlite asks of the function that it writes a call of, where there is only a pointer."""

    def __init__(self, pointer: ir.Value, kind: ir.FunctionType) -> None:
        self.function_type = kind
        self.type = pointer.type
        self.get_reference = pointer.get_reference


class LoneDrivers(Drivers):
    """Those of `Drivers`, and these."""

    signatures: ClassVar[Mapping[str, ir.FunctionType]] = {
        **SIGNATURES,
        "watch": ir.FunctionType(I32, [_P, _P, I32]),
        "run_alone": ir.FunctionType(I32, [_P, _P, _P, _P, _P, _P, _P, I64, _P]),
        "run_around": ir.FunctionType(I32, [_P, _P, I32, I32, _P, I32, _P]),
    }

    def watch(self, b: _B, context: ir.Value, states: ir.Value, block: ir.Value) -> None:
        """Run a block. At the end of each phase its shared memory goes to ``images`` of the context
        (LOG_FULL: there is no room). Order and barriers are those of ``run_block``.
        """
        count = threads_of(b, context)
        b.call(self._function("prepare_block"), [context, states, block, I32(0), count])

        def turn(_: ir.Value, state: ir.Value) -> ir.Value:
            return b.call(self._thread, [state, context])

        def at_end() -> None:
            with b.if_then(b.not_(b.call(keep_image(self._module), [context]))):
                b.ret(I32(Status.LOG_FULL))

        self._take_turns(b, states, count, I32(0), turn, at_end)

    def run_around(
        self,
        b: _B,
        context: ir.Value,
        states: ir.Value,
        count: ir.Value,
        start: ir.Value,
        armed: ir.Value,
        own: ir.Value,
        where: ir.Value,
    ) -> None:
        """As ``run_block``; the thread of state number ``own`` is run by the function ``armed``."""

        def turn(place: ir.Value, state: ir.Value) -> ir.Value:
            b.store(place, where)
            function = b.select(b.icmp_signed("==", place, own), armed, self._thread)
            return b.call(_Callee(function, self._thread.function_type), [state, context])

        self._take_turns(b, states, count, start, turn)

    # alone -----------------------------------------------------------------------------------------------

    def run_alone(
        self,
        b: _B,
        context: ir.Value,
        state: ir.Value,
        images: ir.Value,
        row_of: ir.Value,
        views: ir.Value,
        known: ir.Value,
        ends: ir.Value,
        turns: ir.Value,
        cursor: ir.Value,
    ) -> None:
        """Run a thread on from where it stands, from one turn to the next, until it ends, anything but a
        barrier stops it, it stores in shared memory elsewhere than it should, or it has more or fewer turns
        than ``turns``.

        ``images``: shared memory at the end of each phase, of phase k number ``row_of[k]``; null: it finds
        what it left. ``known``: the places of its stores (`PLACE_BYTES` each), those of turn k from number
        ``ends[k]`` up to ``ends[k + 1]``; null: nothing is compared, and ``ends[k + 1]`` becomes the length
        of the log behind turn k. ``views``: where the image of each phase goes, with what it has left
        instead, from the first phase on in which it has stored other values.
        """
        blind, golden = (b.icmp_unsigned("==", one, POINTER(None)) for one in (images, known))
        go, ended, number = self._each_turn(b, context, state, cursor)
        following = b.add(number, I64(1))
        end_at = b.gep(ends, [following], source_etype=I64)
        with b.if_else(golden) as (notes, compares):
            with notes:
                b.store(b.load(field_at(b, context, CONTEXT, "log_count"), typ=I64), end_at)
            with compares:
                same = b.call(self._compare(), [context, images, row_of, views, known, ends, cursor])
                last = b.icmp_signed("==", following, turns)
                with b.if_then(b.not_(b.and_(same, b.or_(last, b.not_(ended))))):
                    b.ret(I32(Status.SHARED_DIFFERS))
        with b.if_then(ended):
            b.ret(I32(Status.EXITED))
        with b.if_then(b.icmp_signed(">=", following, turns)):
            b.ret(I32(Status.SHARED_DIFFERS))
        with b.if_then(b.not_(blind)):
            b.call(self._look_on(), [context, images, row_of, views, cursor])
        b.store(following, byte_at(b, cursor, I64(TURN)))
        b.store(I32(Progress.RUNNABLE), field_at(b, state, STATE, "status"))
        b.branch(go)

    def _each_turn(
        self, b: _B, context: ir.Value, state: ir.Value, cursor: ir.Value
    ) -> tuple[ir.Block, ir.Value, ir.Value]:
        """Where a turn begins; behind it whether the thread has ended, and the number of the turn."""
        place = field_at(b, state, STATE, "status")
        stands = b.load(place, typ=I32)
        waits = b.icmp_signed("==", stands, I32(Progress.AT_BARRIER))
        stood = b.select(waits, I32(Status.BARRIER), I32(Status.EXITED))
        start, go, back = b.block, b.append_basic_block("go"), b.append_basic_block("back")
        b.cbranch(b.icmp_signed("==", stands, I32(Progress.RUNNABLE)), go, back)
        b.position_at_end(go)
        came = b.call(self._thread, [state, context])
        b.branch(back)
        b.position_at_end(back)
        status = b.phi(I32)
        status.add_incoming(stood, start)
        status.add_incoming(came, go)
        ended = note(b, status, place)
        return go, ended, _at_cursor(b, cursor, TURN)

    def _part(self, name: str, result: ir.Type, arguments: int) -> tuple[ir.Function, ir.IRBuilder | None]:
        """A function that others here call, and what writes it, if it is not written yet."""
        known = self._module.globals.get(name)
        if known is not None:
            return known, None
        function = ir.Function(self._module, ir.FunctionType(result, [_P] * arguments), name)
        function.linkage = "internal"
        return function, ir.IRBuilder(function.append_basic_block("entry"))

    def _compare(self) -> ir.Function:
        """``compare(context, images, row_of, views, known, ends, cursor)``: whether the log of a turn has the
        shared stores of ``known`` (i1). Writes the view, if it has ever left there anything but what the
        image has.
        """
        function, b = self._part("compare", I1, 7)
        if b is None:
            return function
        context, images, row_of, views, known, ends, cursor = function.args
        turn = _at_cursor(b, cursor, TURN)
        (shared, nbytes), log = shared_of(b, context), field_at(b, context, CONTEXT, "log")
        image, view = _image(b, images, row_of, turn, nbytes), byte_at(b, views, b.mul(turn, nbytes))
        count = b.load(field_at(b, context, CONTEXT, "log_count"), typ=I64)
        first, end = (
            b.load(b.gep(ends, [k], source_etype=I64), typ=I64) for k in (turn, b.add(turn, I64(1)))
        )
        places = b.alloca(I64), b.alloca(I1)
        b.store(first, places[0])
        b.store(I1(1), places[1])
        with counting(b, _at_cursor(b, cursor, SEEN), count) as number:
            entry = byte_at(b, b.load(log, typ=POINTER), b.mul(number, I64(ACCESS.itemsize)))
            kind = b.load(field_at(b, entry, ACCESS, "kind"), typ=I8)
            with b.if_then(b.icmp_unsigned("==", kind, I8(AccessKind.SHARED_STORE))):
                self._match(b, entry, known, end, places, shared, image)
        b.store(count, byte_at(b, cursor, I64(SEEN)))
        with b.if_then(b.icmp_signed("!=", b.load(places[0], typ=I64), end)):
            b.ret(I1(0))
        deviates = b.icmp_signed(">=", _at_cursor(b, cursor, DEVIATED), I64(0))
        with b.if_then(b.not_(b.or_(deviates, b.load(places[1], typ=I1)))):
            with b.if_then(b.icmp_unsigned("==", views, POINTER(None))):
                b.ret(I1(0))
            self._copy(b, view, image, nbytes)
            b.store(turn, byte_at(b, cursor, I64(DEVIATED)))
        deviates = b.icmp_signed(">=", _at_cursor(b, cursor, DEVIATED), I64(0))
        with b.if_then(deviates), counting(b, first, end) as number:
            offset, size = _place(b, byte_at(b, known, b.mul(number, I64(PLACE_BYTES))))
            self._copy(b, byte_at(b, view, offset), byte_at(b, shared, offset), size)
        b.ret(I1(1))
        return function

    def _match(
        self,
        b: _B,
        entry: ir.Value,
        known: ir.Value,
        end: ir.Value,
        places: tuple[ir.Value, ir.Value],
        shared: ir.Value,
        image: ir.Value,
    ) -> None:
        """One store against the next that is known: ``compare`` says no where it went elsewhere. ``places``:
        of the number of that one, and of whether all have left what the image has.
        """
        number = b.load(places[0], typ=I64)
        with b.if_then(b.icmp_signed(">=", number, end)):
            b.ret(I1(0))
        other = byte_at(b, known, b.mul(number, I64(PLACE_BYTES)))
        words = (b.load(one, typ=ir.IntType(8 * PLACE_BYTES), align=8) for one in (entry, other))
        with b.if_then(b.icmp_unsigned("!=", *words)):
            b.ret(I1(0))
        offset, size = _place(b, entry)
        left = (byte_at(b, start, offset) for start in (shared, image))
        equal = b.icmp_signed("==", self._call(b, "memcmp", I32, *left, size), I32(0))
        b.store(b.and_(b.load(places[1], typ=I1), equal), places[1])
        b.store(b.add(number, I64(1)), places[0])

    def _look_on(self) -> ir.Function:
        """``look_on(context, images, row_of, views, cursor)``: shared memory as the thread finds it in its
        next turn, and ``behind``, as it will be then, but for what the thread stores. What differs stays
        where the golden run changes nothing: this is not certain, and to be looked at afterwards.
        """
        function, b = self._part("look_on", VOID, 5)
        if b is None:
            return function
        context, images, row_of, views, cursor = function.args
        shared, nbytes = shared_of(b, context)
        turn = _at_cursor(b, cursor, TURN)
        now = b.mul(turn, nbytes)
        then = b.add(now, nbytes)
        found = [_image(b, images, row_of, k, nbytes) for k in (turn, b.add(turn, I64(1)))]
        behind = field_at(b, context, CONTEXT, "behind")
        deviates = b.icmp_signed(">=", _at_cursor(b, cursor, DEVIATED), I64(0))
        with b.if_then(b.not_(deviates)):
            self._copy(b, shared, found[0], nbytes)
            b.store(found[1], behind)
            b.ret_void()
        self._copy(b, shared, byte_at(b, views, now), nbytes)
        b.store(byte_at(b, views, then), behind)
        with counting(b, I64(0), nbytes, I64(8)) as at:
            old, new = (b.load(byte_at(b, image, at), typ=I64, align=1) for image in found)
            left = b.load(byte_at(b, views, b.add(now, at)), typ=I64, align=1)
            word = b.select(b.icmp_unsigned("==", old, new), left, new)
            b.store(word, byte_at(b, views, b.add(then, at)), align=1)
        b.ret_void()
        return function


def _image(b: _B, images: ir.Value, row_of: ir.Value, phase: ir.Value, nbytes: ir.Value) -> ir.Value:
    row = b.load(b.gep(row_of, [phase], source_etype=I64), typ=I64)
    return byte_at(b, images, b.mul(row, nbytes))


def _at_cursor(b: _B, cursor: ir.Value, field: int) -> ir.Value:
    return b.load(byte_at(b, cursor, I64(field)), typ=I64)


def _place(b: _B, entry: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Of an access: where it begins, and how many bytes it has."""
    nbytes = b.load(field_at(b, entry, ACCESS, "nbytes"), typ=I8)
    return b.load(field_at(b, entry, ACCESS, "offset"), typ=I64), b.zext(nbytes, I64)
