"""A memory fault: which bytes it leaves wrong before its launch, behind ECC, and who reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import FaultNotReached
from sassafras.faults.memory import NO_PLACE, WORD
from sassafras.faults.model import Draw, Fault, Site, Target, TargetKind
from sassafras.faults.models.law import RandomWords
from sassafras.faults.secded import DATA_BITS, Ecc, Seen, after_flips
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import MaskedReason
from sassafras.simulation.regions import inside
from sassafras.simulation.struck_launch import Difference
from sassafras.workload.buffer import Buffer
from sassafras.workload.workload import Workload

GUARDED = DATA_BITS // 8  #: bytes that ECC looks at together


@dataclass(frozen=True)
class MemoryEffect:
    """What a strike leaves. ``before``, ``after``: the struck bits as one number, lowest address first, as
    ECC has not yet seen them; ``difference``: wrong bytes that a load gets; ``detected``, ``corrected``:
    bytes in which ECC sees what it cannot correct, and what it corrects.
    """

    before: int
    after: int
    difference: Difference
    detected: NDArray[np.int64]
    corrected: NDArray[np.int64]


@dataclass(frozen=True)
class Use:
    """Which of some bytes are still loaded before they are stored, and which are stored first."""

    read: NDArray[np.bool_]
    overwritten: NDArray[np.bool_]

    @property
    def unread_reason(self) -> MaskedReason:
        """Why bytes that nobody reads do not matter."""
        return MaskedReason.OVERWRITTEN if self.overwritten.any() else MaskedReason.NEVER_READ


def buffer_at(workload: Workload, offset: int) -> tuple[Buffer, int]:
    """The buffer that has a byte of the arena, and the byte's number in it. Raises FaultNotReached."""
    for buffer in workload.buffers:
        start = workload.region(buffer).address - workload.layout.base
        if start <= offset < start + -(-buffer.nbytes // WORD) * WORD:
            return buffer, offset - start
    raise FaultNotReached(f"no buffer has byte {offset} of the arena")


def memory_fault(golden: GoldenRun, draw: Draw) -> Fault:
    """The fault that a draw means: the word, or the entry of several words that it lies in."""
    law = draw.model.file.law
    size = law.memory_bits // 8
    offset = draw.ordinal * WORD // size * size
    _, place = buffer_at(golden.workload, draw.ordinal * WORD)
    first = place - (draw.ordinal * WORD - offset)
    target = Target(TargetKind.MEMORY, first // WORD, law.memory_bits)
    change = law.change(None, target, RandomWords(draw.bit_word, draw.value_word))
    site = Site(draw.frame, draw.launch, NO_PLACE, NO_PLACE, NO_PLACE)
    return Fault(draw, site, NO_PLACE, target, change)


def strike_memory(golden: GoldenRun, fault: Fault, ecc: Ecc) -> MemoryEffect:
    """What a fault does to golden memory, which stands before its launch and is left as it is."""
    size = fault.target.bits // 8
    start = fault.draw.ordinal * WORD // size * size
    first, end = start // GUARDED * GUARDED, -(-(start + size) // GUARDED) * GUARDED
    held = golden.memory.data[first:end].copy()
    before = int.from_bytes(held[start - first :][:size].tobytes(), "little")
    after = fault.corruption.apply(before)
    flipped = before ^ after
    left, seen = _behind_ecc(flipped << 8 * (start - first), (end - first) // GUARDED, ecc)
    wrong = held ^ np.frombuffer(left.to_bytes(end - first, "little"), np.uint8)
    places = np.flatnonzero(wrong != held)
    guarded = {kind: _bytes_of([first + GUARDED * k for k in found]) for kind, found in seen.items()}
    difference = Difference(places + first, wrong[places])
    return MemoryEffect(before, after, difference, guarded[Seen.DETECTED], guarded[Seen.CORRECTED])


def _behind_ecc(flipped: int, count: int, ecc: Ecc) -> tuple[int, dict[Seen, list[int]]]:
    """Which bits of so many guarded words are still wrong, and what ECC says of which words."""
    seen: dict[Seen, list[int]] = {kind: [] for kind in Seen}
    if ecc is Ecc.NONE:
        return flipped, seen
    left, whole = 0, (1 << DATA_BITS) - 1
    for k in range(count):
        found = after_flips(flipped >> DATA_BITS * k & whole)
        seen[found.seen].append(k)
        left |= found.left << DATA_BITS * k
    return left, seen


def _bytes_of(starts: list[int]) -> NDArray[np.int64]:
    return (np.array(starts, np.int64)[:, None] + np.arange(GUARDED)).reshape(-1)


def touched_by(
    golden: GoldenRun, number: int, offsets: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bytes a launch loads, and which it stores."""
    seen = golden.observed[number]
    if seen is not None:
        return seen.loads.has(offsets), seen.stores.has(offsets)
    return inside(offsets, golden.reads[number]), inside(offsets, golden.writes[number])


def use_of(golden: GoldenRun, number: int, offsets: NDArray[np.int64]) -> Use:
    """What launches from ``number`` on do with bytes; outputs are read at the end. A launch that both loads
    and stores a byte counts as one that reads it.
    """
    read, overwritten = np.zeros(len(offsets), bool), np.zeros(len(offsets), bool)
    for launch in range(number, len(golden.plan)):
        loads, stores = touched_by(golden, launch, offsets)
        waiting = ~(read | overwritten)
        read |= waiting & loads
        overwritten |= waiting & ~loads & stores
    base = golden.memory.layout.base
    outputs = map(golden.workload.region, golden.workload.outputs)
    read |= ~overwritten & inside(offsets, [(r.address - base, r.end - base) for r in outputs])
    return Use(read, overwritten)
