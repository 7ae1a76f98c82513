"""All tables of a hardening study as a text file, beside ``harden.json``."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from sassafras.hardening.study import Study
from sassafras.report.files import write_text
from sassafras.report.harden_json import content
from sassafras.report.renderers.terminal import WIDE, print_tables
from sassafras.report.tables.registry import HARDEN

NAME = "harden.txt"


def write_harden_text(study: Study, folder: Path) -> Path:
    """Write every table, `WIDE` columns wide, into the campaign's folder; the path."""
    text = io.StringIO()
    print_tables(Console(file=text, width=WIDE, color_system=None), HARDEN.of(content(study)))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    write_text(folder / NAME, "\n".join(lines) + "\n")
    return folder / NAME
