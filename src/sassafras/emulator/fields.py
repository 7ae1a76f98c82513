"""Words for compiled code that walks over the states of threads (`layout`)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from llvmlite import ir

from sassafras.building import I8, I32, I64
from sassafras.emulator.layout import CONTEXT, STATE, offset_of
from sassafras.emulator.storage import state_pointer

_B: TypeAlias = ir.IRBuilder
Record = np.dtype[np.void]


def field_at(b: _B, base: ir.Value, record: Record, field: str, more: int = 0) -> ir.Value:
    """Pointer to a field of a record, or that many bytes behind it."""
    return state_pointer(b, base, offset_of(record, field) + more)


def byte_at(b: _B, base: ir.Value, offset: ir.Value) -> ir.Value:
    """Base pointer + byte offset."""
    return b.gep(base, [offset], source_etype=I8)


def state_at(b: _B, states: ir.Value, place: ir.Value) -> ir.Value:
    """Pointer to the state with a number (i32)."""
    return byte_at(b, states, b.mul(b.zext(place, I64), I64(STATE.itemsize)))


def sides_of(b: _B, context: ir.Value, field: str) -> list[ir.Value]:
    """Of the grid or the block: x, y, z."""
    return [b.load(field_at(b, context, CONTEXT, field, 4 * axis), typ=I32) for axis in range(3)]


def threads_of(b: _B, context: ir.Value) -> ir.Value:
    """Threads of a block."""
    x, y, z = sides_of(b, context, "block")
    return b.mul(b.mul(x, y), z)
