"""Tables by structure and opcode, and which of their rows an instruction has.

Tables from published RTL campaigns have rows for a handful of opcodes of an old GPU, and pooled ones:
``ALL``, ``ALL_FLOAT``, ``ALL_INT``. An instruction without a row of its own takes the pooled one of its kind
of result.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from sassafras.errors import UsageError
from sassafras.faults.models.names import BUILT_IN
from sassafras.isa.floats import makes_float
from sassafras.isa.program import Instruction


class Measured(NamedTuple):
    """Rows of an opcode: of tables of values, and of tables of lanes."""

    value: tuple[str, ...]
    lanes: tuple[str, ...]


@cache
def measured(opcode: str) -> Measured:
    """The opcodes of the published tables that one of ours stands for (``data/rtl-opcodes.csv``): none where
    it was not measured; both functions that were, where it is several.
    """
    text = (BUILT_IN / "rtl-opcodes.csv").read_text("utf-8")
    for line in csv.DictReader(text.splitlines()):
        if line["opcode"] == opcode:
            return Measured(tuple(line["value"].split()), tuple(line["lanes"].split()))
    return Measured((), ())


class Key(NamedTuple):
    """Names a row: the structure that was struck, the opcode, and of some tables the kind of its operands."""

    site: str
    opcode: str
    operand: str = ""


Rows = Mapping[Key, tuple[float, ...]]


def measured_rows(instruction: Instruction) -> tuple[str, ...]:
    """Rows of the instruction's own opcode; none where it was not measured."""
    return measured(instruction.opcode).value


def opcode_rows(instruction: Instruction) -> tuple[str, ...]:
    """Rows of a table with pooled ones: its own, else those of all that make floats or all that make
    integers, else (a load, a move: the instruction does not say) of all.
    """
    own = measured_rows(instruction)
    if own:
        return own
    return (pooled_row(instruction),)


def pooled_row(instruction: Instruction) -> str:
    """The pooled row of its kind of result."""
    floats = makes_float(instruction)
    return "ALL" if floats is None else "ALL_FLOAT" if floats else "ALL_INT"


def pooled(rows: Rows, site: str, opcodes: Sequence[str]) -> tuple[float, ...]:
    """Rows of counts added up (one row: itself). Raises UsageError where one is missing."""
    chosen = []
    for opcode in opcodes:
        if (found := rows.get(Key(site, opcode))) is None:
            raise UsageError(f"the table has no row {site},{opcode}; it has {_known(rows)}")
        chosen.append(found)
    return tuple(map(sum, zip(*chosen, strict=True)))


def _known(rows: Rows) -> str:
    return " ".join(",".join(filter(None, key)) for key in rows)


@cache
def rows_of_csv(text: str) -> Rows:
    """A table: columns site, opcode and operand, as far as it has them, then counts; where there is a column
    ``records``, shares of so many. Raises UsageError.
    """
    found: dict[Key, tuple[float, ...]] = {}
    for line in csv.DictReader(text.splitlines()):
        key = Key(line.pop("site", ""), line.pop("opcode", ""), line.pop("operand", ""))
        try:
            records = float(line.pop("records", None) or 1)
            numbers = tuple(float(value) * records for value in line.values())
        except (TypeError, ValueError):
            raise UsageError(f"row {','.join(filter(None, key))} does not hold numbers alone") from None
        found[key] = numbers
    return MappingProxyType(found)


def columns_of_csv(text: str) -> tuple[str, ...]:
    """Names of a table's columns of numbers."""
    names = next(csv.reader(text.splitlines()), [])
    return tuple(name for name in names if name not in ("site", "opcode", "operand", "records"))
