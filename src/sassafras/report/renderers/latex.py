"""A table as LaTeX, with the package booktabs."""

from __future__ import annotations

from sassafras.report.numbers import FEW_MARK, MINUS, NOTHING
from sassafras.report.table import Row, Table

_ESCAPES = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    NOTHING: "--",
    MINUS: "$-$",
    "×": "$\\times$",
    "±": "$\\pm$",
    "≤": "$\\leq$",
    "→": "$\\to$",
    "∞": "$\\infty$",
    "Δ": "$\\Delta$",
    FEW_MARK: "$^\\dagger$",
    "\N{NO-BREAK SPACE}": "~",
}


def latex(table: Table) -> str:
    """A ``table`` environment, labelled ``tab:NAME``."""
    align = "".join("l" if _is_words(table, k) else "r" for k in range(len(table.columns)))
    caption = escaped(f"{table.title}: {table.note}" if table.note else table.title)
    return "\n".join(
        [
            "\\begin{table}[t]",
            "\\centering",
            "\\small",
            f"\\caption{{{caption}}}",
            f"\\label{{tab:{table.name}}}",
            f"\\begin{{tabular}}{{{align}}}",
            "\\toprule",
            _line([escaped(column) for column in table.columns]),
            "\\midrule",
            *map(_row, table.rows),
            "\\bottomrule",
            "\\end{tabular}",
            "\\end{table}",
            "",
        ]
    )


def escaped(text: str) -> str:
    """Text with LaTeX's own letters, and those beyond ASCII that tables use, as it wants them."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def _row(row: Row) -> str:
    """That cells are percentages is said in the caption: "below 0.30 %" becomes "< 0.30"."""
    texts = [
        cell.text.replace("below ", "< ").replace(" %", "") if cell.text.startswith("below ") else cell.text
        for cell in row.cells
    ]
    return ("\\midrule\n" if row.rule else "") + _line(list(map(escaped, texts)))


def _line(cells: list[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _is_words(table: Table, column: int) -> bool:
    return column < table.left or all(row.cells[column].is_words for row in table.rows)
