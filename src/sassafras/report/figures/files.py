"""Figures as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Drawn

from sassafras.report.figures.plotted import SCREEN, Size, draw, style
from sassafras.report.figures.value import Figure

DPI = {True: 200, False: 300}  #: of PNG: with a title, for screens; for papers


class Format(StrEnum):
    """File formats."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"


METADATA: Mapping[Format, Mapping[str, Any]] = {
    Format.PDF: {"CreationDate": None, "Producer": None, "Creator": "Sassafras"},
    Format.SVG: {"Date": None, "Creator": "Sassafras"},
    Format.PNG: {"Software": None},
}
"""Without time and version of the tools: the same campaign gives the same bytes."""
WORDS = {Format.PDF: "Subject", Format.SVG: "Description", Format.PNG: "Description"}  #: what holds the `alt`
BOTH = (Format.PNG, Format.SVG)


def write_figures(
    folder: Path, figures: Sequence[Figure], formats: Sequence[Format] = (Format.PNG,), size: Size = SCREEN
) -> list[Path]:
    """Draw the figures to ``folder/NAME.FORMAT``, replacing older files at once; returns their paths. The
    same figure gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for figure in figures:
        made = draw(figure, size)
        for kind in formats:
            path = folder / f"{figure.name}.{kind.value}"
            save(made, path, kind, size, figure.alt)
            paths.append(path)
    return paths


def save(made: Drawn, path: Path, kind: Format, size: Size, words: str = "") -> None:
    """Write one drawing. ``words``: what it shows."""
    partial = path.with_name(f"{path.name}.partial")
    metadata = {**METADATA[kind], **({WORDS[kind]: words} if words else {})}
    with mpl.rc_context(style(size)):
        made.savefig(partial, format=kind.value, dpi=DPI[size.titled], metadata=metadata)
    partial.replace(path)
