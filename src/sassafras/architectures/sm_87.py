"""Compute capability 8.7."""

from __future__ import annotations

from sassafras.architectures.allocator import FROM_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import AMPERE

ARCHITECTURE = Architecture(
    "sm_87",
    AMPERE,
    multiprocessor=Multiprocessor(
        warps=48, blocks=16, shared_bytes=164 * KIB, shared_unit=128, shared_reserved=KIB
    ),
    allocator=FROM_PASCAL,
    card="agx-orin",
)
