"""What atomic operations (RED, ATOM, ATOMS) do to memory, for faults that strike their operand or their
address.

The compiled instruction (`sassafras.emulator.semantics.atomic`) has run by then, unharmed; a struck one
combines something else, or elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.semantics.floating import CANONICAL_NAN
from sassafras.isa.kinds import Flow, Space
from sassafras.isa.opcodes.modifiers import REDUCED_TYPE, REDUCTION, Reduction, Type
from sassafras.isa.opcodes.record import Slot
from sassafras.isa.operands import RZ, Operand, Register
from sassafras.isa.program import Instruction, Program, of_program

_SIGN, _EXPONENT = 0x80000000, 0x7F800000


@of_program
def threads_meet(program: Program) -> bool:
    """Whether threads that do not wait for each other may meet in a word: then none of them owns it, and none
    can be run alone. (Where threads of a block wait for each other, shared memory is watched.)
    """
    waits = any(i.flow is Flow.BARRIER for i in program.instructions)
    return any(i.is_atomic and not (waits and _is_shared(i)) for i in program.instructions)


@of_program
def threads_hear(program: Program) -> bool:
    """Whether threads meet, and what they find there comes back to them: what a thread does then depends on
    those before it.
    """
    return threads_meet(program) and any(
        i.is_atomic and i.record.has_register_destination for i in program.instructions
    )


def _is_shared(instruction: Instruction) -> bool:
    return instruction.access is not None and instruction.access.space is Space.SHARED


@dataclass(frozen=True)
class Combining:
    """An atomic operation of a thread, before it happens: the ``value`` that goes in, and what a swap
    compares (None: nothing), as unsigned integers.
    """

    instruction: Instruction
    value: int
    compared: int | None

    @property
    def bits(self) -> int:
        """Of what it combines."""
        return self.instruction.fields[REDUCED_TYPE].bits

    def word(self, index: int) -> int:
        """A 32-bit word of the value."""
        return self.value >> 32 * index & 0xFFFFFFFF

    def with_word(self, index: int, word: int) -> Combining:
        """With another word in the value."""
        return replace(self, value=self.value & ~(0xFFFFFFFF << 32 * index) | word << 32 * index)

    def of(self, old: int) -> int:
        """What it leaves where ``old`` was."""
        what = self.instruction.fields[REDUCTION]
        if what is Reduction.COMPARE_AND_SWAP:
            return self.value if old == self.compared else old
        kind = self.instruction.fields[REDUCED_TYPE]
        if kind is Type.F32:
            return _sum_of_floats(old, self.value)
        return _combined(what, kind, old, self.value)

    @property
    def destinations(self) -> tuple[int, ...]:
        """The registers that get the old value."""
        return self.instruction.effects.registers_written


def combining(block: ArmedBlock, thread: int) -> Combining | None:
    """What the thread is about to combine; None where its instruction is not atomic."""
    instruction = block.machine.program.instructions[block.pc(thread)]
    if not instruction.is_atomic:
        return None
    slots = _slots(instruction)
    values = [
        _value(block, thread, operand, instruction.fields[REDUCED_TYPE].bits)
        for slot, operand in zip(slots, instruction.operands, strict=True)
        if slot is Slot.REGISTER
    ]
    return Combining(instruction, values[-1], values[0] if len(values) > 1 else None)


def _slots(instruction: Instruction) -> tuple[Slot, ...]:
    count = len(instruction.operands)
    return next(form for form in instruction.record.forms if len(form) == count)


def _value(block: ArmedBlock, thread: int, operand: Operand, bits: int) -> int:
    assert isinstance(operand, Register)
    if operand.index == RZ:
        return 0
    words = block.registers(thread)[operand.index : operand.index + bits // 32]
    return sum(int(word) << 32 * k for k, word in enumerate(words))


def _sum_of_floats(old: int, value: int) -> int:
    """Denormals are flushed, and every NaN is the canonical one."""
    words = np.array([_flushed(old), _flushed(value)], np.uint32).view(np.float32)
    with np.errstate(all="ignore"):
        total = words[:1] + words[1:]
    return CANONICAL_NAN if np.isnan(total[0]) else _flushed(int(total.view(np.uint32)[0]))


def _flushed(bits: int) -> int:
    return bits if bits & _EXPONENT else bits & _SIGN


def _combined(what: Reduction, kind: Type, old: int, value: int) -> int:
    """Of integers of a type, all as unsigned ones."""
    key: Callable[[int], int] = int
    if kind.signed:
        sign = 1 << kind.bits - 1
        key = sign.__xor__  # the order of signed integers
    results: dict[Reduction, Callable[[], int]] = {
        Reduction.ADD: lambda: old + value,
        Reduction.MIN: lambda: min(old, value, key=key),
        Reduction.MAX: lambda: max(old, value, key=key),
        Reduction.INCREMENT: lambda: 0 if old >= value else old + 1,
        Reduction.DECREMENT: lambda: value if old == 0 or old > value else old - 1,
        Reduction.AND: lambda: old & value,
        Reduction.OR: lambda: old | value,
        Reduction.XOR: lambda: old ^ value,
        Reduction.EXCHANGE: lambda: value,
    }
    return results[what]() & (1 << kind.bits) - 1
