"""Loads and stores. (Atomic operations: ``atomic``.)"""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I1, I32, I64, Ports
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.windows import WINDOWS, in_window
from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.modifiers import SIZE
from sassafras.isa.opcodes.modifiers_of_turing import ASKED_SPACE, ZERO_FILLED
from sassafras.isa.operands import RZ, Constant, ConstantOfWarp, Operand, Register
from sassafras.isa.program import Instruction


def _nbytes(i: Instruction) -> int:
    """Bytes that a load or store moves."""
    return i.fields[SIZE].nbytes


def _load(p: Ports, i: Instruction, space: Space, address: ir.Value, *, bank: int = 0) -> None:
    d, size = i.operands[0], i.fields[SIZE]
    values = p.build.load(space, address, size.nbytes, bank=bank)
    if size.nbytes < 4:
        (value,) = values
        p.write(d, p.b.sext(value, I32) if size.signed else p.b.zext(value, I32))
        return
    p.write_words(d, values)


def _next(index: int, k: int) -> int:
    """The k-th register of a group (RZ stays RZ)."""
    return RZ if index == RZ else min(index + k, RZ)


def _store(p: Ports, i: Instruction, space: Space, address: ir.Value, value: Operand) -> None:
    assert isinstance(value, Register)
    nbytes = _nbytes(i)
    if nbytes < 4:
        p.build.store(space, address, [p.b.trunc(p.register(value.index), ir.IntType(8 * nbytes))])
        return
    p.build.store(space, address, [p.register(_next(value.index, k)) for k in range(nbytes // 4)])


@turing("LDG")
@maxwell("LDG")
def ldg(p: Ports, i: Instruction) -> None:
    """Load from global memory; 64 and 128 bits fill consecutive registers, narrow loads extend."""
    _load(p, i, Space.GLOBAL, p.global_address(i.operands[1]))


@turing("STG")
@maxwell("STG")
def stg(p: Ports, i: Instruction) -> None:
    """Store to global memory."""
    _store(p, i, Space.GLOBAL, p.global_address(i.operands[0]), i.operands[1])


@turing("LD")
@maxwell("LD")
def ld(p: Ports, i: Instruction) -> None:
    """Load from where a generic address leads. What LEA said of the address is not asked (docs/sass.md)."""
    _load(p, i, Space.GENERIC, p.global_address(i.operands[1]))


@turing("ST")
@maxwell("ST")
def st(p: Ports, i: Instruction) -> None:
    """Store to where a generic address leads."""
    _store(p, i, Space.GENERIC, p.global_address(i.operands[0]), i.operands[1])


@turing("LDL")
@maxwell("LDL")
def ldl(p: Ports, i: Instruction) -> None:
    """Load from the thread's local memory."""
    _load(p, i, Space.LOCAL, p.shared_address(i.operands[1]))


@turing("STL")
@maxwell("STL")
def stl(p: Ports, i: Instruction) -> None:
    """Store to the thread's local memory."""
    _store(p, i, Space.LOCAL, p.shared_address(i.operands[0]), i.operands[1])


@turing("LDS")
@maxwell("LDS")
def lds(p: Ports, i: Instruction) -> None:
    """Load from shared memory."""
    _load(p, i, Space.SHARED, p.shared_address(i.operands[1]))


@turing("STS")
@maxwell("STS")
def sts(p: Ports, i: Instruction) -> None:
    """Store to shared memory."""
    _store(p, i, Space.SHARED, p.shared_address(i.operands[0]), i.operands[1])


@turing("LDGSTS")
def ldgsts(p: Ports, i: Instruction) -> None:
    """Copy from global to shared memory: at once, though a program has to wait for it (LDGDEPBAR, DEPBAR). A
    predicate that does not hold: nothing is copied, or with .ZFILL zeros. With .ZFILL the low bits of the
    global address say how many bytes at the end become zero.
    """
    target, source, *asked = i.operands
    nbytes, wanted = _nbytes(i), p.predicate(asked[0]) if asked else I1(1)
    address = p.global_address(source)
    if not i.fields[ZERO_FILLED]:
        with p.b.if_then(wanted):
            words = p.build.load(Space.GLOBAL, address, nbytes)
            p.build.store(Space.SHARED, p.shared_address(target), words)
        return
    cleared = p.b.and_(address, I64(nbytes - 1))
    words = load_if(p, wanted, Space.GLOBAL, p.b.sub(address, cleared), nbytes)
    p.build.store(Space.SHARED, p.shared_address(target), _without_end(p, words, cleared))


def load_if(p: Ports, wanted: ir.Value, space: Space, address: ir.Value, nbytes: int) -> list[ir.Value]:
    """The words at an address; zeros, and no access, where none is wanted."""
    before = p.b.block
    with p.b.if_then(wanted):
        words = p.build.load(space, address, nbytes)
        behind = p.b.block
    joined = []
    for word in words:
        either = p.b.phi(I32)
        either.add_incoming(I32(0), before)
        either.add_incoming(word, behind)
        joined.append(either)
    return joined


def _without_end(p: Ports, words: list[ir.Value], cleared: ir.Value) -> list[ir.Value]:
    """Words whose last bytes, ``cleared`` (i64) of them, are zero."""
    kept = []
    for k, word in enumerate(words):
        there = p.b.sub(I64(4 * (len(words) - k)), cleared)  # of its bytes, counted from its first
        none = p.b.icmp_signed("<=", there, I64(0))
        some = p.b.select(p.b.icmp_signed("<", there, I64(4)), there, I64(4))
        mask = p.b.sub(p.b.shl(I64(1), p.b.mul(p.b.select(none, I64(0), some), I64(8))), I64(1))
        kept.append(p.b.and_(word, p.b.trunc(mask, I32)))
    return kept


@turing("LDC", "ULDC")
@maxwell("LDC")
def ldc(p: Ports, i: Instruction) -> None:
    """Load from a constant bank at a register's offset, naturally aligned as everywhere (modelled)."""
    source = i.operands[1]
    assert isinstance(source, Constant | ConstantOfWarp)
    if isinstance(source, ConstantOfWarp):
        base = p.uniform(source.register)
    else:
        base = I32(0) if source.register is None else p.register(source.register)
    offset = p.b.add(base, I32(source.offset & 0xFFFFFFFF))
    _load(p, i, Space.CONSTANT, offset, bank=source.bank)


@turing("QSPC")
def qspc(p: Ports, i: Instruction) -> None:
    """P = whether a generic address leads to a space."""
    told, d, target = i.operands
    if d != Register(RZ):
        raise p.refuse("only the predicate of QSPC has a known meaning")
    address = p.global_address(target)
    near = [in_window(p.b, address, space) for space in WINDOWS]
    space = i.fields[ASKED_SPACE]
    if space is Space.GLOBAL:
        p.set_predicate(told, p.b.not_(p.b.or_(*near)))
    else:
        p.set_predicate(told, in_window(p.b, address, space))
