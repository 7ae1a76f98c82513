"""What one opcode is: its modifiers, its operands and its group, in one record.

Everything else about an instruction (what it reads and writes, its SASSIFI groups, how its literals are read)
follows from the record, so adding an opcode is adding one record to a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from sassafras.isa.groups import Group
from sassafras.isa.operand_text import Literal


class Slot(Enum):
    """The role of an operand; the value is its letter in a signature."""

    DESTINATION = "d"  #: general register(s) written
    PREDICATE_DESTINATION = "D"  #: predicate written
    SOURCE = "s"  #: register, constant or literal read
    REGISTER = "r"  #: register(s) read, nothing else allowed (values to store, BRX)
    IMMEDIATE = "i"  #: literal (counts, tables), always an integer
    PREDICATE = "p"  #: predicate read
    ADDRESS = "a"  #: memory address
    CONSTANT = "k"  #: constant bank word (LDC)
    TARGET = "t"  #: code address
    CONDITION = "c"  #: test of the condition codes
    SPECIAL = "x"  #: special register
    NAME = "n"  #: a word without meaning to the emulation


@dataclass(frozen=True)
class Field:
    """One choice among modifiers. ``default`` is what a missing modifier means; ``required`` refuses a
    missing one.
    """

    name: str
    alternatives: tuple[str, ...]
    required: bool = False
    default: str | None = None


Fields = Mapping[str, str | None]
"""Modifier by field name; None (or the field's default) where it was not printed."""

Width = Callable[[Fields], int]
"""How many consecutive 32-bit registers a register operand stands for, given the modifiers."""


def one_register(fields: Fields) -> int:  # noqa: ARG001  # every width has the same signature
    """32-bit operands."""
    return 1


def register_pair(fields: Fields) -> int:  # noqa: ARG001
    """64-bit operands."""
    return 2


_ACCESS_BYTES = {"U8": 1, "S8": 1, "U16": 2, "S16": 2, None: 4, "32": 4, "64": 8, "128": 16}


def access_bytes(fields: Fields) -> int:
    """Bytes moved by a load or store, from its size modifier."""
    return _ACCESS_BYTES[fields.get("size")]


def registers_of_access(fields: Fields) -> int:
    """Registers moved by a load or store: narrow ones use one."""
    return max(1, access_bytes(fields) // 4)


def registers_of_result(fields: Fields) -> int:
    """Registers of a conversion's result."""
    return 2 if str(fields["result"]).endswith("64") else 1


def registers_of_operand(fields: Fields) -> int:
    """Registers of a conversion's operand."""
    return 2 if str(fields["operand"]).endswith("64") else 1


@dataclass(frozen=True)
class Opcode:
    """One opcode.

    ``signatures``: the operand lists it may have, as words of ``Slot`` letters (``"DDssp"``; ``""`` for
    none). ``fields``: its modifiers, each usable once, in any order. ``operand_modifiers``: which of ``-``,
    ``|`` (absolute), ``~`` and ``h`` (``.H0``/``.H1``) its sources may carry. ``may_write_cc``: ``R5.CC``
    allowed as destination. ``predicate_field``: the field that is present exactly when the first operand is a
    predicate destination (LOP). ``store``: it writes memory. ``special_registers``: the names it may read.
    ``group``: SASSIFI's group by opcode (None: MISC).
    """

    name: str
    signatures: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    group: Group | None = None
    literal: Literal = Literal.INTEGER
    operand_modifiers: str = ""
    may_write_cc: bool = False
    result_width: Width = one_register
    source_width: Width = one_register
    store: bool = False
    predicate_field: str | None = None
    special_registers: tuple[str, ...] = ()


def opcode(name: str, *signatures: str, **facts: object) -> Opcode:
    """A record, with the signatures as plain arguments: ``opcode("SEL", "dssp")``."""
    return Opcode(name, signatures, **facts)  # type: ignore[arg-type]


def option(*alternatives: str, name: str = "", default: str | None = None) -> Field:
    """An optional modifier; the field is named after its only alternative unless said otherwise."""
    return Field(name or alternatives[0], alternatives, default=default)


def choice(name: str, *alternatives: str) -> Field:
    """A modifier that must be printed."""
    return Field(name, alternatives, required=True)


def fill_fields(record: Opcode, modifiers: tuple[str, ...]) -> dict[str, str | None]:
    """Assign printed modifiers to the record's fields, each field once.

    Raises ``ValueError`` with a short reason for a modifier the record does not list and for a required one
    that is missing.
    """
    filled: dict[str, str] = {}
    for modifier in modifiers:
        field = next((f for f in record.fields if modifier in f.alternatives and f.name not in filled), None)
        if field is None:
            raise ValueError(f"modifier .{modifier} of {record.name} is not supported")
        filled[field.name] = modifier
    for field in record.fields:
        if field.required and field.name not in filled:
            raise ValueError(f"{record.name} lacks one of .{' .'.join(field.alternatives)}")
    return {field.name: filled.get(field.name, field.default) for field in record.fields}
