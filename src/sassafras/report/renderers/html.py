"""A table as HTML: in a region of its own that scrolls, for it may be wider than a phone."""

from __future__ import annotations

from markupsafe import Markup

from sassafras.report.cells import Cell
from sassafras.report.numbers import FEW, with_unit
from sassafras.report.table import Row, Table

_TABLE = Markup(
    '<div class="scroll" role="region" aria-label="{title}" tabindex="0">\n'
    '<table id="{name}" class="{kind}">\n{caption}'
    "<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
)
_WORDS = Markup(' class="words"')
_CAPTION = Markup("<caption><span>{}{}</span></caption>\n")
_FOLDED = Markup('<details class="fold"><summary>{}</summary>\n{}\n</details>')


def html(table: Table, *, titled: bool = True) -> Markup:
    """The table. ``titled``: with its title above it, where no heading says so."""
    title = Markup("<b>{}</b> ").format(table.title) if titled else Markup("")
    caption = _CAPTION.format(title, table.note) if title or table.note else ""
    heads = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_WORDS if _is_words(table, at) else "", head)
        for at, head in enumerate(table.columns)
    )
    rows = Markup("\n").join(_row(row, keyed=table.is_sorted) for row in table.rows)
    return _TABLE.format(
        kind="numbers sortable" if table.is_sorted else "numbers",
        title=table.title,
        name=table.name,
        caption=caption,
        heads=heads,
        rows=rows,
    )


def folded(table: Table, summary: str = "") -> Markup:
    """The table, to be opened."""
    return _FOLDED.format(summary or f"The numbers: {table.title}", html(table))


def _is_words(table: Table, column: int) -> bool:
    """Whether a column holds words: they begin at the left, below their head."""
    return bool(table.rows) and all(row.cells[column].is_words for row in table.rows)


def _row(row: Row, *, keyed: bool) -> Markup:
    first, *others = row.cells
    cells = Markup("").join(_data(cell, keyed=keyed) for cell in others)
    opening = Markup('<tr class="rule">') if row.rule else Markup("<tr>")
    return Markup('{}<th scope="row">{}</th>{}</tr>').format(opening, first.text, cells)


def _data(cell: Cell, *, keyed: bool) -> Markup:
    """``keyed``: with the value that rows are sorted by."""
    text = written(cell)
    value = cell.raw.get("", "") if keyed and not cell.is_words else ""
    key = Markup(' data-key="{}"').format(value) if value != "" else ""
    if cell.few:
        return Markup('<td class="few" title="of fewer than {}"{}>{}</td>').format(FEW, key, text)
    return Markup('<td class="{}"{}>{}</td>').format(_kind(cell), key, text)


def written(cell: Cell) -> str:
    """What stands in it, its unit too."""
    return (with_unit(cell.plain) if cell.unit else cell.plain) + cell.mark


def _kind(cell: Cell) -> str:
    """How it is set: names are never broken, paths anywhere."""
    if not cell.is_words:
        return "number"
    return "words path" if cell.folds else "words" if cell.wraps else "words name"
