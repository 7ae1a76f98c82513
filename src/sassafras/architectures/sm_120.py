"""Compute capability 12.0, known by name: its machine code is not read."""

from __future__ import annotations

from sassafras.architectures.architecture import Architecture
from sassafras.isa.family import BLACKWELL

ARCHITECTURE = Architecture("sm_120", BLACKWELL)
