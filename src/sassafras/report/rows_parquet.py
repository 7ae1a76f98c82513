"""Rows as Parquet: columns of the store's types, what they mean as metadata of each, vectors as lists of
their numbers with the very bits, the campaign as JSON in the file's metadata under "sassafras".
"""

from __future__ import annotations

import json
from itertools import islice
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sassafras.report.export import RowTable
from sassafras.simulation.columns import Column, ColumnType

GROUP = 65536  #: rows that are held in memory and written at a time

_TYPES = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.REAL: pa.float64(),
    ColumnType.TEXT: pa.string(),
    ColumnType.BLOB: pa.binary(),
}


def field_of(column: Column) -> pa.Field:
    """A column's field: its name as shown, its type, and what it means as metadata."""
    kind = pa.list_(pa.from_numpy_dtype(np.dtype(column.vector))) if column.vector else _TYPES[column.type]
    return pa.field(column.shown, kind, nullable=column.optional, metadata={"comment": column.comment})


def write_parquet(file: IO[bytes], table: RowTable) -> int:
    """Write a table; returns how many rows."""
    fields = [field_of(column) for column in table.columns]
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
    if column.vector:
        values = [None if value is None else np.frombuffer(value, column.vector) for value in values]
    return pa.array(values, field_of(column).type)
