"""Modifiers that came with Volta and Turing, and what they mean."""

from __future__ import annotations

from enum import Enum

from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.fields import Fields, choice, flag, hint, option
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, Reduction, Type


class Picked(Enum):
    """What DSETP says of two doubles: whether the first is the smaller, or the larger one."""

    SMALLER = "MIN"
    LARGER = "MAX"


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
ALWAYS_SATURATED = choice("SAT", {"SAT": True})
OF_PAIRS = flag("U64", "of pairs")
DIVERGED = flag("DIV")
GATHERED = flag("CONV")
EVERY_LANE = flag("ALL")
EXCLUSIVE = hint("exclusive", "EXCLUSIVE")
COLLECTIVE = flag("COLLECTIVE")
RELATIVE = choice("address", {"REL": True})
CALL_ADDRESS = choice("address", {"REL": True, "ABS": False})  #: counted from a function or not
BRAIN = flag("BF16_V2", "bfloat16")  #: of halves, which are binary16 otherwise
RECTIFIED = flag("RELU")
TO_SINGLE = flag("F32", "to single")
PACKED = choice("packed", {"PACK_AB": True})
PACKED_TYPE = option("packed type", {"BF16": Type.BF16, "F16": Type.F16}, Type.F16)
FROM_SINGLE = hint("from single", "F32")
PICKED = option("picked", {p.value: p for p in Picked}, None)
ASKED_SPACE = choice("space", {"S": Space.SHARED, "L": Space.LOCAL, "G": Space.GLOBAL})
_PARTS = {t.name: t for t in (Type.U8, Type.S8, Type.U16, Type.S16)}
DOT_WIDTH = choice("factors", {"4A": 4, "2A": 2})
DOT_PART = option("factors of the second", {"LO": 0, "HI": 1}, 0)  #: of .2A: bytes 0 and 1, or 2 and 3
FIRST_DOT_TYPE = choice("first factors", _PARTS)
SECOND_DOT_TYPE = choice("second factors", {t.name: t for t in (Type.U8, Type.S8)})
BYTES = choice("bytes", {"U8": Type.U8})
ACCUMULATED = flag("ACC")
SPINNING = hint("spin", "SPIN")
PER_LANE = flag("POPC", "for each lane")
REDUCTION_OF_TURING = choice("reduction", {r.value: r for r in Reduction})
#: Halves come in pairs, each added by itself.
REDUCED_TYPE_OF_TURING = option(
    "type",
    {**REDUCED_TYPE.meanings, "F64": Type.F64, "F16x2": Type.F16, "BF16x2": Type.BF16},
    Type.U32,
)
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
PAST_CACHE = hint("first cache", "BYPASS")
ZERO_FILLED = flag("ZFILL")
CACHE_HINTS = (
    hint("address", "E"),
    hint("cache", "C", "D", "U", "I"),
    hint("action", "PF1", "PF2", "WB", "IV", "IVALL", "RS", "WBALL", "RML2"),
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


def registers_of_matched(fields: Fields) -> int:
    """Registers of what lanes compare."""
    return 2 if fields[OF_PAIRS] else 1


def registers_of_reduced(fields: Fields) -> int:
    """Registers of what an atomic operation combines and returns: halves come in pairs."""
    return 2 if fields[REDUCED_TYPE].bits == 64 else 1


def bytes_of_reduced(fields: Fields) -> int:
    """Bytes that an atomic operation replaces."""
    return 4 * registers_of_reduced(fields)
