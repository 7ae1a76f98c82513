"""All tables of a hardening study as a text file, beside ``harden.json``."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from sassafras.hardening.study import Study
from sassafras.report.files import write_text
from sassafras.report.fitting import print_tables
from sassafras.report.harden_layout import WIDE
from sassafras.report.harden_tables import harden_tables

NAME = "harden.txt"


def write_harden_text(study: Study, folder: Path) -> Path:
    """Write every table, `WIDE` columns wide, into the campaign's folder; the path."""
    text = io.StringIO()
    print_tables(Console(file=text, width=WIDE, color_system=None), harden_tables(study, WIDE))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    write_text(folder / NAME, "\n".join(lines) + "\n")
    return folder / NAME
