"""Family and opcode -> semantic function. A function registers itself; one function may serve several
opcodes, and, with a decorator for each, several families.
"""

from __future__ import annotations

from collections.abc import Callable

from sassafras.emulator.ports import Ports
from sassafras.isa.family import AMPERE, HOPPER, MAXWELL, TURING, Family
from sassafras.isa.program import Instruction

Semantics = Callable[[Ports, Instruction], None]


class Meanings:
    """The semantic functions of families, by opcode: ``@maxwell("IADD")`` registers one."""

    def __init__(self, *families: Family) -> None:
        self.families = families
        self.by_opcode: dict[str, Semantics] = {}
        for family in families:
            if _MEANINGS.setdefault(family.name, self) is not self:
                raise ValueError(f"{family.name} has its semantics already")

    def __call__(self, *opcodes: str) -> Callable[[Semantics], Semantics]:
        """Register a function as the meaning of these opcodes."""

        def register(function: Semantics) -> Semantics:
            for opcode in opcodes:
                if opcode in self.by_opcode:
                    raise ValueError(f"{opcode} has two meanings in {self.families[0].name}")
                self.by_opcode[opcode] = function
            return function

        return register


_MEANINGS: dict[str, Meanings] = {}
maxwell = Meanings(MAXWELL)
turing = Meanings(TURING, AMPERE, HOPPER)


def meaning(family: Family, opcode: str) -> Semantics | None:
    """The semantic function of an opcode in a family, None if there is none."""
    found = _MEANINGS.get(family.name)
    return None if found is None else found.by_opcode.get(opcode)


def implemented(family: Family) -> frozenset[str]:
    """All opcodes of a family with a meaning."""
    found = _MEANINGS.get(family.name)
    return frozenset() if found is None else frozenset(found.by_opcode)
