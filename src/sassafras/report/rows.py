"""Stored rows on their way out of the store: what every format writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.stored import Row, StoredCampaign
from sassafras.simulation.columns import Column


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
    campaign = {
        "fingerprint": facts.digest,
        "identity": dict(facts.fingerprint),
        "settings": facts.settings.model_dump(mode="json"),
    }
    return RowTable(name, columns_of(name), stored.rows(name), campaign)


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
