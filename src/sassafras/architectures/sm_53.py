"""Compute capability 5.3."""

from __future__ import annotations

from sassafras.architectures.allocator import BEFORE_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.isa.family import MAXWELL

ARCHITECTURE = Architecture(
    "sm_53",
    MAXWELL,
    allocator=BEFORE_PASCAL,
)
