"""Operands of machine instructions, as immutable values (see ``sass-semantics`` notes in docs/sass.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sassafras.isa.locations import File

RZ = 255  #: the register that reads zero and swallows writes
PT = 7  #: the predicate that is always true
URZ = 63  #: the uniform register that reads zero and swallows writes


class Half(Enum):
    """Which 16-bit half of a 32-bit operand is meant (``R3.H1``), or stands for both (``R3.H1_H1``)."""

    H0 = 0
    H1 = 1
    H0_H0 = 2
    H1_H1 = 3

    @property
    def is_twice(self) -> bool:
        """Whether it stands for both."""
        return self in (Half.H0_H0, Half.H1_H1)


@dataclass(frozen=True)
class Register:
    """``-|R5|.H1.reuse``: a general register with its operand modifiers. ``writes_cc`` is ``R5.CC``
    (destination only); ``byte`` is the 2 of ``R5.B2``.
    """

    index: int
    negate: bool = False
    absolute: bool = False
    invert: bool = False
    half: Half | None = None
    writes_cc: bool = False
    byte: int | None = None


@dataclass(frozen=True)
class Predicate:
    """``!P3``: a predicate register. ``PT`` is index 7."""

    index: int
    negate: bool = False


@dataclass(frozen=True)
class UniformRegister:
    """``-UR4``: a register of the warp (from Turing on) with its operand modifiers, as in `Register`."""

    index: int
    negate: bool = False
    absolute: bool = False
    invert: bool = False
    half: Half | None = None
    byte: int | None = None


@dataclass(frozen=True)
class UniformPredicate:
    """``!UP3``: a predicate of the warp. ``UPT`` is index 7."""

    index: int
    negate: bool = False


@dataclass(frozen=True)
class ConvergenceBarrier:
    """``B3``: where lanes that have parted wait for each other (from Volta on)."""

    index: int


@dataclass(frozen=True)
class Constant:
    """``-c[0x2][R4+0x18].H1``: a word of a constant bank; ``register`` is None when the offset is fixed."""

    bank: int
    offset: int
    register: int | None = None
    negate: bool = False
    absolute: bool = False
    invert: bool = False
    half: Half | None = None
    byte: int | None = None


@dataclass(frozen=True)
class ConstantOfWarp:
    """``c[0x0][UR4+0x160]``: a word of a constant bank, so far behind what a register of the warp holds."""

    bank: int
    offset: int
    register: int


@dataclass(frozen=True)
class Immediate:
    """A literal, already as the 32 bits the instruction uses (``-0x3`` is 0xfffffffd, ``1.5`` is 0x3fc00000).

    A minus sign before a literal is part of ``bits``; ``~0x1`` likewise. ``unsure``: a NaN as nvdisasm prints
    it, without its payload.
    """

    bits: int
    unsure: bool = False


@dataclass(frozen=True)
class Address:
    """``[R2+0x4]``, ``[R7.X4+UR4+0x100]`` or ``[0x10]``: base register (None: no register), scale and byte
    offset (signed), and a uniform register that is added. The memory descriptor of ``desc[UR4][R2.64]`` says
    nothing of where the address leads and is not kept.
    """

    register: int | None
    offset: int = 0
    scale: int = 1
    uniform: int | None = None


@dataclass(frozen=True)
class SpecialRegister:
    """``SR_TID.X`` and its like, by name."""

    name: str


@dataclass(frozen=True)
class Target:
    """A code address, in bytes from the start of the function."""

    offset: int


@dataclass(frozen=True)
class ConditionTest:
    """``CC.NEU``: a test of the condition codes, used as an extra condition."""

    test: str


@dataclass(frozen=True)
class WholeFile:
    """``PR`` or ``CC`` as an operand: all predicates, or all condition codes, as bits of a word."""

    file: File


@dataclass(frozen=True)
class Name:
    """Any other word an instruction carries (``SB5``): meaningless to the emulation, kept for the text."""

    text: str


Operand = (
    Register
    | Predicate
    | UniformRegister
    | UniformPredicate
    | ConvergenceBarrier
    | Constant
    | ConstantOfWarp
    | Immediate
    | Address
    | SpecialRegister
    | Target
    | ConditionTest
    | WholeFile
    | Name
)
