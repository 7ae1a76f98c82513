"""What an instruction reads and writes: one model of it, from which every question is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sassafras.isa.kinds import Access


class File(StrEnum):
    """Where a thread keeps values; the value is the name of the field of its state."""

    REGISTERS = "registers"
    PREDICATES = "predicates"
    CODES = "cc"  #: the condition codes, all of them under number 0
    UNIFORM = "uniform"  #: registers of the warp; each thread keeps a copy (`emulator.storage`)
    UNIFORM_PREDICATES = "uniform_predicates"  #: predicates of the warp


class Location(NamedTuple):
    """One register or predicate, of the thread or its warp, or the condition codes."""

    file: File
    number: int

    @property
    def name(self) -> str:
        """``R5``, ``P2``, ``CC``, ``UR4`` or ``UP1``."""
        return _LETTERS[self.file] if self.file is File.CODES else f"{_LETTERS[self.file]}{self.number}"


_LETTERS = {
    File.REGISTERS: "R",
    File.PREDICATES: "P",
    File.CODES: "CC",
    File.UNIFORM: "UR",
    File.UNIFORM_PREDICATES: "UP",
}


class ConstantWords(NamedTuple):
    """Bytes of a constant bank: at ``offset``, or that far behind what ``register`` holds, or
    (``behind_uniform``) a register of the warp.
    """

    bank: int
    offset: int
    nbytes: int
    register: int | None
    behind_uniform: bool = False


@dataclass(frozen=True)
class Effects:
    """What an instruction reads and writes (RZ and PT never appear). Derived from the opcode's record.

    ``registers_written`` lists every 32-bit destination register in order (a 64-bit load lists two): the
    destinations from which a fault chooses. ``predicates_written`` likewise. ``guard``: the predicate that
    decides whether anything happens; it is in ``reads`` and not in ``predicates_read``.
    ``address_registers``: those of ``registers_read`` that make up a memory address. ``constants``: words of
    constant banks. ``access``: of memory at an address; ``beside``: of one that copies, the load.
    ``uniform_read``, ``uniform_written``: registers and predicates of the warp; ``uniform_guard``: the one of
    them that is the guard.
    """

    registers_read: tuple[int, ...] = ()
    registers_written: tuple[int, ...] = ()
    predicates_read: tuple[int, ...] = ()
    predicates_written: tuple[int, ...] = ()
    reads_cc: bool = False
    writes_cc: bool = False
    guard: int | None = None
    address_registers: tuple[int, ...] = ()
    constants: tuple[ConstantWords, ...] = ()
    access: Access | None = None
    beside: Access | None = None
    uniform_read: tuple[Location, ...] = ()
    uniform_written: tuple[Location, ...] = ()
    uniform_guard: tuple[Location, ...] = ()

    @property
    def is_store(self) -> bool:
        """Whether it writes memory."""
        return self.access is not None and self.access.action.stores

    @property
    def store_bytes(self) -> int:
        """Bytes of memory that it writes."""
        return self.access.nbytes if self.access is not None and self.access.action.stores else 0

    @cached_property
    def predicates_asked(self) -> tuple[int, ...]:
        """The guard, then ``predicates_read``, each once."""
        guard = () if self.guard is None else (self.guard,)
        return tuple(dict.fromkeys((*guard, *self.predicates_read)))

    @property
    def guarded_by(self) -> frozenset[Location]:
        """The predicate that decides whether anything happens."""
        own = [] if self.guard is None else [Location(File.PREDICATES, self.guard)]
        return frozenset((*own, *self.uniform_guard))

    @property
    def addressed_by(self) -> frozenset[Location]:
        """What makes up its memory address; of what it reads of the warp's, all."""
        if self.access is None:
            return frozenset()
        own = (Location(File.REGISTERS, r) for r in self.address_registers)
        return frozenset((*own, *self.uniform_read))

    @cached_property
    def reads(self) -> frozenset[Location]:
        """Everything of the thread's state that may decide what it does, its guard included."""
        own = _locations(self.registers_read, self.predicates_asked, codes=self.reads_cc)
        return own.union(self.uniform_read)

    @cached_property
    def writes(self) -> frozenset[Location]:
        """Everything of the thread's state that it may change."""
        own = _locations(self.registers_written, self.predicates_written, codes=self.writes_cc)
        return own.union(self.uniform_written)


def _locations(
    registers: tuple[int, ...], predicates: tuple[int, ...], *, codes: bool
) -> frozenset[Location]:
    return frozenset(
        (
            *(Location(File.REGISTERS, r) for r in registers),
            *(Location(File.PREDICATES, p) for p in predicates),
            *([Location(File.CODES, 0)] if codes else []),
        )
    )
