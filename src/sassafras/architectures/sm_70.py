"""Compute capability 7.0."""

from __future__ import annotations

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import VOLTA

ARCHITECTURE = Architecture(
    "sm_70",
    VOLTA,
    multiprocessor=Multiprocessor(warps=64, blocks=32, shared_bytes=96 * KIB, shared_unit=256),
)
