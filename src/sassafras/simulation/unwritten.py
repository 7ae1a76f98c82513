"""Registers, predicates and condition codes that a fault-free thread reads before anything has written them:
zero here, undefined on hardware.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.isa.liveness import live_locations
from sassafras.isa.locations import File, Location
from sassafras.isa.program import Program, of_program
from sassafras.isa.reach import reach

ENTRIES = 1 << 24  #: of the traces of a block, at most


@dataclass(frozen=True)
class Unwritten:
    """What a thread read unwritten, and by which instruction."""

    location: Location
    thread: int
    pc: int


@of_program
def suspects(program: Program) -> tuple[Location, ...]:
    """What some path reads before it writes it, and what may then get to an address, a branch or global
    memory. Nearly always nothing: then nobody has to look at any thread.
    """
    live = sorted(live_locations(program)[0])
    return tuple(one for one in live if reach(program, frozenset(), False, frozenset({one})).anywhere)


def read_unwritten(
    program: Program, location: Location, traces: NDArray[np.uint32], issued: NDArray[np.int64]
) -> Unwritten | None:
    """The first thread that read a suspect; None: none did, as far as it was traced. ``traces``: of the
    threads of a block, uint32 (threads, entries), of each as many as it ``issued``.
    """
    guards, reads, writes = _uses(program, location)
    for first in range(0, len(traces), WARP):
        rows = traces[first : first + WARP, : int(issued[first : first + WARP].max())]
        there = np.arange(rows.shape[1]) < issued[first : first + WARP, None]
        indexes, executed = np.where(there, instruction_indexes(rows), 0), executed_mask(rows)
        read = _first(there & (guards[indexes] | (executed & reads[indexes])))
        written = _first(there & executed & writes[indexes])
        for lane in np.flatnonzero((read <= written) & (read < rows.shape[1])).tolist():
            return Unwritten(location, first + lane, int(indexes[lane, read[lane]]))
    return None


def _first(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The first true entry of each row, its length where there is none."""
    first: NDArray[np.int64] = np.where(mask.any(axis=1), mask.argmax(axis=1), mask.shape[1])
    return first


def _uses(program: Program, location: Location) -> Iterator[NDArray[np.bool_]]:
    """Which instructions read it as their guard, read it, and write it."""
    effects = [i.effects for i in program.instructions]
    guard = location.number if location.file is File.PREDICATES else None
    yield np.array([guard is not None and e.guard == guard for e in effects])
    yield np.array([location in e.reads for e in effects])
    yield np.array([location in e.writes for e in effects])
