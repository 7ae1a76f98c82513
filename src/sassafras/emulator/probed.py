"""One instruction of a thread under control, issued on a state in which some bits are others: what comes of
these bits, and of nothing else.

The armed build runs it, so that there is one meaning of every instruction. The state, memory and the log are
put back: the thread goes on as if nothing had been asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.layout import ACCESS, STATE, AccessKind, Status, offset_of, places_of
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Action, Flow, Space
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Instruction

_BYTES = {file: offset_of(STATE, file) for file in (File.REGISTERS, File.PREDICATES, File.CODES)}
_ENDS = {File.REGISTERS: _BYTES[File.PREDICATES], File.PREDICATES: _BYTES[File.CODES]} | {
    File.CODES: _BYTES[File.CODES] + 4
}
_COUNT, _LIMIT = (offset_of(STATE, name) // 8 for name in ("count", "limit"))
_TRAPS = frozenset(int(kind) for kind in TrapKind)
_WORD = 4


class Bit(NamedTuple):
    """A bit of a thread's state. Of the condition codes: 0 for Z, then S, C, O."""

    place: Location
    bit: int


class StoredBit(NamedTuple):
    """A bit of what an instruction stores: of its 32-bit word of that number (of a shorter store: 0)."""

    word: int
    bit: int


class Unclear(Enum):
    """It goes another way, or to another address, or does what one thread does not say."""

    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Passed:
    """The bits that differ behind the instruction, in the state and in what it stored; nothing else does."""

    state: frozenset[Bit]
    stored: tuple[StoredBit, ...] = ()


Issued = Passed | TrapKind | Unclear


class _Done(NamedTuple):
    """An instruction that was issued: the status, the state behind it, its accesses, the bytes stored."""

    status: int
    state: bytes
    log: NDArray[np.void]
    stored: bytes


_NO_ACCESS = np.empty(0, ACCESS)


class ProbedBlock(ArmedBlock):
    """A block whose threads can be asked what an instruction makes of flipped bits."""

    _known: tuple[tuple[int, int], NDArray[np.uint8], bytes, _Done] | None = None

    def issue_with(self, thread: int, flipped: Iterable[Bit]) -> Issued:
        """What becomes of the bits in the instruction before which the thread stands (`run_until`)."""
        instruction = self.machine.program.instructions[self.pc(thread)]
        if instruction.flow is Flow.BARRIER or instruction.cross_lane or instruction.is_atomic:
            return Unclear.UNCLEAR
        row, kept, golden = self._unharmed(thread)
        for bit in flipped:
            _flip(row, bit)
        found = self._once(thread, row, kept)
        if found.status in _TRAPS:
            return TrapKind(found.status)
        if found.status != golden.status or not _same_places(instruction, golden.log, found.log):
            return Unclear.UNCLEAR
        return _compared(golden, found)

    def _unharmed(self, thread: int) -> tuple[NDArray[np.uint8], bytes, _Done]:
        """The bytes of the state, a copy of them, and what the instruction does with no bit flipped."""
        place = thread, self.issued(thread)
        if self._known is None or self._known[0] != place:
            position = self._position[thread]
            row = self._states[position : position + 1].view(np.uint8)
            kept = row.tobytes()
            self._known = place, row, kept, self._once(thread, row, kept)
        return self._known[1:]

    def _once(self, thread: int, row: NDArray[np.uint8], kept: bytes) -> _Done:
        """Issue it. The state is then ``kept``, memory and the log are as they were."""
        words = row.view(np.int64)
        words[_LIMIT] = words[_COUNT] + 1
        logged = self._context.logged
        place = self._states_at + self._position[thread] * STATE.itemsize
        while (status := self._step(place, self._context.address)) == Status.LOG_FULL:
            self._grow_log()
        entries, stored = _NO_ACCESS, b""
        if self._context.logged > logged:
            entries = self._log[logged : self._context.logged].copy()
            stored = self._take_back(thread, entries)
            self._context.logged = logged
        found = _Done(int(status), row.tobytes(), entries, stored)
        row[:] = np.frombuffer(kept, np.uint8)
        return found

    def _take_back(self, thread: int, entries: NDArray[np.void]) -> bytes:
        """Put back what was stored; what that was."""
        stored = b""
        for entry in entries[::-1]:
            kind, size = AccessKind(int(entry["kind"])), int(entry["nbytes"])
            if kind is not AccessKind.GLOBAL_LOAD:
                there = self.bytes_at(kind, thread, int(entry["offset"]), size)
                stored = there.tobytes() + stored
                there[:] = entry["old"][:size]
        return stored


def _flip(state: NDArray[np.uint8], flipped: Bit) -> None:
    """As a fault does: predicates and flags become 0 or 1."""
    (file, number), bit = flipped
    if file is File.REGISTERS:
        state[_WORD * number + bit // 8] ^= np.uint8(1 << bit % 8)
        return
    at = _BYTES[file] + (bit if file is File.CODES else number)
    state[at] = not state[at]


def _same_places(instruction: Instruction, log: NDArray[np.void], other: NDArray[np.void]) -> bool:
    """Whether memory is touched as before; or, of a load, not at all. What a load would find elsewhere is not
    asked: another thread may have been there.
    """
    access = instruction.access
    if access is None or access.space is Space.CONSTANT:
        return True
    if len(log) == 0:
        return False  # not executed, or a load that no log tells of
    if len(other) == 0:
        return access.action is Action.LOAD
    return bool((places_of(other) == places_of(log)).all())


def _compared(golden: _Done, found: _Done) -> Issued:
    bits: list[Bit] = []
    if golden.state != found.state:
        states = (np.frombuffer(done.state, np.uint8) for done in (golden, found))
        for at in np.flatnonzero(np.not_equal(*states)).tolist():
            here = _bits_at(at, golden.state[at], found.state[at])
            if here is None:
                return Unclear.UNCLEAR
            bits += here
    if len(golden.stored) != len(found.stored):  # a copy into shared memory that was not made
        return Unclear.UNCLEAR
    both = enumerate(zip(golden.stored, found.stored, strict=True))
    stored = [
        StoredBit(at // _WORD, at % _WORD * 8 + k)
        for at, (a, b) in both
        for k in range(8)
        if (a ^ b) >> k & 1
    ]
    return Passed(frozenset(bits), tuple(stored))


def _bits_at(at: int, before: int, after: int) -> list[Bit] | None:
    """The flipped bits that a byte of the state has; None: that is none of flips."""
    file = next((f for f in _BYTES if _BYTES[f] <= at < _ENDS[f]), None)
    if file is None:
        return None
    if file is File.REGISTERS:
        mask, first = before ^ after, at % _WORD * 8
        place = Location(file, at // _WORD)
        return [Bit(place, first + k) for k in range(8) if mask >> k & 1]
    if after != (not before):
        return None
    inside = at - _BYTES[file]
    return [Bit(Location(file, 0), inside) if file is File.CODES else Bit(Location(file, inside), 0)]
