"""The modifiers of SASS and what their words mean (docs/sass.md)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sassafras.isa.opcodes.fields import Field, Fields, choice, flag, hint, option


class Relation(Enum):
    """A comparison of two numbers."""

    FALSE = "F"
    LESS = "LT"
    EQUAL = "EQ"
    LESS_EQUAL = "LE"
    GREATER = "GT"
    NOT_EQUAL = "NE"
    GREATER_EQUAL = "GE"
    TRUE = "T"


class FloatComparison(NamedTuple):
    """A comparison of two floats: the ``relation`` where both are numbers, ``on_nan`` where one is not."""

    relation: Relation
    on_nan: bool


class Combine(Enum):
    """How two predicates become one, and two words."""

    AND = "AND"
    OR = "OR"
    XOR = "XOR"
    SECOND = "PASS_B"  #: of words only


class Rounding(Enum):
    """The direction in which a result that does not fit is rounded."""

    NEAREST = "to the nearest, ties to even"
    DOWN = "down"
    UP = "up"
    ZERO = "towards zero"


class FloatStep(NamedTuple):
    """What F2F does to a number: round it in a direction, to an ``integral`` value or to the format."""

    rounding: Rounding
    integral: bool


class _Number(NamedTuple):
    bits: int
    signed: bool = False
    real: bool = False
    brain: bool = False  #: with the exponent of a single


class Type(Enum):
    """A type of number."""

    U8 = _Number(8)
    S8 = _Number(8, signed=True)
    U16 = _Number(16)
    S16 = _Number(16, signed=True)
    U32 = _Number(32)
    S32 = _Number(32, signed=True)
    U64 = _Number(64)
    S64 = _Number(64, signed=True)
    F16 = _Number(16, real=True)
    BF16 = _Number(16, real=True, brain=True)
    F32 = _Number(32, real=True)
    F64 = _Number(64, real=True)

    @property
    def bits(self) -> int:
        """Its width."""
        return self.value.bits

    @property
    def signed(self) -> bool:
        """Whether it is an integer with a sign."""
        return self.value.signed


class Size(NamedTuple):
    """What a load or store moves; ``signed`` narrow loads extend the sign."""

    nbytes: int
    signed: bool = False


class WordTest(Enum):
    """What a logic operation asks of its result."""

    NOT_ZERO = "NZ"
    ZERO = "Z"
    TRUE = "T"


class SumShift(Enum):
    """What IADD3 does between its two additions."""

    NONE = ""
    RIGHT = "RS"
    LEFT = "LS"


class Addend(Enum):
    """What XMAD makes of its third operand."""

    WHOLE = ""
    LOW = "CLO"
    HIGH = "CHI"
    PLUS_SECOND = "CBCC"
    SIGN_FIX = "CSFU"


class Reduction(Enum):
    """What an atomic operation leaves in memory."""

    ADD = "ADD"
    MIN = "MIN"
    MAX = "MAX"
    INCREMENT = "INC"  #: to 0 from the operand on
    DECREMENT = "DEC"  #: to the operand from 0, and from above the operand
    AND = "AND"
    OR = "OR"
    XOR = "XOR"
    EXCHANGE = "EXCH"
    COMPARE_AND_SWAP = "CAS"
    COMPARE_AND_TELL = "CAST"  #: what comes back is whether it was swapped


class PartOfLong(Enum):
    """Which word of a longer number IMNMX sees; the highest comes first."""

    WHOLE = ""
    HIGH = "XHI"
    MIDDLE = "XMED"
    LOW = "XLO"

    @property
    def follows(self) -> bool:
        """Whether higher words have been looked at: the condition codes say what was found."""
        return self in (PartOfLong.MIDDLE, PartOfLong.LOW)


class BytePick(Enum):
    """How PRMT takes bytes of {b, a} by its two lowest selector bits n."""

    BY_NIBBLES = ""
    FORWARD = "F4E"  #: bytes n, n + 1, ...
    BACKWARD = "B4E"  #: bytes n, n - 1, ... (modulo 8)
    REPLICATE = "RC8"  #: byte n
    EDGE_LEFT = "ECL"  #: byte k, at least n
    EDGE_RIGHT = "ECR"  #: byte k, at most n
    REPLICATE_HALF = "RC16"  #: half n mod 2


class Secondary(Enum):
    """What a video instruction does with its third operand."""

    NONE = "nothing"
    ADD = "add it"
    MINIMUM = "take the smaller"
    MAXIMUM = "take the larger"
    MERGE = "replace a part of it"


class Merge(NamedTuple):
    """A part of a word: ``bits`` from bit ``place`` on."""

    bits: int
    place: int


class Side(Enum):
    """Which way a funnel shift goes."""

    LEFT = "L"
    RIGHT = "R"


class SpecialFunction(Enum):
    """What MUFU computes."""

    RECIPROCAL = "RCP"
    RECIPROCAL_ROOT = "RSQ"
    RECIPROCAL_64 = "RCP64H"  #: of a double, its high word alone
    RECIPROCAL_ROOT_64 = "RSQ64H"
    EXP2 = "EX2"
    LOG2 = "LG2"
    SINE = "SIN"
    COSINE = "COS"


_RELATIONS = {r.value: r for r in Relation}
_PROPER = [r for r in Relation if r not in (Relation.FALSE, Relation.TRUE)]
_COMBINATIONS = {c.value: c for c in Combine if c is not Combine.SECOND}
_TYPES = {t.name: t for t in Type}
_HALVES = {name: _TYPES[name] for name in ("U16", "S16")}
_WORDS = {name: _TYPES[name] for name in ("U32", "S32")}

INTEGER_COMPARE = choice("relation", _RELATIONS)
FLOAT_COMPARE = choice(
    "comparison",
    {
        **{r.value: FloatComparison(r, on_nan=False) for r in _PROPER},
        "NUM": FloatComparison(Relation.TRUE, on_nan=False),
        "NAN": FloatComparison(Relation.FALSE, on_nan=True),
        **{f"{r.value}U": FloatComparison(r, on_nan=True) for r in _PROPER},
        "F": FloatComparison(Relation.FALSE, on_nan=False),
        "T": FloatComparison(Relation.TRUE, on_nan=True),
    },
)
COMBINE = choice("combine", _COMBINATIONS)
FIRST_COMBINE = choice("first combine", _COMBINATIONS)
SECOND_COMBINE = choice("second combine", _COMBINATIONS)
LOGIC = choice("logic", {c.value: c for c in Combine})
LOGIC_TEST: Field[WordTest | None] = option("test", {t.value: t for t in WordTest}, None)
TABLE = choice("table", {"LUT": True})
SIGNED = option("signed", {"U32": False}, default=True)
EXTENDED = flag("X")
PART_OF_LONG = option(
    "part", {part.value: part for part in PartOfLong if part is not PartOfLong.WHOLE}, PartOfLong.WHOLE
)
BYTE_PICK = option(
    "pick", {pick.value: pick for pick in BytePick if pick is not BytePick.BY_NIBBLES}, BytePick.BY_NIBBLES
)
#: What CSETP asks of the condition codes, beside the order of numbers: single flags, and unsigned order.
CODE_TEST = choice(
    "code test",
    {
        word: word
        for word in (
            *(r.value for r in Relation),
            *(f"{r.value}U" for r in _PROPER),
            *("OFF", "OFT", "SFF", "SFT", "CFF", "CFT", "LO", "LS", "HI", "HS"),
        )
    },
)
WRAPPED = flag("W")
HIGH = flag("HI")
MERGED = flag("MRG")
PRODUCT_SHIFTED = flag("PSL")
REVERSED = flag("BREV")
SHIFT_AMOUNT = flag("SH")
AS_FLOAT = flag("BF")
FLUSH = flag("FTZ")
SATURATED = flag("SAT")
SUM_SHIFT = option("sum shift", {s.value: s for s in (SumShift.RIGHT, SumShift.LEFT)}, SumShift.NONE)
ADDEND = option("addend", {a.value: a for a in Addend if a is not Addend.WHOLE}, Addend.WHOLE)
FIRST_FACTOR: Field[Type | None] = option("first factor", _HALVES, None)
SECOND_FACTOR: Field[Type | None] = option("second factor", _HALVES, None)
FIRST_WORD: Field[Type | None] = option("first factor", _WORDS, None)
SECOND_WORD: Field[Type | None] = option("second factor", _WORDS, None)
SIDE = choice("side", {s.value: s for s in Side})
FUNNEL_TYPE = option("type", {name: _TYPES[name] for name in ("U64", "S64")}, Type.U32)
REDUCED_TYPE = option(
    "type",
    {**{name: _TYPES[name] for name in ("U32", "S32", "U64", "S64", "F32")}, "64": Type.U64},
    Type.U32,
)
RESULT = choice("result", _TYPES)
OPERAND = choice("operand", _TYPES)
ROUNDING = option(
    "rounding",
    {"RN": Rounding.NEAREST, "RM": Rounding.DOWN, "RP": Rounding.UP, "RZ": Rounding.ZERO},
    Rounding.NEAREST,
)
TO_INTEGER = option(
    "rounding",
    {"RN": Rounding.NEAREST, "FLOOR": Rounding.DOWN, "CEIL": Rounding.UP, "TRUNC": Rounding.ZERO},
    Rounding.NEAREST,
)
FLOAT_STEP = option(
    "step",
    {
        **{word: FloatStep(way, integral=False) for word, way in ROUNDING.words},
        "ROUND": FloatStep(Rounding.NEAREST, integral=True),
        **{word: FloatStep(way, integral=True) for word, way in TO_INTEGER.words if word != "RN"},
    },
    FloatStep(Rounding.NEAREST, integral=False),
)
SPECIAL_FUNCTION = choice("function", {f.value: f for f in SpecialFunction})
REDUCED_RANGE = choice("range", {"EX2": "EX2", "SINCOS": "SINCOS"})
DIVIDE = choice("divide", {"DIVIDE": True})

_PARTS = {t.name: t for t in (Type.U8, Type.S8, Type.U16, Type.S16, Type.U32, Type.S32)}
FIRST_VIDEO: Field[Type | None] = option("first video type", _PARTS, None)
SECOND_VIDEO: Field[Type | None] = option("second video type", _PARTS, None)
UNSIGNED_RESULT = flag("UD")
SIGNED_RESULT = flag("SD")
LARGEST = flag("MX")
PLUS_ONE = flag("PO")
PRODUCT_DOWN = option("product down", {"SHR_7": 7, "SHR_15": 15}, 0)
COMPARE_VIDEO = choice("relation", {r.value: r for r in _PROPER})
SECONDARY: Field[tuple[Secondary, Merge | None]] = option(
    "secondary",
    {
        "ACC": (Secondary.ADD, None),
        "MIN": (Secondary.MINIMUM, None),
        "MAX": (Secondary.MAXIMUM, None),
        **{f"MRG_8B{k}": (Secondary.MERGE, Merge(8, 8 * k)) for k in range(4)},
        "MRG_16L": (Secondary.MERGE, Merge(16, 0)),
        "MRG_16H": (Secondary.MERGE, Merge(16, 16)),
    },
    (Secondary.NONE, None),
)

LONG_ADDRESS = choice("address", {"E": True})
SIZE = option(
    "size",
    {
        "U8": Size(1), "S8": Size(1, signed=True), "U16": Size(2), "S16": Size(2, signed=True),
        "32": Size(4), "64": Size(8), "128": Size(16),
    },
    Size(4),
)  # fmt: skip
LOAD_CACHE = hint("cache", "CI", "CG", "CS", "CV", "LU")
STORE_CACHE = hint("cache", "CG", "CS", "WT")
UNIFORM = hint("uniform", "U")
REDUCTION: Field[Reduction] = choice(
    "reduction", {r.value: r for r in Reduction if r is not Reduction.COMPARE_AND_TELL}
)
CACHE_ACTION = hint("action", "PF1", "PF2", "WB", "IV", "IVALL", "RS", "WBALL")
REDUCTION_HINTS = (hint("flush", "FTZ"), hint("nearest", "RN"))
BREAKPOINT = choice("breakpoint", {"TRAP": True})
FENCE_SCOPE = choice("scope", {word: word for word in ("CTA", "GL", "SYS")})
FENCE_HINT = hint("fence", "IVALLD")
DEPENDENCY_HINT = hint("dependency", "LE")
CALL_HINT = hint("call", "NOINC")


def one_register(fields: Fields) -> int:  # noqa: ARG001  # every width has the same signature
    """32-bit operands."""
    return 1


def register_pair(fields: Fields) -> int:  # noqa: ARG001
    """64-bit operands."""
    return 2


def registers_of_access(fields: Fields) -> int:
    """Registers moved by a load or store: narrow ones use one."""
    return max(1, fields[SIZE].nbytes // 4)


def bytes_of_access(fields: Fields) -> int:
    """Bytes moved by a load or store."""
    return fields[SIZE].nbytes


def registers_of_reduction(fields: Fields) -> int:
    """Registers of what an atomic operation combines and returns."""
    return fields[REDUCED_TYPE].bits // 32


def bytes_of_reduction(fields: Fields) -> int:
    """Bytes that an atomic operation replaces."""
    return fields[REDUCED_TYPE].bits // 8


def registers_of_result(fields: Fields) -> int:
    """Registers of a conversion's result."""
    return 2 if fields[RESULT].bits == 64 else 1


def registers_of_operand(fields: Fields) -> int:
    """Registers of a conversion's operand."""
    return 2 if fields[OPERAND].bits == 64 else 1
