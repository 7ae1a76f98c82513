"""Files of a report, whole or not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sassafras.whole_files import whole_file

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "summary.json"  #: in a campaign's folder: where it is, the whole report is
PAGE = "report.html"  #: of a campaign, inside its folder


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file (lines end in a line feed on every system), replacing an older one at once.
    What no text can hold, bytes of file names that are not UTF-8, is escaped.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write an object of JSON types; the path. ValueError for a number that JSON does not have."""
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")
    return path


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write each to ``folder/NAME.csv``, one header line, missing values empty; their paths."""
    paths = [folder / f"{name}.csv" for name in tables]
    for path, table in zip(paths, tables.values(), strict=True):
        write_text(path, table.to_csv(index=False, lineterminator="\n"))
    return paths
