"""Loads, stores, atomic additions."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F32, I32, Ports
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, SIZE, Type
from sassafras.isa.operands import RZ, Constant, Operand, Register
from sassafras.isa.program import Instruction


def _nbytes(i: Instruction) -> int:
    """Bytes that a load or store moves."""
    return i.fields[SIZE].nbytes


def _load(p: Ports, i: Instruction, space: Space, address: ir.Value, *, bank: int = 0) -> None:
    d, size = i.operands[0], i.fields[SIZE]
    assert isinstance(d, Register)
    values = p.build.load(space, address, size.nbytes, bank=bank)
    if size.nbytes < 4:
        (value,) = values
        p.write(d, p.b.sext(value, I32) if size.signed else p.b.zext(value, I32))
        return
    for k, word in enumerate(values):
        p.set_register(_next(d.index, k), word)


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


@maxwell("LDG")
def ldg(p: Ports, i: Instruction) -> None:
    """Load from global memory; 64 and 128 bits fill consecutive registers, narrow loads extend."""
    _load(p, i, Space.GLOBAL, p.global_address(i.operands[1]))


@maxwell("STG")
def stg(p: Ports, i: Instruction) -> None:
    """Store to global memory."""
    _store(p, i, Space.GLOBAL, p.global_address(i.operands[0]), i.operands[1])


@maxwell("LDS")
def lds(p: Ports, i: Instruction) -> None:
    """Load from shared memory."""
    _load(p, i, Space.SHARED, p.shared_address(i.operands[1]))


@maxwell("STS")
def sts(p: Ports, i: Instruction) -> None:
    """Store to shared memory."""
    _store(p, i, Space.SHARED, p.shared_address(i.operands[0]), i.operands[1])


@maxwell("LDC")
def ldc(p: Ports, i: Instruction) -> None:
    """Load from a constant bank at a register's offset, naturally aligned as everywhere (modelled)."""
    source = i.operands[1]
    assert isinstance(source, Constant)
    if _nbytes(i) < 4:
        raise p.refuse("narrow constant loads are not emulated")
    base = I32(0) if source.register is None else p.register(source.register)
    offset = p.b.add(base, I32(source.offset & 0xFFFFFFFF))
    _load(p, i, Space.CONSTANT, offset, bank=source.bank)


@maxwell("RED")
def red(p: Ports, i: Instruction) -> None:
    """Add to global memory without returning it: integers wrap; floats flush denormals."""
    target, operand = i.operands
    value, is_float = p.integer(operand), i.fields[REDUCED_TYPE] is Type.F32

    def added(old: ir.Value) -> ir.Value:
        if not is_float:
            return p.b.add(old, value)
        x, y = (p.b.bitcast(p.flush(v), F32) for v in (old, value))
        return p.flush(canonical(p, p.b.fadd(x, y)))

    p.build.update(Space.GLOBAL, p.global_address(target), I32, added)
