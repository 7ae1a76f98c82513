"""How far what an instruction does here is known to be what hardware does.

Each record names one of these functions; what is not in them is exact. Sources are those of ``docs/sass.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sassafras.isa.opcodes.fields import Fields
from sassafras.isa.opcodes.modifiers import FLUSH, SPECIAL_FUNCTION, SpecialFunction
from sassafras.isa.operands import Operand


class Degree(Enum):
    """How well a meaning is known."""

    EXACT = "exact"  #: documented, or shown by compiled programs with known results
    BORDER = "exact but for a border case"  #: the same, but for values or operands that are named
    MODELLED = "modelled"  #: what comes out may differ from hardware whenever it is executed


@dataclass(frozen=True)
class Fidelity:
    """What is known of an instruction. ``bound``: how far, or where, hardware may differ; ``source``: where
    that is from ("" both of an exact one).
    """

    degree: Degree
    bound: str = ""
    source: str = ""


Faithful = Callable[[Fields, tuple[Operand, ...]], Fidelity]
"""What is known of an instruction with these modifiers and operands."""

EXACT = Fidelity(Degree.EXACT)


def exact(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001  # one signature for all
    """As documented, always."""
    return EXACT


@dataclass(frozen=True)
class Always:
    """The same for all modifiers and operands."""

    fidelity: Fidelity

    def __call__(self, fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:
        """As given."""
        return self.fidelity


def modelled(bound: str, source: str) -> Fidelity:
    """Modelled, so far."""
    return Fidelity(Degree.MODELLED, bound, source)


def border(bound: str, source: str = "no public source") -> Fidelity:
    """Exact, but there."""
    return Fidelity(Degree.BORDER, bound, source)


_PTX = "PTX ISA, largest error of the approximate function"
_SEED = modelled(
    "the last bits of the upper word of a double; compiled quotients, reciprocals and roots do not depend on "
    "them",
    "compiled code with other seeds gives the same results",
)
_WAVE = modelled("absolute error 2^-20.9 from 0 to pi", "bound of ZLUDA's tests; none is known outside")
_SPECIAL: dict[SpecialFunction, Fidelity] = {
    SpecialFunction.RECIPROCAL: modelled("1 ulp", _PTX),
    SpecialFunction.RECIPROCAL_ROOT: modelled("relative error 2^-22.9", _PTX),
    SpecialFunction.EXP2: modelled("2 ulp", _PTX),
    SpecialFunction.LOG2: modelled("error 2^-22", _PTX),
    SpecialFunction.SINE: _WAVE,
    SpecialFunction.COSINE: _WAVE,
    SpecialFunction.RECIPROCAL_64: _SEED,
    SpecialFunction.RECIPROCAL_ROOT_64: _SEED,
}


def special_function(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """MUFU: correctly rounded here."""
    return _SPECIAL[fields[SPECIAL_FUNCTION]]


REDUCED = Always(
    modelled(
        "none once MUFU has read it; the register itself holds other bits (fixed point)",
        "envytools' model of an older chip",
    )
)
QUICK_DIVISION = Always(
    modelled(
        "true more often than on hardware: then the slow way of a division is taken, with the same quotient",
        "compiled divisions",
    )
)
NOT_A_NUMBER = Always(border("the bits of a NaN result", "CUDA's own constant"))


def flushing(fields: Fields, operands: tuple[Operand, ...]) -> Fidelity:  # noqa: ARG001
    """Float arithmetic: what is flushed is decided behind the rounding."""
    return border("results that round up to 2^-126") if fields[FLUSH] else EXACT
