"""Atomic operations: what lies in memory and an operand become what is left there; the old value comes back.

Definitions: PTX ISA, "atom"; which types Maxwell has, docs/sass.md.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from sassafras.emulator.ports import F32, I1, I32, I64, Change, Ports
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, REDUCTION, REDUCTION_HINTS, Reduction, Type
from sassafras.isa.operands import Operand, Register
from sassafras.isa.program import Instruction

_BOUNDED = (Reduction.INCREMENT, Reduction.DECREMENT)


def _value(p: Ports, i: Instruction, operand: Operand) -> ir.Value:
    """An operand: an integer as wide as what it meets in memory."""
    assert isinstance(operand, Register)
    return p.pair(operand) if i.fields[REDUCED_TYPE].bits == 64 else p.register(operand.index)


def _change(p: Ports, i: Instruction, operands: list[Operand]) -> Change:
    """What becomes of the old value. Raises ListingError for what Maxwell is not known to have."""
    kind, what = i.fields[REDUCED_TYPE], i.fields[REDUCTION]
    first, *more = (_value(p, i, operand) for operand in operands)
    if bool(more) != (what is Reduction.COMPARE_AND_SWAP):
        raise p.refuse("CAS has two operands, every other atomic operation one")
    if kind is not Type.F32 and any(i.fields.get(hint) is not None for hint in REDUCTION_HINTS):
        raise p.refuse("only floats are flushed and rounded")
    if kind is Type.F32 and what is not Reduction.ADD:
        raise p.refuse("floats are only added")
    if what in _BOUNDED and kind is not Type.U32:
        raise p.refuse("only 32-bit unsigned integers are counted up and down")
    if what is Reduction.COMPARE_AND_SWAP:
        return lambda old: p.b.select(p.b.icmp_unsigned("==", old, first), more[0], old)
    if kind is Type.F32:
        return lambda old: _sum_of_floats(p, old, first)
    return lambda old: _OPERATIONS[what](p.b, old, first, kind.signed)


def _sum_of_floats(p: Ports, old: ir.Value, value: ir.Value) -> ir.Value:
    """Denormals are flushed, of both and of the sum."""
    x, y = (p.b.bitcast(p.flush(v), F32) for v in (old, value))
    return p.flush(canonical(p, p.b.fadd(x, y)))


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


@turing("ATOMS")
@maxwell("ATOMS")
def atoms(p: Ports, i: Instruction) -> None:
    """Combine with shared memory; the old value comes back. Of 64 bits Maxwell exchanges and swaps only."""
    destination, target, *operands = i.operands
    swaps = i.fields[REDUCTION] in (Reduction.EXCHANGE, Reduction.COMPARE_AND_SWAP)
    if i.fields[REDUCED_TYPE].bits == 64 and not swaps:
        raise p.refuse("of 64 bits shared memory only exchanges and swaps")
    _return(p, destination, _update(p, i, Space.SHARED, target, operands))
