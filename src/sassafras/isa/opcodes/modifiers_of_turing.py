"""Modifiers that came with Volta and Turing, and what they mean."""

from __future__ import annotations

from enum import Enum

from sassafras.isa.opcodes.fields import Fields, choice, flag, hint, option
from sassafras.isa.opcodes.modifiers import Type


class Product(Enum):
    """Which word of a * b + c IMAD gives."""

    LOW = ""
    WIDE = "WIDE"  #: both, and c has two
    HIGH = "HI"  #: the upper one, and c has two


PRODUCT = option("product", {p.value: p for p in Product if p is not Product.LOW}, Product.LOW)
WRITTEN_AS = hint("written as", "MOV", "IADD", "SHL")  #: what an IMAD stands for
SIGN_EXTENDED = flag("SX32")
CARRIED = flag("X", "carried")  #: carries come in, in predicates
SHIFTED_TYPE = option("shifted type", {t.name: t for t in (Type.U32, Type.S32, Type.U64, Type.S64)}, Type.U32)
LOWER_TOO = flag("EX")  #: a comparison that goes on from the lower word's
PROPAGATED = flag("NAN")  #: a NaN wins
ONE_WORD = flag("32", "one word")
CLEARED = flag("CLEAR")
DIVERGED = flag("DIV")
EVERY_LANE = flag("ALL")
RELATIVE = choice("address", {"REL": True})
CALLED = hint("call", "NOINC", "INC")
RETURNED = hint("return", "NODEC", "DEC")
NO_TRAP = hint("zero", "NTZ")
DEFERRED = hint("blocking", "DEFER_BLOCKING")
OTHER_PIPE = hint("pipe", "MMA")
MEMORY_HINTS = (
    hint("strength", "STRONG", "WEAK", "CONSTANT"),
    hint("scope", "SYS", "GPU", "CTA", "SM"),
    hint("eviction", "EF", "EL", "EU", "LU", "NA"),
    hint("line", "LTC64B", "LTC128B", "LTC256B"),
)
FENCE_HINTS = (hint("order", "SC", "ALL"), hint("scope", "SYS", "GPU", "CTA", "SM", "VC"))


def registers_of_addend(fields: Fields) -> int:
    """Registers of IMAD's third operand."""
    return 1 if fields[PRODUCT] is Product.LOW else 2


def registers_of_product(fields: Fields) -> int:
    """Registers of IMAD's result."""
    return 2 if fields[PRODUCT] is Product.WIDE else 1


def registers_unless_one(fields: Fields) -> int:
    """Two, unless .32 says one."""
    return 1 if fields[ONE_WORD] else 2
