"""Rows as CSV: UTF-8, one header line, missing values empty, probabilities as decimals between blanks."""

from __future__ import annotations

import csv
import io
from typing import IO

from sassafras.report.rows import RowTable, decimals


def write_csv(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.shown for column in table.columns)
    vectors = {k: column.vector for k, column in enumerate(table.columns) if column.vector}
    count = 0
    for row in table.rows:
        writer.writerow(decimals(value, vectors[k]) if k in vectors else value for k, value in enumerate(row))
        count += 1
    text.detach()
    return count
