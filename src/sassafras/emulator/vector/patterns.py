"""How the addresses of a warp's lanes lie: side by side, all the same, or each its own way.

Asked once for all accesses of a basic block that go through the same register: compiled code adds constants
to one base. Where the answer is one of the first two, and the whole stretch is inside the memory, these
accesses need no further test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from llvmlite import ir

from sassafras.building import I8, I32, I64
from sassafras.emulator.vector.builder import Value, WideBuilder
from sassafras.emulator.vector.lane_memory import Field
from sassafras.emulator.vector.lanes import Wide
from sassafras.isa.kinds import Space
from sassafras.isa.operands import Address
from sassafras.isa.program import Instruction, Program

_WIDEST_STRETCH = 1 << 15  #: bytes; less than the smallest device memory has


@dataclass(frozen=True)
class Family:
    """Accesses that differ only in the constant added: the least (``low``) and the greatest
    (``high``) of these, and the index of the last instruction of them (``until``).
    """

    low: int
    high: int
    until: int


@dataclass(frozen=True)
class Pattern:
    """``contiguous``, ``uniform``: whether the lanes of each part lie so (i1; a part without active lanes
    lies anyhow). ``pointers``, ``offsets``: of each part, where its first lane goes that adds ``family.low``.
    """

    family: Family
    contiguous: ir.Value
    uniform: ir.Value
    pointers: tuple[ir.Value, ...]
    offsets: tuple[ir.Value, ...]


def family_of(program: Program, starts: Sequence[int], at: Instruction, field: Field) -> Family:
    """The accesses like ``at``, from it to the end of its block or to a change of their register."""
    here = address_operand(at)
    assert here is not None
    offsets, until = [here.offset], at.index
    base = at.effects.addressed_by
    index = at.index
    while True:
        if base & program.instructions[index].effects.writes:
            break
        index += 1
        if index in starts or index == len(program.instructions):
            break
        other = program.instructions[index]
        there = address_operand(other)
        if there is None or base_of(there) != base_of(here):
            continue
        if _alike(other, there, here, field):
            offsets.append(there.offset)
            until = index
    if max(offsets) - min(offsets) > _WIDEST_STRETCH:
        return Family(here.offset, here.offset, at.index)
    return Family(min(offsets), max(offsets), until)


def base_of(operand: Address) -> Address:
    """Without the constant that is added: alike for accesses of one family."""
    return replace(operand, offset=0)


def address_operand(instruction: Instruction) -> Address | None:
    """Of an access through registers."""
    return next((o for o in instruction.operands if isinstance(o, Address)), None)


def _alike(other: Instruction, there: Address, here: Address, field: Field) -> bool:
    access = other.access
    return (
        access is not None
        and access.space is field.space
        and access.nbytes == field.nbytes
        and (there.offset - here.offset) % field.nbytes == 0
    )


def pattern(
    b: WideBuilder, context: ir.Value, lanes: ir.Value, words: tuple[Wide, ...], family: Family, field: Field
) -> Pattern:
    """Look at base addresses, given as their words, low word first, in the active lanes."""
    low, *high = words
    firsts = [b.extract_element(part, I32(0)) for part in low.parts]
    steps = Wide(
        [b.sub(part, b.splat(first).parts[0]) for part, first in zip(low.parts, firsts, strict=True)], I32
    )
    strides = [field.nbytes * k for k in range(b.shape.lanes)]
    side_by_side = Wide([ir.Constant(b.shape.vector(I32), strides)] * b.shape.parts, I32)
    contiguous = _none(b, b.icmp_unsigned("!=", steps, side_by_side), lanes)
    uniform = _none(b, b.icmp_unsigned("!=", steps, I32(0)), lanes)
    uppers = [b.extract_element(part, I32(0)) for part in high[0].parts] if high else []
    if high:
        one = Wide([b.splat(upper).parts[0] for upper in uppers], I32)
        same = _none(b, b.icmp_unsigned("!=", high[0], one), lanes)
        contiguous, uniform = b.and_(contiguous, same), b.and_(uniform, same)
    offsets = []
    more = field.nbytes * (b.shape.lanes - 1)
    start = field.start(b, context)
    for k, first in enumerate(firsts):
        address = _plus(b, first, uppers[k] if high else None, family.low)
        offset = field.offset(b, context, address)
        idle = _idle(b, lanes, k)
        last = b.sub(field.size(b, context), I64(family.high - family.low + field.nbytes))
        aligned = b.icmp_unsigned("==", b.and_(offset, I64(field.nbytes - 1)), I64(0))
        inside = b.and_(_fits(b, field, offset, last), aligned)
        further = b.and_(_fits(b, field, b.add(offset, I64(more)), last), inside)
        contiguous = b.and_(contiguous, b.or_(idle, further))
        uniform = b.and_(uniform, b.or_(idle, inside))
        offsets.append(b.select(idle, I64(0), offset))
    pointers = tuple(b.gep(start, [offset], source_etype=I8) for offset in offsets)
    return Pattern(family, contiguous, uniform, pointers, tuple(offsets))


def _none(b: WideBuilder, truth: Value, lanes: ir.Value) -> ir.Value:
    return b.icmp_unsigned("==", b.and_(b.bits(truth), lanes), I32(0))


def _idle(b: WideBuilder, lanes: ir.Value, part: int) -> ir.Value:
    """Whether no lane of a part is active."""
    width = b.shape.lanes
    own = I32(((1 << width) - 1) << (part * width))
    return b.icmp_unsigned("==", b.and_(lanes, own), I32(0))


def _plus(b: WideBuilder, low: ir.Value, high: ir.Value | None, more: int) -> ir.Value:
    if high is None:
        return b.add(low, I32(more & 0xFFFFFFFF))
    whole = b.or_(b.zext(low, I64), b.shl(b.zext(high, I64), I64(32)))
    return b.add(whole, I64(more))


def _fits(b: WideBuilder, field: Field, offset: ir.Value, last: ir.Value) -> ir.Value:
    """Whether an offset is at most ``last``; that is negative where memory is smaller than the stretch."""
    if field.space is Space.GLOBAL:
        return b.icmp_unsigned("<=", offset, last)
    return b.icmp_signed("<=", offset, last)
