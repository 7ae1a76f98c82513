"""Compute capability 5.0."""

from __future__ import annotations

from sassafras.architectures.allocator import BEFORE_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import MAXWELL

ARCHITECTURE = Architecture(
    "sm_50",
    MAXWELL,
    multiprocessor=Multiprocessor(warps=64, blocks=32, shared_bytes=64 * KIB, shared_unit=256),
    allocator=BEFORE_PASCAL,
    card="gtx-750-ti",
)
