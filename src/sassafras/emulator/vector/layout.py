"""What a warp keeps in memory: where its lanes stand, and the registers of lanes that wait.

All of it is addressed as base pointer + constant offset; a value per lane takes ``WARP`` elements side by
side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.layout import offset_of
from sassafras.emulator.storage import CC_FLAGS
from sassafras.isa.locations import File, Location

HEADER = np.dtype(
    {
        "names": [
            *("alive", "active", "waiting", "barred", "resume", "depth", "node", "best", "split", "thread"),
            *("running", "room", "longest", "instructions", "counters", "ctaid", "state", "whole"),
            *("keys", "nodes", "counts"),
        ],
        "formats": [
            *([np.int32] * 10),
            *([np.int64] * 5),
            *((np.int32, 3), np.int32, np.int32),
            *((np.int32, WARP), (np.int32, WARP), (np.int64, WARP)),
        ],
        "offsets": [*range(0, 40, 4), *range(40, 80, 8), 80, 92, 96, 128, 256, 384],
        "itemsize": 640,
    }
)
"""Before the registers.

Words with a bit per lane: ``alive`` (not ended), ``active`` (to go on next), ``waiting`` (to go on
later), ``barred`` (at a barrier). ``resume``: the instruction before which the active lanes go on, or
`START` or `PICK`. ``node``, ``depth``: their call/sync stack (`STACKS`), and its entries; ``best``: the
highest key of a waiting lane, -1 if there is none (`scheduling.key`). ``split``: whether ``counts`` hold
anything. ``running``: instructions issued by the active lanes that their ``counts`` do not hold yet;
``room``: how many these may be. ``longest``, ``instructions``: of the lanes that have ended. ``thread``:
that of lane 0. ``state``: where the warp stands (`Progress`). ``counters``: address of its rows (`Rows`).
``whole``: the lanes that it began with.
``keys``, ``nodes``, ``counts``: of each lane.
"""

STACK_NODES = 1 << 12
STACKS = np.dtype(
    [
        ("count", np.int32),
        ("parent", np.int32, STACK_NODES),
        ("entry", np.uint32, STACK_NODES),
        ("depth", np.int32, STACK_NODES),
    ]
)
"""All call/sync stacks that lanes have had, as a tree: a stack is a node, its last entry (kind << 28 |
instruction index) and the node of the stack below it. Node 0 is the empty stack. Equal stacks are one
node, so that lanes with one node return to one place. Behind it come, for each instruction that pushes,
the node that it last pushed on and what that gave.
"""

START, PICK = -2, -1  #: values of ``resume``: begin with cleared registers; choose among the waiting lanes


def header(field: str) -> int:
    """Byte offset of a field of the header."""
    return offset_of(HEADER, field)


@dataclass(frozen=True)
class WarpLayout:
    """Where the registers of a warp lie, behind the header. ``registers``: those that are used."""

    registers: tuple[int, ...]

    @cached_property
    def _register_at(self) -> dict[int, int]:
        return {number: HEADER.itemsize + 4 * WARP * k for k, number in enumerate(self.registers)}

    @property
    def _predicates(self) -> int:
        return HEADER.itemsize + 4 * WARP * len(self.registers)

    def place(self, file: File, index: int) -> int:
        """Byte offset of register ``index`` of ``file``. Predicates are words with a bit per lane."""
        if file is File.REGISTERS:
            return self._register_at[index]
        if file is File.PREDICATES:
            return self._predicates + 4 * index
        return self._predicates + 32 + WARP * index

    @property
    def nbytes(self) -> int:
        """Of a warp, a multiple of 64."""
        return -(-(self._predicates + 32 + WARP * len(CC_FLAGS)) // 64) * 64


def locations(place: Location) -> list[tuple[File, int]]:
    """The slots behind a location: the condition codes are four."""
    if place.file is File.CODES:
        return [(File.CODES, k) for k in range(len(CC_FLAGS))]
    return [(place.file, place.number)]
