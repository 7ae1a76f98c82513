"""Atomic operations in plain integers (PTX ISA, "atom"): the oracle, and every form that sm_50 has."""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulator.ieee import SINGLE

BITS = {"": 32, "U32": 32, "S32": 32, "U64": 64, "S64": 64, "64": 64, "F32.FTZ.RN": 32, "F32.FTZ": 32}


@dataclass(frozen=True)
class Form:
    """An operation on a type as printed; ``ATOMS.CAS.64`` is ``Form("CAS", "64")``."""

    operation: str
    kind: str

    @property
    def suffix(self) -> str:
        """As printed behind the opcode (``.E`` goes between)."""
        return f".{self.operation}" + (f".{self.kind}" if self.kind else "")

    @property
    def bits(self) -> int:
        """Of what is combined."""
        return BITS[self.kind]

    def left(self, old: int, value: int, compared: int) -> int:
        """What lies in memory afterwards."""
        result: int = OPERATIONS[self.operation](self, old, value, compared)
        return result % (1 << self.bits)

    def signed(self, word: int) -> int:
        """A word as the type has it."""
        return word - (1 << self.bits) if self.kind.startswith("S") and word >> (self.bits - 1) else word

    def _add(self, old: int, value: int, _: int) -> int:
        if self.kind.startswith("F"):
            return SINGLE.flush(SINGLE.add(SINGLE.flush(old), SINGLE.flush(value)))
        return old + value

    def _min(self, old: int, value: int, _: int) -> int:
        return min(self.signed(old), self.signed(value))

    def _max(self, old: int, value: int, _: int) -> int:
        return max(self.signed(old), self.signed(value))

    def _increment(self, old: int, value: int, _: int) -> int:
        return 0 if old >= value else old + 1

    def _decrement(self, old: int, value: int, _: int) -> int:
        return value if old == 0 or old > value else old - 1

    def _swap(self, old: int, value: int, compared: int) -> int:
        return value if old == compared else old


OPERATIONS = {
    "ADD": Form._add,
    "MIN": Form._min,
    "MAX": Form._max,
    "INC": Form._increment,
    "DEC": Form._decrement,
    "AND": lambda _f, old, value, _: old & value,
    "OR": lambda _f, old, value, _: old | value,
    "XOR": lambda _f, old, value, _: old ^ value,
    "EXCH": lambda _f, _old, value, _: value,
    "CAS": Form._swap,
}
_COMBINING = ("ADD", "MIN", "MAX", "AND", "OR", "XOR")
RED = [
    *(Form(o, kind) for o in _COMBINING for kind in ("", "U32", "S32", "U64", "S64")),
    Form("INC", ""),
    Form("DEC", ""),
    Form("ADD", "F32.FTZ.RN"),
    Form("ADD", "F32.FTZ"),  # what nvdisasm prints of the same by other encodings
]
_SAME = ("INC.U32", "DEC.U32", "EXCH.U32", "EXCH.S32", "EXCH.S64", "CAS.U32", "CAS.S32", "CAS.U64", "CAS.S64")
ATOM = [
    *RED,
    *(Form(operation, kind) for operation in ("EXCH", "CAS") for kind in ("", "64")),
    Form("EXCH", "U64"),
    *(Form(operation, "64") for operation in _COMBINING),
    *(Form(*name.split(".")) for name in _SAME),  # what a printed type does not change
]
ATOMS = [
    f
    for f in ATOM
    if f.kind != "S64" and not f.kind.startswith("F") and (f.bits == 32 or f.operation in ("EXCH", "CAS"))
]
