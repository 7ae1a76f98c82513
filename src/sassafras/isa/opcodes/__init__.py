"""The tables of opcodes: one record per opcode and family of architectures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sassafras.isa.opcodes.maxwell_float import FLOAT_OPCODES
from sassafras.isa.opcodes.maxwell_integer import INTEGER_OPCODES
from sassafras.isa.opcodes.maxwell_memory import MEMORY_OPCODES
from sassafras.isa.opcodes.maxwell_video import VIDEO_OPCODES
from sassafras.isa.opcodes.record import Opcode

MAXWELL: Mapping[str, Opcode] = MappingProxyType(
    {record.name: record for record in INTEGER_OPCODES + FLOAT_OPCODES + MEMORY_OPCODES + VIDEO_OPCODES}
)

__all__ = ["MAXWELL", "Opcode"]
