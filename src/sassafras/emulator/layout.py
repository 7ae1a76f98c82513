"""Byte layouts that compiled code and Python share: the state of a thread and the context of a launch.

Compiled code addresses both as base pointer + constant offset; Python sees the same bytes as NumPy structured arrays.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

STACK_ENTRIES = (
    64  #: call/sync stack; deeper is a stack error (modelled: hardware spills, and stops at its own limit)
)
REGISTER_SLOTS = 256


class Status(IntEnum):
    """What a thread function returns; values from 16 on are ``TrapKind``."""

    EXITED = 0
    BARRIER = 1
    LIMIT = 2  #: about to issue the instruction whose number is the limit
    LOG_FULL = 3  #: the access log needs room; nothing was issued


class Progress(IntEnum):
    """Where a thread of a block stands (``status`` in its state)."""

    RUNNABLE = 0
    AT_BARRIER = 1
    EXITED = 2


class StackKind(IntEnum):
    """What pushed an entry of the call/sync stack."""

    SSY = 1
    PBK = 2
    CAL = 3


STATE = np.dtype(
    {
        "names": [
            "registers", "predicates", "cc", "pc", "count", "limit", "depth", "status",
            "tid", "ctaid", "lane", "thread", "trace", "trace_capacity", "counters", "stack",
        ],
        "formats": [
            (np.uint32, REGISTER_SLOTS), (np.uint8, 8), (np.uint8, 4), np.int32, np.int64, np.int64, np.int32, np.int32,
            (np.int32, 3), (np.int32, 3), np.int32, np.int32, np.uint64, np.int64, np.uint64, (np.uint32, STACK_ENTRIES),
        ],
        "offsets": [0, 1024, 1032, 1036, 1040, 1048, 1056, 1060, 1064, 1076, 1088, 1092, 1096, 1104, 1112, 1152],
        "itemsize": 1408,
    }
)  # fmt: skip
"""State of one thread. ``cc``: Z, S, C (carry count 0..2), O. ``pc``: instruction index. ``stack``: kind << 28 | instruction index."""

CONTEXT = np.dtype(
    {
        "names": [
            "memory", "memory_bytes", "device_base", "constant0", "constant0_bytes", "constant2", "constant2_bytes",
            "shared", "shared_bytes", "log", "log_capacity", "log_count", "grid", "block", "limit", "counters",
        ],
        "formats": [
            np.uint64, np.int64, np.int64, np.uint64, np.int64, np.uint64, np.int64,
            np.uint64, np.int64, np.uint64, np.int64, np.int64, (np.int32, 3), (np.int32, 3), np.int64, np.uint64,
        ],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 128],
        "itemsize": 192,
    }
)  # fmt: skip
"""Context of a launch: addresses of host buffers, their sizes in bytes, geometry, watchdog."""

ACCESS = np.dtype(
    {
        "names": ["offset", "nbytes", "kind", "thread", "pc", "old"],
        "formats": [np.int64, np.uint8, np.uint8, np.uint16, np.uint32, (np.uint8, 16)],
        "offsets": [0, 8, 9, 10, 12, 16],
        "itemsize": 32,
    }
)
"""One logged access. ``offset``: bytes from the start of the arena (global) or of shared memory; ``old``: contents before a store."""


class AccessKind(IntEnum):
    """Kinds of logged access. Shared loads are not logged."""

    GLOBAL_LOAD = 0
    GLOBAL_STORE = 1
    SHARED_STORE = 2


def offset_of(dtype: np.dtype[np.void], field: str) -> int:
    """Byte offset of a field."""
    fields = dtype.fields
    assert fields is not None
    return fields[field][1]
