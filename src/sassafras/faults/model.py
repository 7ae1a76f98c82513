"""The words of fault injection: modes, models, scopes, targets, faults (DESIGN section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from sassafras.faults.own import OwnFault


class Mode(StrEnum):
    """What is corrupted (SASSIFI's three modes; paper section 5.2)."""

    RF = "RF"  #: an allocated register, before an instruction, whether or not it is live
    IOA = "IOA"  #: where a result goes: the destination register's index, or a store's address
    IOV = "IOV"  #: the value of a result: a register, predicate, condition code or the stored word


class FaultModel(StrEnum):
    """How bits change: exactly, `corruption` says."""

    SINGLE_BIT = "single-bit"
    DOUBLE_BIT = "double-bit"  #: two adjacent bits
    RANDOM_VALUE = "random-value"  #: a uniform draw of the full width
    ZERO_VALUE = "zero-value"
    MASK = "mask"  #: bits to flip, or a value to set, that the user chose: never drawn


DRAWN_MODELS: tuple[FaultModel, ...] = tuple(model for model in FaultModel if model is not FaultModel.MASK)
"""The fault models that faults can be drawn by."""


class Scope(StrEnum):
    """Which threads are struck."""

    THREAD = "thread"
    WARP = "warp"  #: every thread of the warp that executes the same occurrence of the same instruction


class IoaRegister(StrEnum):
    """What becomes of a result whose corrupted register index lies beyond the kernel's allocated registers
    (docs/definitions.md, "Where a result goes"). R255 is RZ: it swallows the result under both rules.
    """

    SASSIFI = "sassifi"  #: set aside for an instruction that names that register; none does: it is lost
    HARDWARE = "hardware"  #: the device raises its out-of-range-register exception: a DUE


class TargetKind(StrEnum):
    """What the bits belong to."""

    REGISTER = "REGISTER"
    PREDICATE = "PREDICATE"
    CONDITION_CODE = "CONDITION_CODE"
    STORE_VALUE = "STORE_VALUE"
    REGISTER_INDEX = "REGISTER_INDEX"
    STORE_ADDRESS = "STORE_ADDRESS"


class Operation(Enum):
    """How ``Corruption.value`` is applied."""

    FLIP = "flip"
    SET = "set"


@dataclass(frozen=True)
class Corruption:
    """A change of a word of ``bits`` bits: flip the ones of ``value``, or replace the word by it."""

    operation: Operation
    value: int
    bits: int

    def apply(self, word: int) -> int:
        """The corrupted word. Flipping twice gives the word back."""
        match self.operation:
            case Operation.FLIP:
                return word ^ self.value
            case Operation.SET:
                return self.value
            case _:
                assert_never(self.operation)


def pick(word: int, count: int) -> int:
    """A uniform index in [0, count) from a uniform 64-bit word."""
    return word * count >> 64


def corruption(model: FaultModel, bits: int, bit_word: int, value_word: int) -> Corruption:
    """The change of a word of ``bits`` bits.

    Double-bit faults flip two adjacent bits (of a word of one bit, that bit). A random value uses as many
    uniform bits as the word has.
    """
    match model:
        case FaultModel.SINGLE_BIT:
            return Corruption(Operation.FLIP, 1 << pick(bit_word, bits), bits)
        case FaultModel.DOUBLE_BIT:
            pair = 3 << pick(bit_word, max(1, bits - 1))
            return Corruption(Operation.FLIP, pair & ((1 << bits) - 1), bits)
        case FaultModel.ZERO_VALUE:
            return Corruption(Operation.SET, 0, bits)
        case FaultModel.RANDOM_VALUE:
            return Corruption(Operation.SET, value_word >> (64 - bits), bits)
        case FaultModel.MASK:
            raise ValueError("a mask is chosen, never drawn")
        case _:
            assert_never(model)


@dataclass(frozen=True)
class Target:
    """What is struck: the kind, and the register, predicate, condition-code flag or 32-bit word of the stored
    value.
    """

    kind: TargetKind
    index: int
    bits: int


@dataclass(frozen=True)
class Site:
    """Where and when: frame and launch of the campaign, block and thread of the launch, dynamic instruction
    of the thread.
    """

    frame: int
    launch: int
    block: int
    thread: int
    instruction: int


@dataclass(frozen=True)
class Draw:
    """A fault as drawn from the population, before the golden trace has said which instruction its ordinal
    means.

    ``ordinal``: number of the struck instruction among those of the thread that the mode, model and groups
    allow. ``target_word``, ``bit_word``, ``value_word``: uniform 64-bit draws that pick the target, the bit
    and a random value. ``longest``: dynamic instructions of the launch's longest golden thread: traces and
    the watchdog are measured by it. ``own``: the fault that the user chose instead, which says all that the
    words would.
    """

    id: int
    mode: Mode
    model: FaultModel
    scope: Scope
    frame: int
    launch: int
    block: int
    thread: int
    ordinal: int
    target_word: int
    bit_word: int
    value_word: int
    longest: int = field(kw_only=True)
    own: OwnFault | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Fault:
    """A fault, fully determined: where, when, what, how. ``pc``: index of the static instruction.
    ``ioa_register``: what a register index beyond the allocated ones does.
    """

    draw: Draw
    site: Site
    pc: int
    target: Target
    corruption: Corruption
    ioa_register: IoaRegister = IoaRegister.SASSIFI
