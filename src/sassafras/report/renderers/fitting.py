"""Tables in a terminal without a cut cell: one that is too wide is shown in parts, each with its first
columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace

from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

FOLDED = 16  #: least width of a column whose words may be broken
_ROOM = Console(width=10_000)  #: to measure in


def columns_needed(table: Table) -> int:
    """How many columns of the terminal a table takes at least: words in one piece, and whole lines where a
    column may not be wrapped.
    """
    return _together(table, map(_least, table.columns))


def columns_wanted(table: Table) -> int:
    """How many it takes where nothing is wrapped."""
    return _together(table, map(_most, table.columns))


def parts(table: Table, width: int) -> Iterator[Table]:
    """The table itself where it fits into ``width`` columns. Else several, with as many of its columns as
    fit, in order; the first columns, those to the left, are repeated. The caption stands under the last.
    """
    keys = _keys(table)
    groups: list[list[Column]] = [[]]
    for column in table.columns[len(keys) :]:
        if groups[-1] and _together(table, map(_least, [*keys, *groups[-1], column])) > width:
            groups.append([])
        groups[-1].append(column)
    for number, group in enumerate(groups, 1):
        yield _part(table, _settled(table, [*keys, *group], width), number, len(groups))


def _keys(table: Table) -> list[Column]:
    """Columns that say what a row is: those to the left before the first to the right."""
    keys: list[Column] = []
    for column in table.columns:
        if column.justify != "left":
            break
        keys.append(column)
    return keys if 0 < len(keys) < len(table.columns) else table.columns[:1]


def _part(table: Table, columns: list[Column], number: int, of: int) -> Table:
    part = copy(table)
    part.columns = [replace(column, _index=k) for k, column in enumerate(columns)]
    if of > 1:
        part.title = f"{table.title} ({number} of {of})" if table.title else None
        part.caption = table.caption if number == of else None
    return part


def _settled(table: Table, columns: list[Column], width: int) -> list[Column]:
    """The columns as they are where nothing has to be wrapped. Else with fixed widths: none less than it
    needs (Rich narrows the widest columns, whatever they need), what is left over to those that want most.
    """
    most = [_most(column) for column in columns]
    if _together(table, most) <= width:
        return columns
    found = [_least(column) for column in columns]
    for _ in range(width - _together(table, found)):
        wanting = max(range(len(found)), key=lambda k: most[k] - found[k])
        found[wanting] += found[wanting] < most[wanting]
    return [replace(column, width=own, overflow="fold") for column, own in zip(columns, found, strict=True)]


def _together(table: Table, widths: Iterable[int]) -> int:
    """Columns of the terminal that columns of these widths take at most."""
    _, right, _, left = table.padding
    between = 1 if table.box is not None else 0
    edges = 2 if table.box is not None and table.show_edge else 0
    return sum(width + left + right + between for width in widths) - between + edges


def _most(column: Column) -> int:
    """Width of a column in which nothing is wrapped."""
    if column.width is not None:
        return column.width
    return max(found.maximum for found in _measured(column))


def _least(column: Column) -> int:
    """Width of a column in which nothing is broken but between words; names and paths, where the column or
    its cells say so, also within.
    """
    if column.no_wrap or column.width is not None:
        return _most(column)
    least = max(found.minimum for found in _measured(column))
    texts = [cell for cell in column.cells if isinstance(cell, Text)]
    folded = column.overflow == "fold" or any(text.overflow == "fold" for text in texts)
    return min(least, FOLDED) if folded and column.justify == "left" else least


def _measured(column: Column) -> list[Measurement]:
    return [Measurement.get(_ROOM, _ROOM.options, cell) for cell in (column.header, *column.cells)]
