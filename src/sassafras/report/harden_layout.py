"""How wide tables find room in the terminal, without a cell being cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table

WIDE = 160  #: columns that are enough for every table in its widest form


class Layout(IntEnum):
    """How tables are laid out: the first that fits is taken; the last one fits into 80 columns."""

    WIDE = 0  #: an interval beside its share
    TALL = 1  #: below it
    SPLIT = 2  #: and a table with many columns in two


def fitting(make: Callable[[Layout], list[Table]], width: int) -> list[Table]:
    """The tables in the first layout that fits into so many columns of the terminal, else in the last."""
    found: list[Table] = []
    for layout in Layout:
        found = make(layout)
        if all(_columns(table) <= width for table in found):
            break
    return found


def _columns(table: Table) -> int:
    """How many columns of the terminal a table needs, with words folded and numbers in one piece."""
    console = Console(width=10_000)

    def room(column: Column) -> int:
        found = [Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)]
        return max(cell.maximum if column.no_wrap else cell.minimum for cell in found)

    _, right, _, left = table.padding
    return sum(room(column) + left + right + 1 for column in table.columns) - 1


def headed(title: str, caption: str, columns: Sequence[str], layout: Layout) -> Table:
    """A table without rows: two columns to the left, the others to the right."""
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1 if layout is Layout.WIDE else 0, 0, 0),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for number, heading in enumerate(columns):
        # No cell is cut: what has no room in the last layout either is folded.
        table.add_column(
            heading,
            justify="left" if number < 2 else "right",
            overflow="fold",
            no_wrap=layout is not Layout.SPLIT,
        )
    return table
