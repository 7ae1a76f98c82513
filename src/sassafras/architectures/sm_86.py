"""Compute capability 8.6."""

from __future__ import annotations

from sassafras.architectures.allocator import FROM_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import AMPERE

ARCHITECTURE = Architecture(
    "sm_86",
    AMPERE,
    multiprocessor=Multiprocessor(
        warps=48, blocks=16, shared_bytes=100 * KIB, shared_unit=128, shared_reserved=KIB
    ),
    allocator=FROM_PASCAL,
    card="rtx-3090",
)
