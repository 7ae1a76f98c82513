"""Where lanes of a warp that have parted wait for each other (from Volta on).

Each lane keeps a copy of its warp's convergence barriers: of each, the lanes of it (a mask, 0: none).
BSSY notes in all lanes that carry it out who they are; BREAK takes a lane out; at BSYNC a lane waits until
every lane of its mask waits there as well, has ended, or has left (its own copy says something else, and it
has not saved the barrier in a register since: a lane in a function that uses the barrier itself comes back).
WARPSYNC is a barrier more, whose mask is an operand: there nobody leaves but by ending.

Lanes that are let go are let go together: one at a time they would wait for each other again.
"""

from __future__ import annotations

from typing import TypeAlias

from llvmlite import ir

from sassafras.building import I1, I8, I32, I64, counting
from sassafras.emulator.fields import byte_at, field_at, state_at
from sassafras.emulator.layout import CONVERGENCE, STATE, Progress

_B: TypeAlias = ir.IRBuilder
GATHERING = CONVERGENCE - 1  #: the barrier of WARPSYNC


def mask_at(b: _B, state: ir.Value, barrier: ir.Value) -> ir.Value:
    """Pointer to a lane's copy of a barrier (i32)."""
    start = field_at(b, state, STATE, "convergence")
    return byte_at(b, start, b.zext(b.mul(barrier, I32(4)), I64))


def _load(b: _B, state: ir.Value, field: str) -> ir.Value:
    return b.load(field_at(b, state, STATE, field), typ=I32)


def _waits_with(b: _B, other: ir.Value, waiting: ir.Value, mask: ir.Value) -> ir.Value:
    """Whether a lane waits at the same barrier for the same lanes (i1)."""
    same = b.icmp_unsigned("==", b.load(mask_at(b, other, b.sub(waiting, I32(1))), typ=I32), mask)
    return b.and_(same, b.icmp_signed("==", _load(b, other, "waiting"), waiting))


def emit_release(b: _B, states: ir.Value, lanes: ir.Value) -> None:
    """Let go of all lanes of a warp that wait for nobody any more."""
    with counting(b, I32(0), lanes) as lane:
        state = state_at(b, states, lane)
        waiting = _load(b, state, "waiting")
        with b.if_then(b.icmp_signed("!=", waiting, I32(0)), likely=False):
            mask = b.load(mask_at(b, state, b.sub(waiting, I32(1))), typ=I32)
            saves = _saves(b, state, waiting)
            with b.if_then(b.not_(_is_missing(b, states, lanes, waiting, mask, saves))):
                _let_go(b, states, lanes, waiting, mask)
    b.ret_void()


def _saves(b: _B, state: ir.Value, waiting: ir.Value) -> ir.Value:
    """How many times a lane has saved a barrier and not brought it back (i8)."""
    start = field_at(b, state, STATE, "saved")
    return b.load(byte_at(b, start, b.zext(b.sub(waiting, I32(1)), I64)), typ=I8)


def _is_missing(
    b: _B, states: ir.Value, lanes: ir.Value, waiting: ir.Value, mask: ir.Value, saves: ir.Value
) -> ir.Value:
    """Whether a lane of the mask has yet to come (i1)."""
    missing = b.alloca(I1)
    b.store(I1(0), missing)
    gathering = b.icmp_signed("==", waiting, I32(GATHERING + 1))
    with counting(b, I32(0), lanes) as lane:
        other = state_at(b, states, lane)
        asked = b.trunc(b.lshr(mask, lane), I1)
        ended = b.icmp_signed("==", _load(b, other, "status"), I32(Progress.EXITED))
        own = b.load(mask_at(b, other, b.sub(waiting, I32(1))), typ=I32)
        left = b.and_(b.not_(gathering), b.icmp_unsigned("!=", own, mask))
        left = b.and_(left, b.icmp_unsigned("<=", _saves(b, other, waiting), saves))
        here = b.or_(b.or_(ended, left), _waits_with(b, other, waiting, mask))
        b.store(b.or_(b.load(missing, typ=I1), b.and_(asked, b.not_(here))), missing)
    return b.load(missing, typ=I1)


def _let_go(b: _B, states: ir.Value, lanes: ir.Value, waiting: ir.Value, mask: ir.Value) -> None:
    with counting(b, I32(0), lanes) as lane:
        other = state_at(b, states, lane)
        with b.if_then(_waits_with(b, other, waiting, mask)):
            b.store(I32(0), mask_at(b, other, b.sub(waiting, I32(1))))
            b.store(I32(0), field_at(b, other, STATE, "waiting"))
