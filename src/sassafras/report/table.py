"""A table: what it says, apart from how it is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sassafras.report.cells import Cell, Count, Missing, Name
from sassafras.report.numbers import FEW_WORDS

Given = Cell | str | int | None  #: a cell, a name, a count, nothing


@dataclass(frozen=True)
class Row:
    """A row. ``rule``: a line above it."""

    cells: tuple[Cell, ...]
    rule: bool = False


@dataclass(frozen=True)
class Table:
    """A table. ``name``: of its file, its label and its element. ``left``: columns that say what a row is.
    ``is_sorted``: readers want it by one column or another (no groups).
    """

    name: str
    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    left: int = 1
    is_sorted: bool = False

    @property
    def note(self) -> str:
        """The caption, and what the mark means where a cell has it."""
        few = any(cell.few for row in self.rows for cell in row.cells)
        return "; ".join(filter(None, (self.caption, FEW_WORDS if few else "")))


def made(
    name: str,
    title: str,
    caption: str,
    columns: Iterable[str],
    groups: Iterable[Iterable[Sequence[object]]],
    left: int = 1,
    *,
    is_sorted: bool = False,
) -> Table:
    """A table of groups of rows, a line between the groups. A cell may be given as what it is of: text is a
    name, a whole number a count, None nothing.
    """
    rows = [
        Row(tuple(map(_cell, row)), rule=number == 0 and at > 0)
        for at, group in enumerate([list(group) for group in groups if group])
        for number, row in enumerate(group)
    ]
    return Table(name, title, caption, tuple(columns), tuple(rows), left, is_sorted)


def _cell(given: object) -> Cell:
    if isinstance(given, str):
        return Name(given)
    if given is None or isinstance(given, Cell):
        return given or Missing()
    assert isinstance(given, int | np.integer)
    return Count(int(given))
