"""The tables of opcodes: one record per opcode and family of architectures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sassafras.isa.opcodes.maxwell_float import FLOAT_OPCODES
from sassafras.isa.opcodes.maxwell_integer import INTEGER_OPCODES
from sassafras.isa.opcodes.maxwell_memory import MEMORY_OPCODES
from sassafras.isa.opcodes.maxwell_video import VIDEO_OPCODES
from sassafras.isa.opcodes.record import Opcode
from sassafras.isa.opcodes.turing_float import TURING_FLOAT
from sassafras.isa.opcodes.turing_half import TURING_HALF
from sassafras.isa.opcodes.turing_integer import TURING_INTEGER
from sassafras.isa.opcodes.turing_memory import TURING_MEMORY
from sassafras.isa.opcodes.turing_tensor import TURING_TENSOR

MAXWELL: Mapping[str, Opcode] = MappingProxyType(
    {record.name: record for record in INTEGER_OPCODES + FLOAT_OPCODES + MEMORY_OPCODES + VIDEO_OPCODES}
)
TURING: Mapping[str, Opcode] = MappingProxyType(
    {
        record.name: record
        for record in TURING_INTEGER + TURING_FLOAT + TURING_HALF + TURING_TENSOR + TURING_MEMORY
    }
)

__all__ = ["MAXWELL", "TURING", "Opcode"]
