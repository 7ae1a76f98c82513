"""The AVF of the register file for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich import box
from rich.table import Table

from sassafras.analysis.avf import ResidentLaunch, allocated_fraction, while_running
from sassafras.report.avf_numbers import limits_of, share_text

DASH = "–"


def avf_table(
    device: str,
    launches: Sequence[ResidentLaunch],
    cells: pd.DataFrame,
    injected: Sequence[str] | None = None,
) -> Table:
    """What each kernel allocates, and the AVF of the register file while it runs. ``injected``: kernels that
    faults were drawn from; None: all.
    """
    table = plain_table(
        f"AVF of the register file, {device}",
        "time: modelled; allocated: of the register file while the kernel runs; limit: what keeps out "
        "another block; n: single-bit strikes; AVF: SDC or DUE, percent, 95 % intervals",
        ["kernel", "registers", "limit", "time %", "allocated %", "n", "AVF %"],
    )
    known = cells if injected is None else cells[cells["kernel"].isin(injected)]
    for kernel, rows in cells.groupby("kernel", sort=False):
        items = [item for item in launches if item.kernel == kernel]
        struck = injected is None or kernel in injected
        table.add_row(
            str(kernel), str(items[0].registers), ", ".join(limits_of(items)), *_row(rows, struck=struck)
        )
    table.add_section()
    table.add_row("all injected", "", "", *_row(known, struck=True))
    return table


def _row(rows: pd.DataFrame, *, struck: bool) -> list[str]:
    share = while_running(rows)
    return [
        f"{rows['time'].sum() * 100:.2f}",
        f"{allocated_fraction(rows) * 100:.1f}",
        str(rows["n"].sum()) if struck else DASH,
        share_text(share.value, share.low, share.high) if struck else DASH,
    ]


def plain_table(title: str, caption: str, columns: Sequence[str]) -> Table:
    """An empty table: the first column to the left, the others to the right."""
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for position, heading in enumerate(columns):
        table.add_column(heading, justify="right" if position else "left", no_wrap=not position)
    return table
