"""What one opcode is, in one record: its modifiers, its operands, where it leads, what memory it touches,
which pipe runs it, its group.

Everything else about an instruction (what it reads and writes, its SASSIFI groups, how its literals are read)
follows from the record and is asked there, so adding an opcode is adding one record to a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from sassafras.isa.groups import Group
from sassafras.isa.kinds import Access, Action, Convergence, Flow, Memory, Pipe, Space, StackKind
from sassafras.isa.opcodes.fidelity import Faithful, exact
from sassafras.isa.opcodes.fields import Field, Fields
from sassafras.isa.opcodes.modifiers import bytes_of_access, one_register
from sassafras.isa.opcodes.modifiers_of_turing import BRAIN
from sassafras.isa.operand_text import Literal
from sassafras.isa.operands import Operand, Register


class Slot(Enum):
    """The role of an operand; the value is its letter in a signature."""

    DESTINATION = "d"  #: register(s) written, the thread's or the warp's
    PREDICATE_DESTINATION = "D"  #: predicate written
    SOURCE = "s"  #: register, constant or literal read
    ADDEND = "e"  #: the same, as wide as ``addend_width`` says
    FACTOR = "m"  #: a register read, as wide as ``factor_width`` says
    BARRIER = "b"  #: a convergence barrier
    REGISTER = "r"  #: register(s) read, nothing else allowed (values to store, BRX)
    IMMEDIATE = "i"  #: literal (counts, tables), always an integer
    PREDICATE = "p"  #: predicate read
    ADDRESS = "a"  #: memory address
    ADDRESS_READ = "A"  #: the same, in ``copies_from``, of what is stored at the other one
    CONSTANT = "k"  #: constant bank word (LDC)
    TARGET = "t"  #: code address
    CONDITION = "c"  #: test of the condition codes
    SPECIAL = "x"  #: special register
    NAME = "n"  #: a word without meaning to the emulation
    HINT = "h"  #: a predicate that decides nothing (of what LEA said of a generic address)
    FILE = "f"  #: all predicates or condition codes, read (as far as a mask says)
    FILE_DESTINATION = "F"  #: the same, written


Width = Callable[[Fields], int]
"""How many consecutive 32-bit registers a register operand stands for, given the modifiers (of
``access_bytes``: bytes).
"""
CrossLane = Callable[[Fields, tuple[Operand, ...]], bool]
"""Whether an instruction with these modifiers and operands needs other lanes of its warp."""


def never(fields: Fields, operands: tuple[Operand, ...]) -> bool:  # noqa: ARG001  # one signature for all
    """A thread by itself can carry it out."""
    return False


def always(fields: Fields, operands: tuple[Operand, ...]) -> bool:  # noqa: ARG001
    """What it does depends on the lanes that carry it out together."""
    return True


@dataclass(frozen=True)
class Opcode:
    """One opcode.

    ``signatures``: the operand lists it may have, as words of ``Slot`` letters (``"DDssp"``; ``""`` for
    none). ``pipe``: what runs it. ``fields``: its modifiers, each usable once, in any order.
    ``operand_modifiers``: which of ``-``, ``|`` (absolute), ``~``, ``h`` (``.H0``/``.H1``), ``t``
    (``.H0_H0``/``.H1_H1``) and ``b`` (``.B0`` to ``.B3``) its sources may carry. ``may_write_cc``: ``R5.CC``
    allowed as destination. ``predicate_field``: the field that is printed exactly when the first operand is a
    predicate destination (LOP). ``flow``: where it leads, ``flow_by_register``: where if its first of so many
    operands is a register, and ``stack``: the kind of the entry that it pushes or pops;
    ``convergence``: what it does about lanes that part. ``addend_width``, ``factor_width``: registers of an
    ``ADDEND`` and of a ``FACTOR``.
    ``memory``: what it does at an address or in a constant bank, and ``access_bytes`` how many bytes there;
    ``looks_at``: the space of an address that it only looks at; ``copies_from``: of what it stores, where it
    loads that.
    ``copies``: what it writes are the bits that a register operand held, or a choice among several.
    ``special_registers``: the names it may read. ``group``: SASSIFI's group by opcode (None: MISC).
    ``cross_lane``: which of its instructions need other lanes (of the warp; a warp arrives at a barrier with
    a number as one). ``fidelity``: how far what they do is known to be what hardware does.
    """

    name: str
    signatures: tuple[str, ...]
    pipe: Pipe
    fields: tuple[Field[Any], ...] = ()
    group: Group | None = None
    literal: Literal = Literal.INTEGER
    operand_modifiers: str = ""
    may_write_cc: bool = False
    result_width: Width = one_register
    source_width: Width = one_register
    addend_width: Width = one_register
    factor_width: Width = one_register
    predicate_field: Field[Any] | None = None
    flow: Flow = Flow.NEXT
    flow_by_register: tuple[tuple[int, Flow], ...] = ()
    stack: StackKind | None = None
    convergence: Convergence | None = None
    memory: Memory | None = None
    access_bytes: Width = bytes_of_access
    looks_at: Space | None = None
    copies_from: Space | None = None
    copies: bool = False
    special_registers: tuple[str, ...] = ()
    cross_lane: CrossLane = never
    fidelity: Faithful = exact

    @cached_property
    def forms(self) -> tuple[tuple[Slot, ...], ...]:
        """``signatures`` as slots."""
        return tuple(tuple(Slot(letter) for letter in signature) for signature in self.signatures)

    @property
    def has_register_destination(self) -> bool:
        """Whether one of its forms writes general registers."""
        return any(Slot.DESTINATION in form for form in self.forms)

    def flow_of(self, operands: tuple[Operand, ...]) -> Flow:
        """Where an instruction with these operands leads."""
        if not operands or not isinstance(operands[0], Register):
            return self.flow
        return dict(self.flow_by_register).get(len(operands), self.flow)

    def literal_of(self, fields: Fields) -> Literal:
        """How an instruction with these modifiers reads its literals."""
        return Literal.BRAINS if fields[BRAIN] else self.literal

    @property
    def address_space(self) -> Space | None:
        """What its address points into, if it has one."""
        return self.looks_at if self.memory is None else self.memory.space

    def access(self, fields: Fields) -> Access | None:
        """What an instruction with these modifiers does with memory: 4 bytes where no size is printed."""
        if self.memory is None:
            return None
        return Access(self.memory.space, self.memory.action, self.access_bytes(fields))

    def access_beside(self, fields: Fields) -> Access | None:
        """What one that copies loads."""
        if self.copies_from is None:
            return None
        return Access(self.copies_from, Action.LOAD, self.access_bytes(fields))

    def pipe_of(self, fields: Fields) -> Pipe:
        """The pipe of an instruction: a conversion from or to 64 bits runs at the rate of double precision
        (CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions").
        """
        wide = max(self.result_width(fields), self.source_width(fields)) > 1
        return Pipe.DOUBLE if self.pipe is Pipe.QUARTER and wide else self.pipe


def opcode(name: str, *signatures: str, pipe: Pipe, **facts: object) -> Opcode:
    """A record, with the signatures as plain arguments: ``opcode("SEL", "dssp", pipe=Pipe.FULL)``."""
    return Opcode(name, signatures, pipe, **facts)  # type: ignore[arg-type]
