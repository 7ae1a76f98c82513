"""Tables of a store as DataFrames."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sassafras.campaign.store.schema import select_shown

if TYPE_CHECKING:
    import pandas as pd


def read_table(db: sqlite3.Connection, name: str) -> pd.DataFrame:
    """A whole table, ordered by id, columns under the names that are shown. Raises sqlite3.Error, as if
    nobody stood between.
    """
    import pandas as pd  # slow to import, and injecting does without it

    try:
        return pd.read_sql_query(f"{select_shown(name)} ORDER BY id", db)
    except pd.errors.DatabaseError as error:
        if isinstance(error.__cause__, sqlite3.Error):
            raise error.__cause__ from None
        raise
