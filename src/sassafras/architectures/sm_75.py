"""Compute capability 7.5."""

from __future__ import annotations

from sassafras.architectures.allocator import FROM_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import TURING

ARCHITECTURE = Architecture(
    "sm_75",
    TURING,
    multiprocessor=Multiprocessor(warps=32, blocks=16, shared_bytes=64 * KIB, shared_unit=256),
    allocator=FROM_PASCAL,
    card="t4",
)
