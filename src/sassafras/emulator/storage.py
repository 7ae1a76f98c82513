"""Where a thread keeps its registers while compiled code runs.
 ``StateStorage``: in the thread's state in memory, so that it can be read and changed between any two
instructions (armed build). ``LocalStorage``: in local slots that LLVM turns into machine registers; written
back only where a thread can stop (plain build).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Protocol

from llvmlite import ir

from sassafras.building import I8, I32
from sassafras.emulator.layout import STATE, offset_of
from sassafras.isa.locations import File, Location

CC_FLAGS = "ZSCO"
WORDS = (File.REGISTERS, File.UNIFORM)  #: the others hold bytes


class Storage(Protocol):
    """A place for general registers (by index), predicates (by index) and condition codes (by letter)."""

    def slot(self, builder: ir.IRBuilder, file: File, index: int) -> ir.Value:
        """Pointer to register ``index`` of ``file`` (`WORDS`: i32, the others: i8)."""


def state_pointer(builder: ir.IRBuilder, base: ir.Value, offset: int) -> ir.Value:
    """Base pointer + constant byte offset."""
    return builder.gep(base, [I32(offset)], source_etype=I8)


def _kind(file: File) -> ir.IntType:
    return I32 if file in WORDS else I8


def _element(file: File, index: int) -> int:
    size = 4 if file in WORDS else 1
    return offset_of(STATE, file) + size * index


class StateStorage:
    """Registers in the thread's state."""

    def __init__(self, state: ir.Value) -> None:
        self._state = state

    def slot(self, builder: ir.IRBuilder, file: File, index: int) -> ir.Value:
        """Pointer into the state."""
        return state_pointer(builder, self._state, _element(file, index))


class LocalStorage:
    """Registers in local slots, with explicit fill from and spill to the state."""

    def __init__(
        self,
        builder: ir.IRBuilder,
        state: ir.Value,
        registers: Iterable[int],
        kept: Container[Location] | None = None,
        uniform: Iterable[Location] = (),
    ) -> None:
        """``registers``, ``uniform``: those that are used. ``kept``: what a thread that stops remembers; by
        default everything.
        """
        self._state = state
        self._kept = kept
        wanted = [(File.REGISTERS, r) for r in sorted(registers)] + [
            (u.file, u.number) for u in sorted(uniform)
        ]
        wanted += [(File.PREDICATES, p) for p in range(7)] + [(File.CODES, f) for f in range(len(CC_FLAGS))]
        self._slots = {key: builder.alloca(_kind(key[0]), name=f"{key[0][0]}{key[1]}") for key in wanted}

    def slot(self, builder: ir.IRBuilder, file: File, index: int) -> ir.Value:
        """The local slot."""
        return self._slots[file, index]

    def clear(self, builder: ir.IRBuilder) -> None:
        """All registers zero (undefined on hardware; zero here, so that runs repeat)."""
        for (file, _), slot in self._slots.items():
            builder.store(_kind(file)(0), slot)

    def _remembered(self) -> Iterator[tuple[File, int, ir.Value]]:
        for (file, index), slot in self._slots.items():
            if self._kept is None or Location(file, 0 if file is File.CODES else index) in self._kept:
                yield file, index, slot

    def fill(self, builder: ir.IRBuilder) -> None:
        """State to slots."""
        for file, index, slot in self._remembered():
            kind = _kind(file)
            builder.store(
                builder.load(state_pointer(builder, self._state, _element(file, index)), typ=kind), slot
            )

    def spill(self, builder: ir.IRBuilder) -> None:
        """Slots to state."""
        for file, index, slot in self._remembered():
            kind = _kind(file)
            builder.store(
                builder.load(slot, typ=kind), state_pointer(builder, self._state, _element(file, index))
            )
