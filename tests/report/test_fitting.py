"""Nothing of a table is ever cut: what does not fit is shown in parts."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tests.report.whole import counted, missing, numbers, rendered

from sassafras.report.cells import Name
from sassafras.report.renderers.fitting import FOLDED, columns_needed, parts
from sassafras.report.renderers.terminal import laid_out, print_table, print_tables
from sassafras.report.table import Table as Made
from sassafras.report.table import made as made_of

WIDEST = 12  #: of a word below


class Word(Name):
    """Words to the right."""

    is_words = False
    wraps = True


def given_table(columns: int, rows: int = 2, cell: str = "12,345.678") -> Made:
    cells = [[f"name{number}", *[Word(cell)] * columns] for number in range(rows)]
    heads = ["kernel", *[f"heading{k}" for k in range(columns)]]
    return made_of("name", "Title", "a caption of some words", heads, [cells])


def made(columns: int, rows: int = 2, cell: str = "12,345.678") -> Table:
    return laid_out(given_table(columns, rows, cell), 10_000)


def test_a_table_that_fits_is_left_alone() -> None:
    table = made(3)
    (part,) = parts(table, 80)
    assert rendered(part, 80) == rendered(table, 80)
    assert columns_needed(table) == 5 + 1 + 3 * (10 + 2) + 1
    (part,) = parts(table, columns_needed(table))
    assert not missing([part], columns_needed(table))


def test_one_that_does_not_is_shown_in_parts() -> None:
    table = made(9)
    found = list(parts(table, 80))
    assert [part.title for part in found] == ["Title (1 of 2)", "Title (2 of 2)"]
    assert [part.caption for part in found] == [None, "a caption of some words"]
    assert [len(part.columns) for part in found] == [1 + 6, 1 + 3]
    assert all("name1" in rendered(part, 80) for part in found)
    assert not missing(found, 80)
    assert str(table.title) == "Title"
    assert len(table.columns) == 10


def test_rich_alone_would_cut_it() -> None:
    assert missing([made(9)], 80)


def test_what_may_be_wrapped_is_wrapped_between_words() -> None:
    table = made(6, cell="12,345 (11.1–99.999)")
    (part,) = parts(table, 97)
    assert not missing([part], 97)
    assert max(map(len, rendered(part, 97).splitlines())) <= 97


def test_names_that_may_be_folded_make_room() -> None:
    table = Table()
    table.add_column("campaign", justify="left")
    for _ in range(4):
        table.add_column("n", justify="right")
    path = "/some/where/a/long/path/to/a/campaign/that/is/far/below"
    table.add_row(Text(path, overflow="fold"), *["1,234,567"] * 4)
    assert columns_needed(table) == (FOLDED + 3) + 4 * (9 + 3) + 1
    (part,) = parts(table, 80)
    assert not missing([part], 80)
    assert path in "".join(line[1:].split("│")[0].strip() for line in rendered(part, 80).splitlines()[1:])


def test_print() -> None:
    console = Console(file=io.StringIO(), width=80)
    print_table(console, given_table(9))
    print_tables(console, [given_table(1)])
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert text.count("(1 of 2)") == text.count("(2 of 2)") == 1
    assert text.endswith("\n\n")


def test_a_caption_is_read_in_lines_of_the_console_under_a_narrow_table_too() -> None:
    caption = "percent of the injections of the mode, with intervals of 95 % over the faults"
    console = Console(file=io.StringIO(), width=80)
    table = made_of("name", "Title", caption, ["kernel", "n"], [[["gemm", Word("12")]]])
    print_table(console, table)
    assert isinstance(console.file, io.StringIO)
    assert caption in [line.strip() for line in console.file.getvalue().splitlines()]


_words = st.text("0123456789.–%", min_size=1, max_size=WIDEST)
_cells = st.lists(_words, max_size=3).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 12).flatmap(
        lambda n: st.lists(st.lists(_cells, min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    wraps=st.integers(0, 2**12),
    width=st.integers(3 * WIDEST * 2 + 10, 120),
)
def test_whatever_it_holds(rows: list[list[str]], wraps: int, width: int) -> None:
    """In no terminal that one column and the names fit into is a number lost."""
    table = Table(padding=(0, 1, 0, 0))
    table.add_column("name", justify="left", no_wrap=True)
    for number in range(len(rows[0])):
        table.add_column("Heading of\nit", justify="right", no_wrap=bool(wraps >> number & 1))
    for row in rows:
        table.add_row("name", *row)
    found = list(parts(table, width))
    assert not missing(found, width)
    assert sum((numbers(part, besides=1) for part in found), counted([])) == numbers(table, besides=1)
    assert all(len(line) <= width for part in found for line in rendered(part, width).splitlines())


@pytest.mark.parametrize("justify", ["left", "right"])
def test_a_table_of_one_column(justify: str) -> None:
    table = Table()
    table.add_column("only", justify="left" if justify == "left" else "right")
    table.add_row("12,345")
    (part,) = parts(table, 80)
    assert "12,345" in rendered(part, 80)
