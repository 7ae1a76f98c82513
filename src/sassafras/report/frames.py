"""The frame that tables in the terminal have in common."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table


def plain_table(
    title: str, caption: str, headings: Sequence[str], *, left: int = 1, wide: bool = True
) -> Table:
    """A table without rows: the first ``left`` columns are words, the others numbers. ``wide``: with room
    between columns (80 columns may leave none).
    """
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        padding=(0, 1 if wide else 0, 0, 0),
        show_edge=False,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < left else "right", no_wrap=number < left)
    return table
