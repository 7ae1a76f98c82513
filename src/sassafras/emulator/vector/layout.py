"""What a warp keeps in memory: where its lanes stand, and the registers of lanes that wait.

All of it is addressed as base pointer + constant offset; a value per lane takes ``WARP`` elements side by
side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.layout import offset_of
from sassafras.emulator.storage import CC_FLAGS
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import PT

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

_BYTES = {
    **dict.fromkeys((File.REGISTERS, File.UNIFORM), 4 * WARP),
    **dict.fromkeys((File.PREDICATES, File.UNIFORM_PREDICATES), 4),  # a bit per lane
    File.CODES: WARP,
}
"""What a register of a warp takes."""

START, PICK = -2, -1  #: values of ``resume``: begin with cleared registers; choose among the waiting lanes


def header(field: str) -> int:
    """Byte offset of a field of the header."""
    return offset_of(HEADER, field)


@dataclass(frozen=True)
class WarpLayout:
    """Where the registers of a warp lie, behind the header. ``registers``, ``uniform``: those that are used,
    of the latter the predicates as well. Of what is one for the warp, too, every lane has a copy: nothing
    but the compiler keeps these alike. ``fetched_ahead``: indexes of loads of which is kept where they went
    last, ``parts`` addresses each.
    """

    registers: tuple[int, ...]
    uniform: tuple[Location, ...] = ()
    fetched_ahead: tuple[int, ...] = ()
    parts: int = 0

    @cached_property
    def slots(self) -> dict[tuple[File, int], int]:
        """Of every register, its bytes: the widest first."""
        own = [(File.REGISTERS, number) for number in self.registers]
        own += [(File.PREDICATES, number) for number in range(PT)]
        own += [(place.file, place.number) for place in self.uniform]
        own += [(File.CODES, number) for number in range(len(CC_FLAGS))]
        sizes = {key: _BYTES[key[0]] for key in own}
        return dict(sorted(sizes.items(), key=lambda each: -each[1]))

    @cached_property
    def _places(self) -> dict[tuple[File, int], int]:
        ends = accumulate(self.slots.values(), initial=HEADER.itemsize)
        return dict(zip(self.slots, ends, strict=False))

    def place(self, file: File, index: int) -> int:
        """Byte offset of register ``index`` of ``file``."""
        return self._places[file, index]

    def last_place(self, load: int, part: int) -> int:
        """Byte offset of where the load with this index went last."""
        return self._own_end + 8 * (self.parts * self.fetched_ahead.index(load) + part)

    @cached_property
    def _own_end(self) -> int:
        """Behind the registers, a multiple of 64."""
        return -(-(HEADER.itemsize + sum(self.slots.values())) // 64) * 64

    @property
    def nbytes(self) -> int:
        """Of a warp, a multiple of 64."""
        return self._own_end + -(-8 * self.parts * len(self.fetched_ahead) // 64) * 64


def locations(place: Location) -> list[tuple[File, int]]:
    """The slots behind a location: the condition codes are four."""
    if place.file is File.CODES:
        return [(File.CODES, k) for k in range(len(CC_FLAGS))]
    return [(place.file, place.number)]
