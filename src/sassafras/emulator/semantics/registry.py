"""Opcode -> semantic function. A function registers itself; one function may serve several opcodes."""

from __future__ import annotations

from collections.abc import Callable

from sassafras.emulator.ports import Ports
from sassafras.isa.program import Instruction

Semantics = Callable[[Ports, Instruction], None]

_SEMANTICS: dict[str, Semantics] = {}


def semantics(*opcodes: str) -> Callable[[Semantics], Semantics]:
    """Register a function as the meaning of these opcodes."""

    def register(function: Semantics) -> Semantics:
        for opcode in opcodes:
            if opcode in _SEMANTICS:
                raise ValueError(f"{opcode} has two meanings")
            _SEMANTICS[opcode] = function
        return function

    return register


def meaning(opcode: str) -> Semantics | None:
    """The semantic function of an opcode, None if there is none."""
    return _SEMANTICS.get(opcode)


def implemented() -> frozenset[str]:
    """All opcodes with a meaning."""
    return frozenset(_SEMANTICS)
