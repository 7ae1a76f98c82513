"""Memory as the builds of one thread reach it: every address is checked before the host touches it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, assert_never

import numpy as np
from llvmlite import ir

from sassafras.building import POINTER
from sassafras.emulator.ports import I8, I32, I64, Change, Ports
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.traps import TrapKind
from sassafras.emulator.windows import WINDOW_BYTES, WINDOWS, in_window, local_bytes, local_start
from sassafras.isa.kinds import Space
from sassafras.isa.program import Program


class CheckedMemory(ABC):
    """The part of a ``Build`` that loads and stores. What it needs of the rest stands above it."""

    program: Program
    b: ir.IRBuilder
    function: ir.Function
    ports: Ports
    _invariant: Any
    _constant0: ir.Value

    @abstractmethod
    def trap_if(self, condition: ir.Value, kind: TrapKind) -> None:
        """Stop with a trap when the condition holds."""

    @abstractmethod
    def logged(self, space: Space, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool) -> None:
        """An access is about to happen."""

    @abstractmethod
    def _context_value(self, field: str, kind: Any) -> ir.Value: ...

    @abstractmethod
    def _state_value(self, field: str, kind: Any, more: int = 0) -> ir.Value: ...

    def _misaligned(self, address: ir.Value, nbytes: int, kind: TrapKind) -> None:
        if nbytes > 1:
            low = self.b.and_(address, address.type(nbytes - 1))
            self.trap_if(self.b.icmp_unsigned("!=", low, address.type(0)), kind)

    def _pointer(
        self, space: Space, address: ir.Value, nbytes: int, *, store: bool, bank: int = 0
    ) -> ir.Value:
        match space:
            case Space.GLOBAL:
                return self.global_pointer(address, nbytes, store=store)
            case Space.SHARED:
                return self.shared_pointer(address, nbytes, store=store)
            case Space.CONSTANT:
                return self.constant_pointer(bank, address, nbytes)
            case Space.LOCAL:
                return self.local_pointer(address, nbytes, store=store)
            case Space.GENERIC:
                return self.generic_pointer(address, nbytes, store=store)
            case _:
                assert_never(space)

    def load(self, space: Space, address: ir.Value, nbytes: int, *, bank: int = 0) -> list[ir.Value]:
        """From a checked pointer, naturally aligned up to a word."""
        pointer = self._pointer(space, address, nbytes, store=False, bank=bank)
        if nbytes < 4:
            return [self.b.load(pointer, typ=ir.IntType(8 * nbytes))]
        return [self.b.load(place, typ=I32, align=4) for place in self._words(pointer, nbytes // 4)]

    def store(self, space: Space, address: ir.Value, values: Sequence[ir.Value]) -> None:
        """To a checked pointer."""
        nbytes = sum(value.type.width for value in values) // 8
        pointer = self._pointer(space, address, nbytes, store=True)
        for value, place in zip(values, self._words(pointer, len(values)), strict=True):
            self.b.store(value, place, align=min(nbytes, 4))

    def _words(self, pointer: ir.Value, count: int) -> list[ir.Value]:
        return [self.b.gep(pointer, [I32(k)], source_etype=I32) for k in range(count)]

    def update(self, space: Space, address: ir.Value, kind: ir.Type, change: Change) -> ir.Value:
        """Threads run one at a time: a load and a store."""
        pointer = self._pointer(space, address, kind.width // 8, store=True)
        old = self.b.load(pointer, typ=kind, align=4)
        self.b.store(change(old), pointer, align=4)
        return old

    def global_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """Alignment first, then the mapped range; base pointer + offset."""
        self._misaligned(address, nbytes, TrapKind.MISALIGNED_ADDRESS)
        offset = self.b.sub(address, self._context_value("device_base", I64))
        limit = self.b.sub(self._context_value("memory_bytes", I64), I64(nbytes))
        self.trap_if(self.b.icmp_unsigned(">", offset, limit), TrapKind.ILLEGAL_ADDRESS)
        pointer = self.b.gep(self._context_value("memory", POINTER), [offset], source_etype=I8)
        self.logged(Space.GLOBAL, pointer, offset, nbytes, store=store)
        return pointer

    def shared_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """Alignment first, then the block's allocation."""
        self._misaligned(address, nbytes, TrapKind.MISALIGNED_ADDRESS)
        offset = self.b.zext(address, I64)
        limit = self.b.sub(self._context_value("shared_bytes", I64), I64(nbytes))
        self.trap_if(self.b.icmp_signed(">", offset, limit), TrapKind.SHARED_OUT_OF_RANGE)
        pointer = self.b.gep(self._context_value("shared", POINTER), [offset], source_etype=I8)
        self.logged(Space.SHARED, pointer, offset, nbytes, store=store)
        return pointer

    def local_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """Alignment first, then what the thread has of its local window."""
        self._misaligned(address, nbytes, TrapKind.MISALIGNED_ADDRESS)
        offset = self.b.zext(self.b.sub(address, I32(local_start(self.program))), I64)
        last = local_bytes(self.program) - nbytes
        self.trap_if(self.b.icmp_unsigned(">", offset, I64(last)), TrapKind.SHARED_OUT_OF_RANGE)
        pointer = self.b.gep(self._state_value("local", POINTER), [offset], source_etype=I8)
        self.logged(Space.LOCAL, pointer, offset, nbytes, store=store)
        return pointer

    def generic_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """Of the space whose window the address is in."""
        near = self.b.and_(self.b.trunc(address, I32), I32(WINDOW_BYTES - 1))
        joined = self.function.append_basic_block("anywhere")
        found: list[tuple[ir.Value, ir.Block]] = []
        for space in WINDOWS:
            inside, outside = (self.function.append_basic_block(name) for name in (space.value, "elsewhere"))
            self.b.cbranch(in_window(self.b, address, space), inside, outside)
            self.b.position_at_end(inside)
            found.append((self._one_of_several(space, near, nbytes, store=store), self.b.block))
            self.b.branch(joined)
            self.b.position_at_end(outside)
        found.append((self._pointer(Space.GLOBAL, address, nbytes, store=store), self.b.block))
        self.b.branch(joined)
        self.b.position_at_end(joined)
        pointer = self.b.phi(POINTER)
        for value, block in found:
            pointer.add_incoming(value, block)
        return pointer

    def _one_of_several(self, space: Space, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """A pointer on one of several ways, of which a thread takes one."""
        return self._pointer(space, address, nbytes, store=store)

    def constant_pointer(self, bank: int, offset: ir.Value, nbytes: int) -> ir.Value:
        """Bytes of a constant bank at a computed offset; beyond the bank it traps (modelled)."""
        if bank not in (0, 2) and not self._module_bytes(bank):
            raise self.ports.refuse(f"constant bank {bank} does not exist here")
        self._misaligned(offset, nbytes, TrapKind.MISALIGNED_ADDRESS)
        wide = self.b.zext(offset, I64)
        limit = self.b.sub(self._context_value(f"constant{bank}_bytes", I64), I64(nbytes))
        self.trap_if(self.b.icmp_signed(">", wide, limit), TrapKind.CONSTANT_OUT_OF_RANGE)
        return self.b.gep(self._context_value(f"constant{bank}", POINTER), [wide], source_etype=I8)

    def fixed_constant(self, bank: int, offset: int) -> ir.Value:
        """A word of bank 0 (launch and parameters), 2 (compiler constants, known now), 3 (the module's, which
        lie in device memory) or 4 (addresses of the module's variables).
        """
        if bank == 2 and offset + 4 <= len(self.program.constants):
            return I32(int(np.frombuffer(self.program.constants, "<u4", 1, offset)[0]))
        module = self.program.module
        known = bank == 0 or offset + 4 <= self._module_bytes(bank)
        if not known or (bank == 4 and module is not None and module.is_unknown(offset)):
            raise self.ports.refuse(f"constant bank {bank} has no word at {offset:#x}")
        base = self._constant0 if bank == 0 else self._context_value(f"constant{bank}", POINTER)
        value = self.b.load(state_pointer(self.b, base, offset), typ=I32)
        if bank != 3:
            value.set_metadata("invariant.load", self._invariant)
        return value

    def _module_bytes(self, bank: int) -> int:
        return 0 if self.program.module is None else self.program.module.bank_bytes(bank)
