"""What can still be read of a damaged store. Rows that cannot, or that make no sense, are left out: a
campaign that goes on runs those faults again.
"""

from __future__ import annotations

from collections.abc import Iterator

from sassafras.campaign.store.schema import columns_of
from sassafras.campaign.store.stored import Row, StoredCampaign
from sassafras.errors import CampaignError
from sassafras.faults.ids import BLOCK, TURNS, blocks, is_id_of
from sassafras.faults.model import Mode
from sassafras.simulation.columns import Column, ColumnType

_TYPES: dict[ColumnType, tuple[type, ...]] = {
    ColumnType.INTEGER: (int,),
    ColumnType.REAL: (float,),
    ColumnType.TEXT: (str,),
    ColumnType.BLOB: (bytes,),
}


def readable_rows(stored: StoredCampaign, table: str, size: int) -> Iterator[list[Row]]:
    """Rows of ``injections`` or ``errors`` that can be read, in pieces, by id: among those that the
    campaign's settings allow, and beyond them up to the last that the store finds.
    """
    columns = columns_of(table)
    facts = stored.facts
    strata = len(facts.strata)
    asked = TURNS * strata * facts.settings.most_per_lane(strata)
    last = _last(stored, table)
    for begin in blocks():
        end = max(begin + min(asked, BLOCK), min(last + 1, begin + BLOCK))
        for first in range(begin, end, size):
            rows = _between(stored, table, first, min(first + size, end) - 1)
            sound = [row for row in rows if makes_sense(row, columns)]
            if sound:
                yield sound


def _last(stored: StoredCampaign, table: str) -> int:
    """The id of the last row, -1 where that cannot be found."""
    try:
        return stored.last_id(table)
    except CampaignError:
        return -1


def _between(stored: StoredCampaign, table: str, first: int, last: int) -> list[Row]:
    """Halves what cannot be read, down to single rows."""
    try:
        return stored.rows_between(table, first, last)
    except CampaignError:
        if first == last:
            return []
    middle = (first + last) // 2
    return _between(stored, table, first, middle) + _between(stored, table, middle + 1, last)


def makes_sense(row: Row, columns: tuple[Column, ...]) -> bool:
    """Whether a row holds what its columns may hold, and its id is that of a fault of its mode."""
    values = dict(zip((column.name for column in columns), row, strict=True))
    typed = all(
        column.optional if value is None else isinstance(value, _TYPES[column.type])
        for column, value in zip(columns, row, strict=True)
    )
    named = all(
        words is None or value in words.values()
        for words, value in zip((column.stored_words for column in columns), row, strict=True)
    )
    return typed and named and is_id_of(values["id"], Mode(values["mode"]))
