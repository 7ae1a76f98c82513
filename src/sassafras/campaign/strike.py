"""Putting a fault into a stopped thread."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.traps import TrapKind
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Corruption, IoaRegister, Mode, Target, TargetKind
from sassafras.isa.operands import RZ

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
            return _strike_stored_word(block, target, change)
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


def _strike_stored_word(block: ArmedBlock, target: Target, change: Corruption) -> Values:
    entry = _last_store(block)
    nbytes = target.bits // 8
    start = int(entry["offset"]) + 4 * target.index
    word = block.bytes_at(AccessKind(entry["kind"]), start, nbytes)
    before = int.from_bytes(word.tobytes(), "little")
    after = change.apply(before)
    word[:] = np.frombuffer(after.to_bytes(nbytes, "little"), np.uint8)
    return before, after


def _strike_address(block: ArmedBlock, thread: int, change: Corruption, base: int) -> Values:
    """The word goes to the wrong address; the right place keeps its old content."""
    entry = _last_store(block)
    kind, start, nbytes = AccessKind(entry["kind"]), int(entry["offset"]), int(entry["nbytes"])
    place = block.bytes_at(kind, start, nbytes)
    stored = place.copy()
    place[:] = entry["old"][:nbytes]
    origin = base if kind is AccessKind.GLOBAL_STORE else 0
    wrong = change.apply(origin + start)
    trap = block.address_trap(kind, wrong - origin, nbytes, aligned=wrong % nbytes == 0)
    if trap is None:
        block.log_store(wrong - origin, nbytes, kind, thread)[:] = stored
    else:
        block.set_trap(trap, thread)
    return origin + start, wrong
