"""The two numbers in [0, 1) by which SASSIFI and NVBitFI name an operand and a bit.

Both take ``int(count * seed)`` in single precision (``get_int_inj_id`` of SASSIFI's ``error_injector.h``,
``get_mask`` of NVBitFI's ``inject_funcs.cu``): a seed is written as the middle of its interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from sassafras.faults.model import Fault, FaultModel, Mode, TargetKind
from sassafras.faults.targets import INDEX_BITS
from sassafras.isa.program import Instruction

WORD = 32
ADDRESS_BITS = 64  #: SASSIFI's store addresses
SINGLE_BITS = 24  #: of a float's significand: random values keep this many


@dataclass(frozen=True)
class Seed:
    """A seed. ``note``: what the tool does otherwise than we did, or ""."""

    value: float
    note: str = ""


def middle(choice: int, count: int) -> float:
    """The seed that picks choice number ``choice`` of ``count``."""
    return (choice + 0.5) / count


def operand_seed(fault: Fault, instruction: Instruction) -> float:
    """Which destination; for RF the register itself, as SASSIFI has it."""
    effects, target = instruction.effects, fault.target
    if fault.draw.mode is Mode.RF:
        return target.index + 0.5
    if target.kind in (TargetKind.REGISTER, TargetKind.REGISTER_INDEX):
        return middle(effects.registers_written.index(target.index), len(effects.registers_written))
    return 0.5


def bit_seed(fault: Fault, instruction: Instruction) -> Seed:
    """SASSIFI's bit seed."""
    kind, effects = fault.target.kind, instruction.effects
    if kind is TargetKind.PREDICATE:
        place = effects.predicates_written.index(fault.target.index)
        note = "SASSIFI takes the first predicate always" if place else ""
        return Seed(middle(place, len(effects.predicates_written)), note)
    match fault.draw.model:
        case FaultModel.ZERO_VALUE:
            return Seed(0.5, _wide_note(fault, instruction))
        case FaultModel.RANDOM_VALUE:
            seed = _random_seed(fault.mask.value)
            return Seed(seed.value, _wide_note(fault, instruction) or seed.note)
        case FaultModel.SINGLE_BIT | FaultModel.DOUBLE_BIT:
            return _flip_seed(fault, instruction)
        case FaultModel.MASK:
            raise AssertionError("a mask of one's own is in no list")
        case _:
            raise AssertionError("neither tool has this model: no line is written (`site_lists`)")


def _flip_seed(fault: Fault, instruction: Instruction) -> Seed:
    bit, double = lowest_bit(fault.mask.value), fault.draw.model is FaultModel.DOUBLE_BIT
    match fault.target.kind:
        case TargetKind.REGISTER:
            return Seed(middle(bit, WORD - 1 if double else WORD))
        case TargetKind.CONDITION_CODE:
            return Seed(middle(bit, 4))
        case TargetKind.STORE_VALUE:
            return Seed(middle(WORD * fault.target.index + bit, 8 * instruction.effects.store_bytes))
        case TargetKind.REGISTER_INDEX:
            return Seed(middle(bit, INDEX_BITS))
        case TargetKind.STORE_ADDRESS:
            note = "SASSIFI shifts an int: bits from 31 on go wrong" if bit + double > WORD - 2 else ""
            return Seed(middle(bit, ADDRESS_BITS), note)
        case TargetKind.PREDICATE:
            raise AssertionError("a predicate has no bits to choose from")
        case TargetKind.UNIFORM_REGISTER | TargetKind.UNIFORM_PREDICATE | TargetKind.UNIFORM_INDEX:
            raise AssertionError(
                "neither tool knows registers of the warp: no line is written (`site_lists`)"
            )
        case TargetKind.MEMORY:
            raise AssertionError("neither tool strikes memory: no line is written (`export`)")
        case _:
            assert_never(fault.target.kind)


def _wide_note(fault: Fault, instruction: Instruction) -> str:
    """SASSIFI replaces all of a wide store at once."""
    stored = fault.target.kind is TargetKind.STORE_VALUE
    return "SASSIFI replaces the whole store" if stored and instruction.effects.store_bytes > 4 else ""


def nvbitfi_seed(fault: Fault, flipped: int) -> Seed:
    """NVBitFI's bit seed of a register. ``flipped``: bits that the injection changed: its random value is
    taken for a mask.
    """
    bit = lowest_bit(fault.mask.value)
    match fault.draw.model:
        case FaultModel.SINGLE_BIT:
            return Seed(middle(bit, WORD))
        case FaultModel.DOUBLE_BIT:
            return Seed(middle(bit, WORD - 1))
        case FaultModel.ZERO_VALUE:
            return Seed(0.5)
        case FaultModel.RANDOM_VALUE:
            return _random_seed(flipped)
        case FaultModel.MASK:
            raise AssertionError("a mask of one's own is in no list")
        case _:
            raise AssertionError("neither tool has this model: no line is written (`site_lists`)")


def _random_seed(value: int) -> Seed:
    """Both tools multiply by 2^32 (all ones, as a float) and cut off."""
    spare = max(0, value.bit_length() - SINGLE_BITS)
    kept = value >> spare << spare
    return Seed(kept / 2**WORD, "" if kept == value else "the tool keeps 24 bits of a random value")


def lowest_bit(mask: int) -> int:
    """Number of the lowest one; 0 for none."""
    return max(0, (mask & -mask).bit_length() - 1)
