"""Rows as Parquet: columns of the store's types, what they mean as metadata of each, probabilities as lists
of float32 with the very bits, the campaign as JSON in the file's metadata under "sassafras".
"""

from __future__ import annotations

import json
from itertools import islice
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sassafras.campaign.store.schema import Column, ColumnType
from sassafras.report.rows import RowTable

GROUP = 65536  #: rows that are held in memory and written at a time

_TYPES = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.REAL: pa.float64(),
    ColumnType.TEXT: pa.string(),
    ColumnType.BLOB: pa.list_(pa.float32()),
}


def write_parquet(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    fields = [
        pa.field(c.name, _TYPES[c.type], nullable=c.optional, metadata={"comment": c.comment})
        for c in table.columns
    ]
    schema = pa.schema(fields, metadata={"sassafras": json.dumps(table.campaign, allow_nan=False)})
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while rows := list(islice(table.rows, GROUP)):
            values = zip(*rows, strict=True)
            arrays = [_array(column, list(v)) for column, v in zip(table.columns, values, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(rows)
    return count


def _array(column: Column, values: list[Any]) -> pa.Array:
    if column.type is ColumnType.BLOB:
        values = [None if value is None else np.frombuffer(value, "<f4") for value in values]
    return pa.array(values, _TYPES[column.type])
