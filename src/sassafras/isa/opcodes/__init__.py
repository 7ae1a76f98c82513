"""The tables of opcodes: one record per opcode and architecture family."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sassafras.errors import ListingError
from sassafras.isa.opcodes.maxwell_float import FLOAT_OPCODES
from sassafras.isa.opcodes.maxwell_integer import INTEGER_OPCODES
from sassafras.isa.opcodes.maxwell_memory import MEMORY_OPCODES
from sassafras.isa.opcodes.record import Opcode

MAXWELL: Mapping[str, Opcode] = MappingProxyType(
    {record.name: record for record in INTEGER_OPCODES + FLOAT_OPCODES + MEMORY_OPCODES}
)
_TABLES: Mapping[str, Mapping[str, Opcode]] = MappingProxyType(
    dict.fromkeys(("sm_50", "sm_52", "sm_53", "sm_60", "sm_61", "sm_62"), MAXWELL)
)


def opcode_table(arch: str) -> Mapping[str, Opcode]:
    """The records of an architecture, by opcode. Raises ``ListingError`` if there are none."""
    if arch not in _TABLES:
        raise ListingError(f"architecture {arch} is not supported; compile for one of {', '.join(_TABLES)}")
    return _TABLES[arch]


__all__ = ["MAXWELL", "Opcode", "opcode_table"]
