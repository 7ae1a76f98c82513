"""Files of a report, whole or not there."""

from __future__ import annotations

from pathlib import Path

from sassafras.whole_files import whole_file

SUMMARY = "summary.json"  #: in a campaign's folder: where it is, the whole report is
PAGE = "report.html"  #: of a campaign, inside its folder


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file (lines end in a line feed on every system), replacing an older one at once.
    What no text can hold, bytes of file names that are not UTF-8, is escaped.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
