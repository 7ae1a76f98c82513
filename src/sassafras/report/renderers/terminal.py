"""A table in the terminal: an interval beside its share where there is room, else below it; and where even
that is too wide, in parts. No cell is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from sassafras.report.cells import Cell
from sassafras.report.characters import spelt
from sassafras.report.renderers.fitting import columns_needed, columns_wanted, parts
from sassafras.report.table import Table
from sassafras.workload.vocabulary import NETWORK, Vocabulary

TEXT = 80  #: columns in which a title or a caption is read, below a narrow table too
WIDE = 160  #: columns that are enough for nearly every table in its widest form


def print_tables(console: Console, tables: Iterable[Table], vocabulary: Vocabulary = NETWORK) -> None:
    """Print tables, a blank line behind each. ``vocabulary``: what things are called."""
    for table in tables:
        print_table(console, table, vocabulary)
        console.print()


def print_table(console: Console, table: Table, vocabulary: Vocabulary = NETWORK) -> None:
    """Print a table."""
    spell = spelt if console.options.ascii_only else str

    def say(text: str) -> str:
        return spell(vocabulary.said(text))

    for number, part in enumerate(parts(laid_out(table, console.width, say), console.width)):
        if number:
            console.print()
        _print_part(console, part)


def _print_part(console: Console, part: RichTable) -> None:
    """Title and caption of a narrow table have lines of their own: Rich would break them at its width."""
    width = min(console.width, max(TEXT, columns_wanted(part)))
    title, caption = part.title, part.caption
    part.title = part.caption = None
    if title:
        console.print(Text(str(title), style="bold italic"), width=width)
    console.print(part)
    if caption:
        console.print(Text(str(caption), style="dim italic"), width=width)


def laid_out(table: Table, width: int = WIDE, say: Callable[[str], str] = str) -> RichTable:
    """The widest form that fits into so many columns without broken words, else with them, else the narrow
    one. ``say``: spells every text.
    """
    forms = [_form(table, say, wide=wide) for wide in (True, False)]
    for needed in (columns_wanted, columns_needed):
        for form in forms:
            if needed(form) <= width:
                return form
    return forms[-1]


def _form(table: Table, say: Callable[[str], str], *, wide: bool) -> RichTable:
    shown = RichTable(
        title=say(table.title),
        caption=say(table.note),
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1 if wide else 0, 0, 0),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for number, heading in enumerate(table.columns):
        cells = [row.cells[number] for row in table.rows]
        words = number < table.left or (bool(cells) and all(cell.is_words for cell in cells))
        shown.add_column(
            say(heading if number < table.left else _heading(heading, wide=wide)),
            justify="left" if words else "right",
            vertical="top",
            no_wrap=not any(cell.wraps for cell in cells),
            overflow="fold" if any(cell.folds for cell in cells) else "ellipsis",
        )
    for row in table.rows:
        if row.rule:
            shown.add_section()
        shown.add_row(*(_text(cell, say, wide=wide) for cell in row.cells))
    return shown


def _heading(text: str, *, wide: bool) -> str:
    if wide:
        return text.replace("-", "-\n")
    return text.replace("-", "-\n").replace("Malfunction", "Malfunc-\ntion").replace(" ", "\n")


def _text(cell: Cell, say: Callable[[str], str], *, wide: bool) -> Text:
    main, beside = cell.parts
    if not wide and not beside and main.startswith("below "):
        main = main.replace(" ", "\n", 1)
    if not beside:
        return Text(say(main + cell.mark), overflow="fold" if cell.folds else None)
    if wide:
        return Text.assemble(say(f"{main} "), (say(f"({beside})"), "dim"), say(cell.mark))
    return Text.assemble(say(f"{main}\n"), (say(beside), "dim"), say(cell.mark))
