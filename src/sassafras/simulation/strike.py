"""Putting a fault into a stopped thread."""

from __future__ import annotations

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.traps import TrapKind
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Corruption, IoaRegister, Mode, Target, TargetKind
from sassafras.isa.operands import RZ
from sassafras.isa.program import Instruction
from sassafras.simulation.reduction import added, is_reduction, operand_register

Values = tuple[int, int]  #: the struck word before and after


def strike(
    block: ArmedBlock,
    thread: int,
    mode: Mode,
    target: Target,
    change: Corruption,
    base: int,
    ioa_register: IoaRegister = IoaRegister.SASSIFI,
) -> Values:
    """Strike a thread that stands before its faulty instruction; the instruction is issued unless the mode is
    RF.

    ``base``: device address of the arena. ``ioa_register``: what a corrupted register index beyond the
    allocated ones does. Returns the struck word before and after. A corrupted register index or address may
    trap: then ``block.trap`` is set. Raises FaultNotReached when the instruction did not
    do what it did in the golden run.
    """
    if mode is Mode.RF:
        return _strike_register(block, thread, target, change)
    if target.kind is TargetKind.REGISTER_INDEX:
        return _strike_index(block, thread, target, change, ioa_register)
    _issue(block, thread)
    match target.kind:
        case TargetKind.REGISTER:
            return _strike_register(block, thread, target, change)
        case TargetKind.PREDICATE:
            return _strike_predicate(block, thread, target)
        case TargetKind.CONDITION_CODE:
            return _strike_condition_codes(block, thread, change)
        case TargetKind.STORE_VALUE:
            return _strike_stored_word(block, thread, target, change)
        case TargetKind.STORE_ADDRESS:
            return _strike_address(block, thread, change, base)
        case _:
            assert_never(target.kind)


def _issue(block: ArmedBlock, thread: int) -> None:
    if block.step(thread) is Stop.TRAPPED:
        raise FaultNotReached(f"thread {thread} trapped where the golden run did not: {block.trap}")


def _strike_register(block: ArmedBlock, thread: int, target: Target, change: Corruption) -> Values:
    registers = block.registers(thread)
    before = int(registers[target.index])
    registers[target.index] = change.apply(before)
    return before, int(registers[target.index])


def _strike_predicate(block: ArmedBlock, thread: int, target: Target) -> Values:
    predicates = block.predicates(thread)
    before = int(predicates[target.index])
    predicates[target.index] = before ^ 1
    return before, before ^ 1


def _strike_condition_codes(block: ArmedBlock, thread: int, change: Corruption) -> Values:
    """The flags as a word, Z lowest; a flipped carry count is 0 or 1 afterwards."""
    flags = block.condition_codes(thread)
    before = sum(int(flag != 0) << k for k, flag in enumerate(flags))
    after = change.apply(before)
    for k in range(len(flags)):
        if (before ^ after) >> k & 1:
            flags[k] = after >> k & 1
    return before, after


def _strike_index(
    block: ArmedBlock, thread: int, target: Target, change: Corruption, ioa_register: IoaRegister
) -> Values:
    """The result goes to the wrong register; the right one keeps what it held before the instruction. Beyond
    the allocated registers no instruction names the wrong one: the result is lost, or the device traps.
    """
    registers = block.registers(thread)
    kept = registers[target.index].copy()
    _issue(block, thread)
    result = registers[target.index].copy()
    registers[target.index] = kept
    wrong = change.apply(target.index)
    if wrong < len(registers):
        registers[wrong] = result
    elif wrong != RZ:
        match ioa_register:
            case IoaRegister.HARDWARE:
                block.set_trap(TrapKind.ILLEGAL_INSTRUCTION, thread)
            case IoaRegister.SASSIFI:
                pass  # lost
            case _:
                assert_never(ioa_register)
    return target.index, wrong


def _last_store(block: ArmedBlock) -> np.void:
    log = block.accesses()
    if len(log) == 0 or log[-1]["kind"] == AccessKind.GLOBAL_LOAD:
        raise FaultNotReached("the struck store did not store")
    entry: np.void = log[-1]
    return entry


def _operand_of_reduction(block: ArmedBlock, thread: int, entry: np.void) -> int | None:
    """The word that the RED of this entry added; None for a plain store. (A RED writes no register.)"""
    instruction = _instruction(block, entry)
    if not is_reduction(instruction):
        return None
    register = operand_register(instruction)
    return 0 if register == RZ else int(block.registers(thread)[register])


def _instruction(block: ArmedBlock, entry: np.void) -> Instruction:
    return block.machine.program.instructions[int(entry["pc"])]


def _bytes(word: int, nbytes: int = 4) -> NDArray[np.uint8]:
    return np.frombuffer(word.to_bytes(nbytes, "little"), np.uint8)


def _word(place: NDArray[np.uint8]) -> int:
    return int.from_bytes(place.tobytes(), "little")


def _strike_stored_word(block: ArmedBlock, thread: int, target: Target, change: Corruption) -> Values:
    """The word in memory; of a RED the operand, which memory is then added to."""
    entry = _last_store(block)
    nbytes = target.bits // 8
    start = int(entry["offset"]) + 4 * target.index
    place = block.bytes_at(AccessKind(entry["kind"]), start, nbytes)
    operand = _operand_of_reduction(block, thread, entry)
    before = _word(place) if operand is None else operand
    after = change.apply(before)
    left = after
    if operand is not None:
        left = added(_instruction(block, entry), _word(entry["old"][:nbytes]), after)
    place[:] = _bytes(left, nbytes)
    return before, after


def _strike_address(block: ArmedBlock, thread: int, change: Corruption, base: int) -> Values:
    """The word goes to the wrong address, where a RED adds it; the right place keeps its old content."""
    entry = _last_store(block)
    kind, start, nbytes = AccessKind(entry["kind"]), int(entry["offset"]), int(entry["nbytes"])
    instruction, operand = _instruction(block, entry), _operand_of_reduction(block, thread, entry)
    place = block.bytes_at(kind, start, nbytes)
    stored = place.copy()
    place[:] = entry["old"][:nbytes]
    origin = base if kind is AccessKind.GLOBAL_STORE else 0
    wrong = change.apply(origin + start)
    trap = block.address_trap(kind, wrong - origin, nbytes, aligned=wrong % nbytes == 0)
    if trap is None:
        there = block.log_store(wrong - origin, nbytes, kind, thread)
        there[:] = stored if operand is None else _bytes(added(instruction, _word(there), operand))
    else:
        block.set_trap(trap, thread)
    return origin + start, wrong
