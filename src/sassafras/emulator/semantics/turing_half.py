"""Arithmetic on pairs of halves (binary16, or bfloat16 with .BF16_V2): each half by itself, one rounding,
denormals kept unless .FTZ, and every NaN result is 0x7fff. Source: sass-semantics section A4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I32, MARKED, Ports
from sassafras.emulator.semantics.floating import canonical, float_test
from sassafras.emulator.semantics.halves import (
    BFLOAT16,
    BINARY16,
    CANONICAL_NAN,
    Format,
    flush_half,
    narrowed,
    odd_single,
    saturate_half,
    single_of,
)
from sassafras.emulator.semantics.predicate import combine
from sassafras.emulator.semantics.registry import turing
from sassafras.emulator.semantics.rounding import two_sum
from sassafras.isa.opcodes.modifiers import AS_FLOAT, COMBINE, FLUSH, ROUNDING, SATURATED, Rounding, Type
from sassafras.isa.opcodes.modifiers_of_turing import (
    BRAIN,
    PACKED_TYPE,
    PROPAGATED,
    RECTIFIED,
    TO_SINGLE,
)
from sassafras.isa.operands import RZ, Half, Immediate, Operand, Register
from sassafras.isa.program import Instruction

_Pair: TypeAlias = tuple[ir.Value, ir.Value]
"""The low and the high half, each in the low 16 bits of a word."""


def _format(i: Instruction) -> Format:
    return BFLOAT16 if i.fields[BRAIN] else BINARY16


def _pair(p: Ports, i: Instruction, operand: Operand) -> _Pair:
    """The halves that an operand stands for: |x|, then -x; denormals flushed if asked."""
    word = p.raw(operand)
    half = getattr(operand, "half", None)
    if isinstance(operand, MARKED):
        word = p.b.and_(word, I32(0x7FFF7FFF)) if operand.absolute else word
        word = p.b.xor(word, I32(0x80008000)) if operand.negate else word
    low, high = p.b.and_(word, I32(0xFFFF)), p.b.lshr(word, I32(16))
    low, high = {None: (low, high), Half.H0_H0: (low, low), Half.H1_H1: (high, high)}[half]
    if not i.fields[FLUSH]:
        return low, high
    return flush_half(p, low, _format(i)), flush_half(p, high, _format(i))


def _doubles(p: Ports, i: Instruction, operand: Operand) -> _Pair:
    low, high = (_double(p, half, _format(i)) for half in _pair(p, i, operand))
    return low, high


def _single(p: Ports, half: ir.Value, kind: Format) -> ir.Value:
    return p.b.bitcast(single_of(p, half, kind), F32)


def _double(p: Ports, half: ir.Value, kind: Format) -> ir.Value:
    return p.b.fpext(_single(p, half, kind), F64)


def _joined(p: Ports, low: ir.Value, high: ir.Value) -> ir.Value:
    return p.b.or_(low, p.b.shl(high, I32(16)))


def _rectified(p: Ports, half: ir.Value) -> ir.Value:
    """Negative numbers become +0; a NaN is the canonical one, which has no sign."""
    return p.b.select(p.b.icmp_unsigned("<", half, I32(0x8000)), half, I32(0))


def _finished(p: Ports, i: Instruction, s: ir.Value, e: ir.Value) -> ir.Value:
    """The half that s + e (doubles) rounds to, flushed, clamped."""
    kind = _format(i)
    half = narrowed(p, Rounding.NEAREST, odd_single(p, s, e), kind)
    if i.fields[FLUSH]:
        half = flush_half(p, half, kind)
    if i.fields[SATURATED]:
        half = saturate_half(p, half, kind)
    return _rectified(p, half) if i.fields[RECTIFIED] else half


_Exact = Callable[..., tuple[ir.Value, ir.Value]]


def _write_both(p: Ports, i: Instruction, exact: _Exact) -> None:
    """Each half of the result from those of the sources; ``exact`` gives it as the sum of two doubles."""
    sources = [_doubles(p, i, operand) for operand in i.operands[1:]]
    low, high = (_finished(p, i, *exact(*(pair[k] for pair in sources))) for k in (0, 1))
    p.write(i.operands[0], _joined(p, low, high))


@turing("HADD2")
def hadd2(p: Ports, i: Instruction) -> None:
    """d = a + b. With .F32: one half as a single, which is how they are converted."""
    if i.fields[TO_SINGLE]:
        _to_single(p, i)
    else:
        _write_both(p, i, lambda a, b: two_sum(p, a, b))


def _is_zero_register(operand: Operand) -> bool:
    return isinstance(operand, Register) and operand.index == RZ


def _to_single(p: Ports, i: Instruction) -> None:
    d, a, b = i.operands
    chosen = getattr(b, "half", None) in (Half.H0_H0, Half.H1_H1) or isinstance(b, Immediate)
    if not _is_zero_register(a) or not chosen or i.fields[SATURATED] or i.fields[FLUSH]:
        raise p.refuse("HADD2.F32 is known only as the conversion of one half: -RZ plus a half")
    kind = _format(i)
    x, y = (_single(p, _pair(p, i, operand)[0], kind) for operand in (a, b))
    p.write(d, canonical(p, p.b.fadd(x, y)))


@turing("HMUL2")
def hmul2(p: Ports, i: Instruction) -> None:
    """d = a * b."""
    _write_both(p, i, lambda a, b: (p.b.fmul(a, b), F64(0.0)))


@turing("HFMA2")
def hfma2(p: Ports, i: Instruction) -> None:
    """d = a * b + c with one rounding. -0 * 0 + {x, y} is how constants are moved."""
    d, a, b, c = i.operands
    moved = _is_zero_register(a) and _is_zero_register(b) and getattr(a, "negate", False)
    if moved and isinstance(c, Immediate):
        p.write(d, I32(c.bits))
        return
    _write_both(p, i, lambda x, y, z: two_sum(p, p.b.fmul(x, y), z))


@turing("HMNMX2")
def hmnmx2(p: Ports, i: Instruction) -> None:
    """d = P ? min(a, b) : max(a, b); a NaN loses (.NAN: wins), two give the canonical one; -0 is below +0."""
    d, a, b, predicate = i.operands
    least = p.predicate(predicate)
    both = zip(_pair(p, i, a), _pair(p, i, b), strict=True)
    p.write(d, _joined(p, *(_picked(p, i, x, y, least) for x, y in both)))


def _picked(p: Ports, i: Instruction, x: ir.Value, y: ir.Value, least: ir.Value) -> ir.Value:
    kind = _format(i)
    limit = I32(kind.infinity)
    x_nan, y_nan = (p.b.icmp_unsigned(">", p.b.and_(v, I32(0x7FFF)), limit) for v in (x, y))
    below = p.b.icmp_signed("<", _order(p, x), _order(p, y))
    chosen = p.b.select(p.b.xor(below, p.b.not_(least)), x, y)
    chosen = p.b.select(x_nan, y, p.b.select(y_nan, x, chosen))
    lost = (p.b.or_ if i.fields[PROPAGATED] else p.b.and_)(x_nan, y_nan)
    return p.b.select(lost, I32(CANONICAL_NAN), chosen)


def _order(p: Ports, half: ir.Value) -> ir.Value:
    """A number that orders halves: -0 below +0."""
    negative = p.b.icmp_unsigned(">=", half, I32(0x8000))
    return p.b.select(negative, p.b.sub(I32(0x7FFF), half), half)


def _tests(p: Ports, i: Instruction, a: Operand, b: Operand) -> Sequence[ir.Value]:
    """The comparison of the low and of the high halves."""
    kind = _format(i)
    both = zip(_pair(p, i, a), _pair(p, i, b), strict=True)
    return [float_test(p, i, _single(p, x, kind), _single(p, y, kind)) for x, y in both]


@turing("HSETP2")
def hsetp2(p: Ports, i: Instruction) -> None:
    """Pd = (a cc b) op Pc of the low halves, Pe that of the high ones."""
    *told, a, b, third = i.operands
    also = p.predicate(third)
    results = [combine(p, i.fields[COMBINE], test, also) for test in _tests(p, i, a, b)]
    for predicate, result in zip(told, results, strict=True):
        p.set_predicate(predicate, result)


@turing("HSET2")
def hset2(p: Ports, i: Instruction) -> None:
    """d = truth of (a cc b) op Pc of each half: all ones, or 1.0 with .BF."""
    d, a, b, third = i.operands
    also, true = p.predicate(third), _format(i).one if i.fields[AS_FLOAT] else 0xFFFF
    halves = [
        p.b.select(combine(p, i.fields[COMBINE], test, also), I32(true), I32(0))
        for test in _tests(p, i, a, b)
    ]
    p.write(d, _joined(p, *halves))


@turing("F2FP")
def f2fp(p: Ports, i: Instruction) -> None:
    """d = {a, b} as halves, a the high one."""
    d, *sources = i.operands
    kind = BFLOAT16 if i.fields[PACKED_TYPE] is Type.BF16 else BINARY16
    high, low = (narrowed(p, i.fields[ROUNDING], p.signed_bits(o, p.raw(o)), kind) for o in sources)
    if i.fields[RECTIFIED]:
        high, low = _rectified(p, high), _rectified(p, low)
    p.write(d, _joined(p, low, high))
