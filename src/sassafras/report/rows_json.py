"""Rows as one JSON object: what campaign they are of, what each column means, and the rows, one a line.
 Missing values are null. JSON has no NaN and no infinity: among the values of an output they are the texts
"NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import json
import math
from typing import IO, Any

from sassafras.campaign.store.stored import Row
from sassafras.report.rows import RowTable, corrupted_of, numbers_of
from sassafras.simulation.columns import Column


def write_json(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    head = {
        "campaign": table.campaign,
        "columns": {column.shown: column.comment for column in table.columns},
    }
    file.write(json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}").encode())
    file.write(f',\n "{table.name}": ['.encode())
    count = 0
    for row in table.rows:
        text = json.dumps(_record(table.columns, row), allow_nan=False)
        file.write(f"{',' if count else ''}\n  {text}".encode())
        count += 1
    file.write(b"\n ]\n}\n")
    return count


def _record(columns: tuple[Column, ...], row: Row) -> dict[str, Any]:
    record = dict(zip((column.shown for column in columns), row, strict=True))
    if record.get("corrupted") is not None:
        record["corrupted"] = corrupted_of(record["corrupted"])
    for column in columns:
        if column.vector and (blob := record[column.shown]) is not None:
            record[column.shown] = [_number(value) for value in numbers_of(blob, column.vector)]
    return record


def _number(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
