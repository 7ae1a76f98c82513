"""Atomic operations: what lies in memory and an operand become what is left there; the old value comes back.

Definitions: PTX ISA, "atom"; which types Maxwell has, docs/sass.md.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from sassafras.emulator.ports import F32, F64, I1, I32, I64, Change, Ports
from sassafras.emulator.semantics.double import canonical_double
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.halves import BFLOAT16, BINARY16, Format, narrowed, odd_single, single_of
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.semantics.rounding import two_sum
from sassafras.emulator.traps import TrapKind
from sassafras.emulator.windows import WINDOWS, in_window
from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.modifiers import (
    REDUCED_TYPE,
    REDUCTION,
    REDUCTION_HINTS,
    Reduction,
    Rounding,
    Type,
)
from sassafras.isa.opcodes.modifiers_of_turing import ONE_WORD, PER_LANE
from sassafras.isa.operands import PT, RZ, Operand, Predicate, Register
from sassafras.isa.program import Instruction

_BOUNDED = (Reduction.INCREMENT, Reduction.DECREMENT)


def _value(p: Ports, i: Instruction, operand: Operand) -> ir.Value:
    """An operand: an integer as wide as what it meets in memory."""
    assert isinstance(operand, Register)
    return p.pair(operand) if i.fields[REDUCED_TYPE].bits == 64 else p.register(operand.index)


def _change(p: Ports, i: Instruction, operands: list[Operand]) -> Change:
    """What becomes of the old value. Raises ListingError for what Maxwell is not known to have."""
    kind, what = i.fields[REDUCED_TYPE], i.fields[REDUCTION]
    swaps = what in (Reduction.COMPARE_AND_SWAP, Reduction.COMPARE_AND_TELL)
    floats = kind in _SUMS
    first, *more = (_value(p, i, operand) for operand in operands)
    if bool(more) != swaps:
        raise p.refuse("CAS has two operands, every other atomic operation one")
    if not floats and any(i.fields.get(hint) is not None for hint in REDUCTION_HINTS):
        raise p.refuse("only floats are flushed and rounded")
    if floats and what is not Reduction.ADD:
        raise p.refuse("floats are only added")
    if what in _BOUNDED and kind is not Type.U32:
        raise p.refuse("only 32-bit unsigned integers are counted up and down")
    if swaps:
        return lambda old: p.b.select(p.b.icmp_unsigned("==", old, first), more[0], old)
    if floats:
        return lambda old: _SUMS[kind](p, old, first)
    return lambda old: _OPERATIONS[what](p.b, old, first, kind.signed)


def _sum_of_floats(p: Ports, old: ir.Value, value: ir.Value) -> ir.Value:
    """Denormals are flushed, of both and of the sum."""
    x, y = (p.b.bitcast(p.flush(v), F32) for v in (old, value))
    return p.flush(canonical(p, p.b.fadd(x, y)))


def _sum_of_doubles(p: Ports, old: ir.Value, value: ir.Value) -> ir.Value:
    """One rounding."""
    return canonical_double(p, p.b.fadd(p.b.bitcast(old, F64), p.b.bitcast(value, F64)))


def _sum_of_halves(kind: Format) -> Callable[[Ports, ir.Value, ir.Value], ir.Value]:
    """Of each half by itself; denormals stay."""

    def both(p: Ports, old: ir.Value, value: ir.Value) -> ir.Value:
        sums = []
        for shift in (0, 16):
            halves = (p.b.and_(p.b.lshr(v, I32(shift)), I32(0xFFFF)) for v in (old, value))
            x, y = (p.b.fpext(p.b.bitcast(single_of(p, h, kind), F32), F64) for h in halves)
            half = narrowed(p, Rounding.NEAREST, odd_single(p, *two_sum(p, x, y)), kind)
            sums.append(p.b.shl(half, I32(shift)))
        return p.b.or_(*sums)

    return both


_SUMS: dict[Type, Callable[[Ports, ir.Value, ir.Value], ir.Value]] = {
    Type.F32: _sum_of_floats,
    Type.F64: _sum_of_doubles,
    Type.F16: _sum_of_halves(BINARY16),
    Type.BF16: _sum_of_halves(BFLOAT16),
}


def _picked(test: str) -> Callable[[ir.IRBuilder, ir.Value, ir.Value, bool], ir.Value]:
    def pick(b: ir.IRBuilder, old: ir.Value, value: ir.Value, signed: bool) -> ir.Value:
        compare = b.icmp_signed if signed else b.icmp_unsigned
        return b.select(compare(test, old, value), old, value)

    return pick


def _increment(b: ir.IRBuilder, old: ir.Value, value: ir.Value, _signed: bool) -> ir.Value:
    return b.select(b.icmp_unsigned(">=", old, value), I32(0), b.add(old, I32(1)))


def _decrement(b: ir.IRBuilder, old: ir.Value, value: ir.Value, _signed: bool) -> ir.Value:
    wraps = b.or_(b.icmp_unsigned("==", old, I32(0)), b.icmp_unsigned(">", old, value))
    return b.select(wraps, value, b.sub(old, I32(1)))


_OPERATIONS: dict[Reduction, Callable[[ir.IRBuilder, ir.Value, ir.Value, bool], ir.Value]] = {
    Reduction.ADD: lambda b, old, value, _: b.add(old, value),
    Reduction.MIN: _picked("<"),
    Reduction.MAX: _picked(">"),
    Reduction.INCREMENT: _increment,
    Reduction.DECREMENT: _decrement,
    Reduction.AND: lambda b, old, value, _: b.and_(old, value),
    Reduction.OR: lambda b, old, value, _: b.or_(old, value),
    Reduction.XOR: lambda b, old, value, _: b.xor(old, value),
    Reduction.EXCHANGE: lambda _b, _old, value, _: value,
}


def _update(p: Ports, i: Instruction, space: Space, target: Operand, operands: list[Operand]) -> ir.Value:
    change = _change(p, i, operands)
    address = p.shared_address(target) if space is Space.SHARED else p.global_address(target)
    kind = I64 if i.fields[REDUCED_TYPE].bits == 64 else I32
    return p.build.update(space, address, kind, change)


def _return(p: Ports, destination: Operand, old: ir.Value) -> None:
    p.write_pair(destination, old) if old.type == I64 else p.write(destination, old)


@turing("RED", "REDG")
@maxwell("RED")
def red(p: Ports, i: Instruction) -> None:
    """Combine with global memory; nothing comes back."""
    target, *operands = i.operands
    _update(p, i, Space.GLOBAL, target, operands)


@maxwell("ATOM")
def atom(p: Ports, i: Instruction) -> None:
    """Combine with global memory; the old value comes back."""
    destination, target, *operands = i.operands
    _return(p, destination, _update(p, i, Space.GLOBAL, target, operands))


@turing("ATOMG")
def atomg(p: Ports, i: Instruction) -> None:
    """The same; the predicate says that it was done, as it always is in global memory."""
    done, destination, target, *operands = i.operands
    _return(p, destination, _update(p, i, Space.GLOBAL, target, operands))
    p.set_predicate(done, I1(1))


@turing("ATOM")
def atom_anywhere(p: Ports, i: Instruction) -> None:
    """Combine with what a generic address leads to. The predicate says that it was done: floats are added to
    global memory alone, and nothing at all to local memory, where code tests the address and goes on by
    itself (what is there to be done and has no predicate is an error).
    """
    done, destination, target, *operands = i.operands
    address = p.global_address(target)
    spaces = WINDOWS if i.fields[REDUCED_TYPE] in _SUMS else (Space.LOCAL,)
    elsewhere = p.b.or_(I1(0), I1(0))
    for space in spaces:
        elsewhere = p.b.or_(elsewhere, in_window(p.b, address, space))
    if isinstance(done, Predicate) and done.index == PT:
        p.build.trap_if(elsewhere, TrapKind.ILLEGAL_ADDRESS)
        _return(p, destination, _update(p, i, Space.GENERIC, target, operands))
        return
    p.set_predicate(done, I1(0))
    with p.b.if_then(p.b.not_(elsewhere)):
        _return(p, destination, _update(p, i, Space.GENERIC, target, operands))
        p.set_predicate(done, I1(1))


@maxwell("ATOMS")
def atoms(p: Ports, i: Instruction) -> None:
    """Combine with shared memory; the old value comes back. Of 64 bits Maxwell exchanges and swaps only."""
    destination, target, *operands = i.operands
    if i.fields[REDUCED_TYPE].bits == 64 and i.fields[REDUCTION] not in _REPLACING:
        raise p.refuse("of 64 bits shared memory only exchanges and swaps")
    _return(p, destination, _update(p, i, Space.SHARED, target, operands))


_REPLACING = (Reduction.EXCHANGE, Reduction.COMPARE_AND_SWAP, Reduction.COMPARE_AND_TELL)


@turing("ATOMS")
def atoms_of_turing(p: Ports, i: Instruction) -> None:
    """The same; .POPC.INC counts the lanes, each by itself here; .CAST tells whether it was swapped."""
    if i.fields[PER_LANE]:
        _count_lanes(p, i)
    elif i.fields[REDUCTION] is Reduction.COMPARE_AND_TELL:
        destination, target, *operands = i.operands
        old = _update(p, i, Space.SHARED, target, operands)
        swapped = p.b.icmp_unsigned("==", old, _value(p, i, operands[0]))
        _return(p, destination, p.b.zext(swapped, old.type))
    elif i.fields[ONE_WORD]:
        raise p.refuse("a size is printed of .POPC.INC alone")
    else:
        atoms(p, i)


def _count_lanes(p: Ports, i: Instruction) -> None:
    destination, target, *operands = i.operands
    if i.fields[REDUCTION] is not Reduction.INCREMENT or operands or destination != Register(RZ):
        raise p.refuse("of .POPC only .INC without a result has a known meaning")
    p.build.update(Space.SHARED, p.shared_address(target), I32, lambda old: p.b.add(old, I32(1)))
