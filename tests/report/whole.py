"""Whether a table in the terminal shows all that it holds."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sassafras.report.renderers.terminal import print_table
from sassafras.report.table import Table as Made


def printed(table: Made, width: int = 200) -> str:
    """A table as a command prints it into so wide a terminal."""
    console = Console(file=io.StringIO(), width=width)
    print_table(console, table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


LINES = str.maketrans("│┃|", "   ")


def rendered(table: Table, width: int) -> str:
    """The table as so wide a terminal shows it."""
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def numbers(table: Table, *, besides: int = 0) -> Counter[str]:
    """Every word with a digit in the cells of a table, without its first columns (``besides``)."""
    cells = (str(cell) for column in table.columns[besides:] for cell in column.cells if is_text(cell))
    return counted(cells)


def is_text(cell: object) -> bool:
    return isinstance(cell, str | Text)


def counted(texts: Iterable[str]) -> Counter[str]:
    """Words with a digit; lines between cells are no part of them."""
    words = (word for text in texts for word in text.translate(LINES).split())
    return Counter(word for word in words if any(map(str.isdigit, word)))


def missing(parts: Iterable[Table], width: int) -> Counter[str]:
    """Words with a digit of these tables that are not to be found whole in the terminal, each so often."""
    gone: Counter[str] = Counter()
    for part in parts:
        gone += numbers(part) - counted(rendered(part, width).splitlines())
    return gone
