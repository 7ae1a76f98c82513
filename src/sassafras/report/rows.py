"""Stored rows on their way out of the store: what every format writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.stored import Row, StoredCampaign
from sassafras.faults.classes import FaultClass
from sassafras.faults.ids import number_of
from sassafras.simulation.columns import Column, ColumnType

WEIGHTS = (
    Column("faults", ColumnType.INTEGER, False, "of its kind, of which one was run", "faults"),
    Column("weight", ColumnType.REAL, False, "share of the population that its kind is", "weight"),
)
"""Columns of the rows of a whole population that was counted by classes, behind those of every row."""


@dataclass(frozen=True)
class RowTable:
    """A table of the store, ``injections`` or ``errors``: its columns, its rows as the store holds them (by
    id, to be read once), and what campaign they are of (JSON types).
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]
    campaign: dict[str, Any]


def row_table(stored: StoredCampaign, name: str) -> RowTable:
    """A table of an opened campaign, ``injections`` or ``errors``."""
    facts = stored.facts
    rows, columns = stored.rows(name), columns_of(name)
    if facts.classes and name == "injections":
        rows, columns = _with_weights(rows, facts.classes), (*columns, *WEIGHTS)
    campaign = {
        "fingerprint": facts.digest,
        "identity": dict(facts.fingerprint),
        "settings": facts.settings.model_dump(mode="json"),
    }
    return RowTable(name, columns, rows, campaign)


def _with_weights(rows: Iterator[Row], classes: Sequence[FaultClass]) -> Iterator[Row]:
    """The rows of a whole population, each with what its class has and weighs."""
    total = sum(one.weight for one in classes)
    for row in rows:
        one = classes[number_of(row[0])[1]]
        yield (*row, one.faults, one.weight / total)


def numbers_of(blob: bytes, vector: str) -> list[float]:
    """The numbers of a stored vector (``vector``: NumPy's name of them), as the shortest decimals that read
    back to the same bits. NaN and infinities stay what they are.
    """
    values = np.frombuffer(blob, vector)
    return values.tolist() if values.dtype.kind == "i" else [float(f"{value:.9g}") for value in values]


def decimals(blob: bytes | None, vector: str) -> str:
    """The same as text with blanks between; empty for None."""
    if not isinstance(blob, bytes):
        return ""
    return " ".join(f"{value:.9g}" for value in np.frombuffer(blob, vector))


def corrupted_of(text: str) -> dict[str, int]:
    """The stored counts of values that differ, by part."""
    counts: dict[str, int] = json.loads(text)
    return counts
