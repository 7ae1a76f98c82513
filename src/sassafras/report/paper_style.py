"""Sizes, fonts and formats of figures for papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from sassafras.report.palette import FAINT, INK

DPI = 300  #: of PNG


class Format(StrEnum):
    """File formats."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"


@dataclass(frozen=True)
class Size:
    """A figure's width in inches and the size of its letters in points."""

    columns: int
    width: float
    letters: float


SIZES: Mapping[int, Size] = {
    1: Size(1, 3.45, 7.0),  # a column of IEEE and ACM papers: 3.5 and 3.33 inches
    2: Size(2, 7.1, 8.0),  # both columns: 7.16 and 7.0 inches
}

METADATA: Mapping[Format, Mapping[str, Any]] = {
    Format.PDF: {"CreationDate": None, "Producer": None, "Creator": "Sassafras"},
    Format.SVG: {"Date": None, "Creator": "Sassafras"},
    Format.PNG: {"Software": None},
}
"""Without time and version of the tools: the same campaign gives the same bytes."""


def style(size: Size) -> dict[RcKeyType, Any]:
    """Matplotlib's settings. Letters are embedded as TrueType (type 42) in PDF: publishers refuse type 3."""
    return {
        "font.family": "DejaVu Sans",
        "font.size": size.letters,
        "axes.labelsize": size.letters,
        "xtick.labelsize": size.letters - 0.5,
        "ytick.labelsize": size.letters - 0.5,
        "legend.fontsize": size.letters - 0.5,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.major.size": 0.0,
        "ytick.major.width": 0.6,
        "pdf.fonttype": 42,
        "ps.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "sassafras",
    }


def save(figure: Figure, path: Path, kind: Format, size: Size) -> None:
    """Write a figure, replacing an older file at once. Its width is that of the column, to the point."""
    partial = path.with_name(f"{path.name}.partial")
    with mpl.rc_context(style(size)):
        figure.savefig(partial, format=kind.value, dpi=DPI, metadata=dict(METADATA[kind]))
    partial.replace(path)
