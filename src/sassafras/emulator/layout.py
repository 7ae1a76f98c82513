"""Byte layouts that compiled code and Python share: the state of a thread and the context of a launch.
 Compiled code addresses both as base pointer + constant offset; Python sees the same bytes as NumPy
structured arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

STACK_ENTRIES = (
    64  #: call/sync stack; deeper is a stack error (modelled: hardware spills, and stops at its own limit)
)
REGISTER_SLOTS = 256
UNIFORM_SLOTS = 64
BROUGHT = 8
CONVERGENCE = 17  #: barriers B0 to B15, and the one of WARPSYNC


class Status(IntEnum):
    """What a thread function returns; values from 16 on are ``TrapKind``."""

    EXITED = 0
    BARRIER = 1
    LIMIT = 2  #: about to issue the instruction whose number is the limit
    LOG_FULL = 3  #: the access log needs room; nothing was issued
    SHARED_DIFFERS = 4  #: of a thread run alone: its stores in shared memory are not those of the golden run
    MET = 5  #: of a lane: it stands where the lanes of its warp are looked at again
    GAVE = 6  #: of a lane: it has given its word to the others and waits for theirs
    REDO = 7  #: of a block of wide warps: to be run again thread by thread, for whatever stopped it


class Progress(IntEnum):
    """Where a thread of a block stands (``status`` in its state)."""

    RUNNABLE = 0
    AT_BARRIER = 1
    EXITED = 2


class LetGo(IntEnum):
    """Who went on behind barriers when no thread of a block could go on."""

    NOBODY = 0  #: nobody waits
    SOME = 1
    STUCK = 2  #: nobody, though some wait


class Turn(IntEnum):
    """Where a lane is in the round that its warp makes (``turn`` in its state)."""

    NONE = 0  #: not of this round, or through with it
    CHOSEN = 1
    GIVEN = 2  #: it has given its word
    READY = 3  #: all others have, too


def _record(fields: Sequence[tuple[str, object, int]], nbytes: int) -> np.dtype[np.void]:
    """A structured type of (name, format, byte offset) fields."""
    names, formats, offsets = (list(column) for column in zip(*fields, strict=True))
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": nbytes})


STATE = _record(
    [
        ("registers", (np.uint32, REGISTER_SLOTS), 0),
        ("predicates", (np.uint8, 8), 1024),
        ("cc", (np.uint8, 4), 1032),  # Z, S, C (carry count 0 to 2), O
        ("pc", np.int32, 1036),  # instruction index
        ("count", np.int64, 1040),  # dynamic instructions issued
        ("limit", np.int64, 1048),
        ("depth", np.int32, 1056),
        ("status", np.int32, 1060),
        ("tid", (np.int32, 3), 1064),
        ("ctaid", (np.int32, 3), 1076),
        ("lane", np.int32, 1088),
        ("thread", np.int32, 1092),
        ("trace", np.uint64, 1096),  # address of the trace buffer
        ("trace_capacity", np.int64, 1104),
        ("counters", np.uint64, 1112),  # address of the thread's row of counters
        ("local", np.uint64, 1120),  # address of the thread's local memory
        ("stack", (np.uint32, STACK_ENTRIES), 1152),  # kind << 28 | instruction index
        ("turn", np.int32, 1408),
        ("given", np.uint32, 1412),  # the word that the lane gives
        ("active", np.uint32, 1416),  # the lanes that give together
        ("votes", np.uint32, 1420),  # those of them whose word is odd
        ("lanes", np.int32, 1424),  # that the warp has
        ("barrier", np.int32, 1428),  # where the thread waits
        ("expected", np.int32, 1432),  # threads that it waits for, 0: all of the block
        ("reduction", np.int32, 1436),  # what that barrier reduces with
        ("result", np.uint32, 1440),  # of the last barrier that reduced
        ("uniform", (np.uint32, UNIFORM_SLOTS), 1472),  # the thread's copy of its warp's registers
        ("uniform_predicates", (np.uint8, 8), 1728),
        ("waiting", np.int32, 1736),  # 1 + the convergence barrier at which the lane waits, 0: at none
        ("convergence", (np.uint32, CONVERGENCE), 1792),  # the lane's copies (`convergence`)
        ("saved", (np.uint8, CONVERGENCE - 1), 1860),  # how many times each is saved in registers
        ("brought", (np.uint32, BROUGHT), 1888),  # words that the lane brings into a product or a move
    ],
    1920,
)
"""State of one thread."""

CONTEXT = _record(
    [
        ("memory", np.uint64, 0),
        ("memory_bytes", np.int64, 8),
        ("device_base", np.int64, 16),
        ("constant0", np.uint64, 24),
        ("constant0_bytes", np.int64, 32),
        ("constant2", np.uint64, 40),
        ("constant2_bytes", np.int64, 48),
        ("shared", np.uint64, 56),
        ("shared_bytes", np.int64, 64),
        ("log", np.uint64, 72),
        ("log_capacity", np.int64, 80),
        ("log_count", np.int64, 88),
        ("grid", (np.int32, 3), 96),
        ("block", (np.int32, 3), 108),
        ("limit", np.int64, 120),
        ("counters", np.uint64, 128),
        ("local", np.uint64, 136),  # of all threads of a block, one behind the other
        ("constant3", np.uint64, 152),
        ("constant3_bytes", np.int64, 160),
        ("constant4", np.uint64, 168),
        ("constant4_bytes", np.int64, 176),
        ("arrived", (np.int32, 16), 192),  # threads that have only arrived at each barrier
        ("tids", np.uint64, 256),  # of wide builds: tid.x, .y, .z of each warp's lanes, a row of 32 each
        ("journal", np.uint64, 264),  # of wide builds: what a block has stored over (`vector.journal`)
        ("journal_next", np.int64, 272),
        ("journal_end", np.int64, 280),
        ("stacks", np.uint64, 288),  # of wide builds: the call/sync stacks of lanes (`vector.layout.STACKS`)
        ("images", np.uint64, 296),  # where shared memory goes at the end of each phase, 0: nowhere
        ("images_left", np.int64, 304),  # for how many more phases there is room
        ("behind", np.uint64, 312),  # of a thread run alone: shared memory behind the phase it is in
        ("heard", np.int64, 320),  # whether it has loaded what others may store in that phase
        ("views", np.uint64, 328),  # of a wide run around a thread run alone: see `vector.correcting`
        ("stored", np.uint64, 336),
        ("ends", np.uint64, 344),
        ("views_from", np.int64, 352),
        ("views_until", np.int64, 360),
        ("phase", np.int64, 368),
        ("images_used", np.int64, 376),  # how many different ones there are
        ("row_of", np.uint64, 384),  # where the number of the next one goes
    ],
    392,
)
"""Context of a launch: addresses of host buffers, their sizes in bytes, geometry, watchdog."""

ACCESS = _record(
    [
        ("offset", np.int64, 0),  # bytes from the start of the arena (global), of shared or of local memory
        ("nbytes", np.uint8, 8),
        ("kind", np.uint8, 9),
        ("thread", np.uint16, 10),
        ("pc", np.uint32, 12),
        ("old", (np.uint8, 16), 16),  # contents before a store
    ],
    32,
)
"""One logged access."""


class AccessKind(IntEnum):
    """Kinds of logged access. Shared loads are logged only where races are looked for, local ones never."""

    GLOBAL_LOAD = 0
    GLOBAL_STORE = 1
    SHARED_STORE = 2
    LOCAL_STORE = 3
    SHARED_LOAD = 4


def places_of(log: NDArray[np.void]) -> NDArray[np.uint64]:
    """Of each access: its offset, and its size, kind, thread and instruction, as two words."""
    return np.ascontiguousarray(log).view(np.uint64).reshape(len(log), ACCESS.itemsize // 8)[:, :2]


def offset_of(dtype: np.dtype[np.void], field: str) -> int:
    """Byte offset of a field."""
    fields = dtype.fields
    assert fields is not None
    return fields[field][1]
