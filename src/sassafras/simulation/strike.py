"""Putting a fault into a stopped thread."""

from __future__ import annotations

from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.traps import TrapKind
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Change, Fault, IoaRegister, Mode, Target, TargetKind
from sassafras.isa.operands import RZ
from sassafras.isa.program import Instruction
from sassafras.simulation.atomics import Combining, combining

Values = tuple[int, int]  #: the struck word before and after


def strike_all(
    block: ArmedBlock, fault: Fault, pending: dict[int, int], watchdog: int, base: int
) -> dict[int, Values]:
    """Run a block on and strike every thread of ``pending`` (thread -> dynamic instruction) where it comes to
    its place; those are taken out of it. Returns the struck words. ``base``: device address of the arena.
    """
    found: dict[int, Values] = {}
    while pending and block.trap is None:
        _, thread = block.run_to(pending, watchdog)
        if thread is None:
            break
        del pending[thread]
        if block.pc(thread) == fault.pc:  # else a thread struck before has led this one elsewhere
            found[thread] = strike(
                block, thread, fault.draw.mode, fault.target, fault.corruption, base, fault.ioa_register
            )
    return found


def strike(
    block: ArmedBlock,
    thread: int,
    mode: Mode,
    target: Target,
    change: Change,
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
    if target.kind is TargetKind.UNIFORM_INDEX:
        return _strike_uniform_index(block, thread, target, change)
    instruction = block.machine.program.instructions[block.pc(thread)]
    atomic, logged = combining(block, thread), len(block.accesses())
    _issue(block, thread)
    match target.kind:
        case TargetKind.REGISTER:
            return _strike_register(block, thread, target, change)
        case TargetKind.PREDICATE:
            return _flip(block.predicates(thread), target)
        case TargetKind.UNIFORM_REGISTER:
            return _change(block.uniform(thread), target, change)
        case TargetKind.UNIFORM_PREDICATE:
            return _flip(block.uniform_predicates(thread), target)
        case TargetKind.CONDITION_CODE:
            return _strike_condition_codes(block, thread, change)
        case TargetKind.STORE_VALUE | TargetKind.STORE_ADDRESS:
            return _strike_store(block, thread, instruction, logged, target, change, base, atomic)
        case TargetKind.MEMORY:
            raise AssertionError("memory is struck before the launch (`memory_strike`)")
        case _:
            assert_never(target.kind)


def _issue(block: ArmedBlock, thread: int) -> None:
    if block.step(thread) is Stop.TRAPPED:
        raise FaultNotReached(f"thread {thread} trapped where the golden run did not: {block.trap}")


def _strike_register(block: ArmedBlock, thread: int, target: Target, change: Change) -> Values:
    return _change(block.registers(thread), target, change)


def _change(registers: NDArray[np.uint32], target: Target, change: Change) -> Values:
    before = int(registers[target.index])
    registers[target.index] = change.apply(before)
    return before, int(registers[target.index])


def _flip(predicates: NDArray[np.uint8], target: Target) -> Values:
    before = int(predicates[target.index])
    predicates[target.index] = before ^ 1
    return before, before ^ 1


def _strike_condition_codes(block: ArmedBlock, thread: int, change: Change) -> Values:
    """The flags as a word, Z lowest; a flipped carry count is 0 or 1 afterwards."""
    flags = block.condition_codes(thread)
    before = sum(int(flag != 0) << k for k, flag in enumerate(flags))
    after = change.apply(before)
    for k in range(len(flags)):
        if (before ^ after) >> k & 1:
            flags[k] = after >> k & 1
    return before, after


def _strike_index(
    block: ArmedBlock, thread: int, target: Target, change: Change, ioa_register: IoaRegister
) -> Values:
    """The result goes to the wrong register; the right one keeps what it held before the instruction. Beyond
    the allocated registers no instruction names the wrong one: the result is lost, or the device traps.
    """
    wrong = change.apply(target.index)
    if not _issue_into(block, thread, block.registers(thread), target.index, wrong) and wrong != RZ:
        match ioa_register:
            case IoaRegister.HARDWARE:
                block.set_trap(TrapKind.ILLEGAL_INSTRUCTION, thread)
            case IoaRegister.SASSIFI:
                pass  # lost
            case _:
                assert_never(ioa_register)
    return target.index, wrong


def _strike_uniform_index(block: ArmedBlock, thread: int, target: Target, change: Change) -> Values:
    """The same of a register of the warp, of which all that an index can name are there but the last, which
    swallows the result.
    """
    wrong = change.apply(target.index)
    _issue_into(block, thread, block.uniform(thread), target.index, wrong)
    return target.index, wrong


def _issue_into(
    block: ArmedBlock, thread: int, registers: NDArray[np.uint32], right: int, wrong: int
) -> bool:
    """Issue the instruction with its result in the wrong register. Returns whether there is one."""
    kept = registers[right].copy()
    _issue(block, thread)
    result = registers[right].copy()
    registers[right] = kept
    if wrong >= len(registers):
        return False
    registers[wrong] = result
    return True


def _last_store(block: ArmedBlock, instruction: Instruction, logged: int) -> np.void | None:
    """The store that the struck instruction has made, behind so many accesses; None: a lane that has no row
    of a matrix to store, or a copy that a predicate keeps from happening.
    """
    log = block.accesses()
    if len(log) == logged or log[-1]["kind"] == AccessKind.GLOBAL_LOAD:
        if not instruction.may_store_nothing:
            raise FaultNotReached("the struck store did not store")
        return None
    entry: np.void = log[-1]
    return entry


def _bytes(word: int, nbytes: int = 4) -> NDArray[np.uint8]:
    return np.frombuffer(word.to_bytes(nbytes, "little"), np.uint8)


def _word(place: NDArray[np.uint8]) -> int:
    return int.from_bytes(place.tobytes(), "little")


def _strike_store(
    block: ArmedBlock,
    thread: int,
    instruction: Instruction,
    logged: int,
    target: Target,
    change: Change,
    base: int,
    atomic: Combining | None,
) -> Values:
    """What was stored, or where."""
    entry = _last_store(block, instruction, logged)
    if entry is None:
        return 0, change.apply(0)
    if target.kind is TargetKind.STORE_ADDRESS:
        return _strike_address(block, thread, entry, change, base, atomic)
    return _strike_stored_word(block, thread, entry, target, change, atomic)


def _strike_stored_word(
    block: ArmedBlock,
    thread: int,
    entry: np.void,
    target: Target,
    change: Change,
    atomic: Combining | None,
) -> Values:
    """The word in memory; of an atomic operation a word of what memory is combined with."""
    kind, start, nbytes = AccessKind(entry["kind"]), int(entry["offset"]), int(entry["nbytes"])
    if atomic is not None:
        before = atomic.word(target.index)
        struck = atomic.with_word(target.index, change.apply(before))
        place = block.bytes_at(kind, thread, start, nbytes)
        place[:] = _bytes(struck.of(_word(entry["old"][:nbytes])), nbytes)
        return before, struck.word(target.index)
    place = block.bytes_at(kind, thread, start + 4 * target.index, target.bits // 8)
    before = _word(place)
    place[:] = _bytes(change.apply(before), target.bits // 8)
    return before, change.apply(before)


def _strike_address(
    block: ArmedBlock,
    thread: int,
    entry: np.void,
    change: Change,
    base: int,
    atomic: Combining | None,
) -> Values:
    """The word goes to the wrong address, and an atomic operation combines it with what lies there, which is
    what comes back; the right place keeps its old content.
    """
    kind, start, nbytes = AccessKind(entry["kind"]), int(entry["offset"]), int(entry["nbytes"])
    access = block.machine.program.instructions[int(entry["pc"])].access
    assert access is not None
    place = block.bytes_at(kind, thread, start, nbytes)
    stored = place.copy()
    place[:] = entry["old"][:nbytes]
    right = block.origin(access.space, kind, base) + start
    wrong = change.apply(right)
    there = block.reached(access.space, wrong)
    offset = wrong - block.origin(access.space, there, base)
    trap = block.address_trap(there, thread, offset, nbytes, aligned=wrong % nbytes == 0)
    if trap is not None:
        block.set_trap(trap, thread)
        return right, wrong
    found = block.log_store(offset, nbytes, there, thread, int(entry["pc"]))
    old = _word(found)
    found[:] = stored if atomic is None else _bytes(atomic.of(old), nbytes)
    for k, register in enumerate(() if atomic is None else atomic.destinations):
        block.registers(thread)[register] = old >> 32 * k & 0xFFFFFFFF
    return right, wrong
