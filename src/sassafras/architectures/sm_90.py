"""Compute capability 9.0."""

from __future__ import annotations

from sassafras.architectures.allocator import FROM_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import HOPPER

ARCHITECTURE = Architecture(
    "sm_90",
    HOPPER,
    multiprocessor=Multiprocessor(
        warps=64,
        blocks=32,
        shared_bytes=228 * KIB,
        shared_unit=128,
        shared_reserved=KIB,
        shared_counted=KIB,
    ),
    allocator=FROM_PASCAL,
    card="h100",
)
