"""The figures of a study of hardening, drawn while its other files are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sassafras.analysis.results import Results
from sassafras.hardening.study import Study
from sassafras.report.drawing import Drawing
from sassafras.report.figures.registry import hardening_figures
from sassafras.report.figures.value import Figure
from sassafras.report.page.hardened import hardening_of


def begin_harden_figures(folder: Path, before: Results, study: Study, processes: int = 1) -> Drawing:
    """Begin to draw every figure of a study as PNG and SVG. ``processes``: 1 draws in this process, when it
    is asked to finish.
    """

    def draw(some: Sequence[Figure]) -> None:
        from sassafras.report.figures.files import BOTH, write_figures  # matplotlib: only where it is needed

        write_figures(folder, some, BOTH)

    return Drawing(draw, hardening_figures(hardening_of(study, before)), processes)
