"""Loads, stores, atomic additions."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import F32, I32, Ports
from sassafras.emulator.semantics.floating import canonical
from sassafras.emulator.semantics.registry import maxwell
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, SIZE, Type
from sassafras.isa.operands import RZ, Constant, Operand, Register
from sassafras.isa.program import Instruction


def _nbytes(i: Instruction) -> int:
    """Bytes that a load or store moves."""
    return i.fields[SIZE].nbytes


def _load(p: Ports, i: Instruction, pointer: ir.Value) -> None:
    d = i.operands[0]
    assert isinstance(d, Register)
    size = i.fields[SIZE]
    if size.nbytes < 4:
        value = p.b.load(pointer, typ=ir.IntType(8 * size.nbytes))
        p.write(d, p.b.sext(value, I32) if size.signed else p.b.zext(value, I32))
        return
    for k, word in enumerate(p.load_words(pointer, size.nbytes // 4)):
        p.set_register(_next(d.index, k), word)


def _next(index: int, k: int) -> int:
    """The k-th register of a group (RZ stays RZ)."""
    return RZ if index == RZ else min(index + k, RZ)


def _store(p: Ports, i: Instruction, pointer: ir.Value, value: Operand) -> None:
    assert isinstance(value, Register)
    nbytes = _nbytes(i)
    if nbytes < 4:
        p.b.store(p.b.trunc(p.register(value.index), ir.IntType(8 * nbytes)), pointer)
        return
    p.store_words(pointer, [p.register(_next(value.index, k)) for k in range(nbytes // 4)])


@maxwell("LDG")
def ldg(p: Ports, i: Instruction) -> None:
    """Load from global memory; 64 and 128 bits fill consecutive registers, narrow loads extend."""
    address = p.global_address(i.operands[1])
    _load(p, i, p.build.global_pointer(address, _nbytes(i), store=False))


@maxwell("STG")
def stg(p: Ports, i: Instruction) -> None:
    """Store to global memory."""
    address = p.global_address(i.operands[0])
    _store(p, i, p.build.global_pointer(address, _nbytes(i), store=True), i.operands[1])


@maxwell("LDS")
def lds(p: Ports, i: Instruction) -> None:
    """Load from shared memory."""
    address = p.shared_address(i.operands[1])
    _load(p, i, p.build.shared_pointer(address, _nbytes(i), store=False))


@maxwell("STS")
def sts(p: Ports, i: Instruction) -> None:
    """Store to shared memory."""
    address = p.shared_address(i.operands[0])
    _store(p, i, p.build.shared_pointer(address, _nbytes(i), store=True), i.operands[1])


@maxwell("LDC")
def ldc(p: Ports, i: Instruction) -> None:
    """Load from a constant bank at a register's offset, naturally aligned as everywhere (modelled)."""
    d, source = i.operands
    assert isinstance(d, Register) and isinstance(source, Constant)
    words = _nbytes(i) // 4
    if words == 0:
        raise p.refuse("narrow constant loads are not emulated")
    base = I32(0) if source.register is None else p.register(source.register)
    offset = p.b.add(base, I32(source.offset & 0xFFFFFFFF))
    pointer = p.build.constant_pointer(source.bank, offset, 4 * words)
    for k, word in enumerate(p.load_words(pointer, words)):
        p.set_register(_next(d.index, k), word)


@maxwell("RED")
def red(p: Ports, i: Instruction) -> None:
    """Add to global memory without returning it: integers wrap; floats flush denormals."""
    target, value = i.operands
    pointer = p.build.global_pointer(p.global_address(target), 4, store=True)
    old = p.b.load(pointer, typ=I32)
    if i.fields[REDUCED_TYPE] is not Type.F32:
        p.b.store(p.b.add(old, p.integer(value)), pointer)
        return
    x, y = (p.b.bitcast(p.flush(v), F32) for v in (old, p.integer(value)))
    p.b.store(p.flush(canonical(p, p.b.fadd(x, y))), pointer)
