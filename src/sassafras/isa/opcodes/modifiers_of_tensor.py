"""Modifiers of products of matrices and of moves of their fragments, and what they mean.

Fragments: with g = lane / 4 and q = lane % 4, a register of A holds 32 bits of row g (or g + 8) from element
q * n on, where n elements fill a register; one of B the same of column g. Of C and D a lane holds columns 2q
and 2q + 1 of rows g and g + 8. Source: PTX ISA, "Matrix Fragments"; sass-semantics section A8.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sassafras.isa.opcodes.fields import Field, Fields, choice, flag, option

QUAD = 4  #: lanes that share a row of A or a column of B


@dataclass(frozen=True)
class Shape:
    """A is ``rows`` x ``depth``, B ``depth`` x 8."""

    rows: int
    depth: int


class Factor(Enum):
    """What the elements of A and B are; the value is their size in bits."""

    F16 = ("F16", 16)
    BF16 = ("BF16", 16)
    TF32 = ("TF32", 32)
    S8 = ("S8", 8)
    U8 = ("U8", 8)
    S4 = ("S4", 4)
    U4 = ("U4", 4)
    F64 = ("F64", 64)

    @property
    def bits(self) -> int:
        """The size of an element."""
        return self.value[1]

    @property
    def signed(self) -> bool:
        """Whether an integer is signed."""
        return self in (Factor.S8, Factor.S4)


class Sum(Enum):
    """What the elements of C and D are."""

    F32 = "F32"
    F16 = "F16"


_PRODUCT_SHAPES = {"1684": Shape(16, 4), "1688": Shape(16, 8), "16816": Shape(16, 16)}
_INTEGER_SHAPES = {
    "8816": Shape(8, 16),
    "8832": Shape(8, 32),
    "16816": Shape(16, 16),
    "16832": Shape(16, 32),
    "16864": Shape(16, 64),
}
_INTEGERS = {f.value[0]: f for f in (Factor.S8, Factor.U8, Factor.S4, Factor.U4)}

FLOAT_SHAPE = choice("shape", _PRODUCT_SHAPES)
INTEGER_SHAPE = choice("shape", _INTEGER_SHAPES)
DOUBLE_SHAPE = choice("shape", {"884": Shape(8, 4), "8x8x4": Shape(8, 4)})
SHAPE: Field[Shape] = FLOAT_SHAPE  #: of any of them, for those who ask
SUM = choice("sum", {s.value: s for s in Sum})
FACTOR = option("factor", {"BF16": Factor.BF16, "TF32": Factor.TF32}, Factor.F16)
FIRST_FACTOR = choice("first factor", _INTEGERS)
SECOND_FACTOR = choice("second factor", _INTEGERS)
CLAMPED = flag("SAT", "clamped")
ELEMENTS = choice("elements", {"16": 16})
TRANSPOSED = choice("order", {"M88": False, "MT88": True})
ALWAYS_TRANSPOSED = choice("order", {"MT88": True})
MATRICES = option("matrices", {"2": 2, "4": 4}, 1)


def matrices(fields: Fields) -> int:
    """Registers that LDSM writes and STSM reads: one for each matrix of 8 x 8 halves."""
    return fields[MATRICES]


def row_bytes(fields: Fields) -> int:  # noqa: ARG001  # every width has the same signature
    """Bytes of a row of such a matrix."""
    return 16


def _registers(fields: Fields, rows: int, bits: int) -> int:
    """Registers of a lane for so many rows (or columns, of B) of a depth."""
    return -(-rows * fields[SHAPE].depth * bits // (32 * 32))


def _bits(fields: Fields) -> int:
    """The size of an element of A and B."""
    first = fields.get(FIRST_FACTOR)
    return (first or fields[FACTOR]).bits


def registers_of_first(fields: Fields) -> int:
    """Registers of a lane that hold its part of A."""
    return _registers(fields, fields[SHAPE].rows, _bits(fields))


def registers_of_second(fields: Fields) -> int:
    """The same of B."""
    return _registers(fields, 8, _bits(fields))


def registers_of_sums(fields: Fields) -> int:
    """The same of C and D: two columns of one or two rows."""
    rows = fields[SHAPE].rows // 8
    return rows if fields.get(SUM) is Sum.F16 else 2 * rows
