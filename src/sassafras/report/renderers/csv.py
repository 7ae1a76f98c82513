"""A table as CSV: UTF-8, one header line, every number in full precision, shares as fractions of 1."""

from __future__ import annotations

import csv
import io

from sassafras.report.table import Table


def comma_separated(table: Table) -> str:
    """The table. A column of the table is one column here, or several: "DUE", "DUE_low", "DUE_high" ..."""
    raw = [[cell.raw for cell in row.cells] for row in table.rows]
    ends = [
        list(dict.fromkeys(["", *(end for row in raw for end in row[column])]))
        for column in range(len(table.columns))
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [column.replace(" ", "_") or "of" for column in table.columns]
    writer.writerow(
        f"{name}_{end}" if end else name for name, own in zip(names, ends, strict=True) for end in own
    )
    for row in raw:
        writer.writerow(cell.get(end, "") for cell, own in zip(row, ends, strict=True) for end in own)
    return text.getvalue()
