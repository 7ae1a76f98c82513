"""Compute capability 6.2."""

from __future__ import annotations

from sassafras.architectures.architecture import Architecture
from sassafras.isa.family import MAXWELL

ARCHITECTURE = Architecture(
    "sm_62",
    MAXWELL,
)
