"""``--figures``: everything of a campaign that goes into a paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sassafras.report.figures.files import Format, write_figures
from sassafras.report.figures.plotted import Size
from sassafras.report.files import write_text
from sassafras.report.page.material import Material
from sassafras.report.plots import material_figures
from sassafras.report.renderers.csv import comma_separated
from sassafras.report.renderers.latex import latex
from sassafras.report.tables.registry import page_tables


def write_paper_figures(
    folder: Path, material: Material, formats: Sequence[Format], size: Size
) -> list[Path]:
    """Write every figure in every format, and every table as ``NAME.tex`` and ``NAME.csv``; returns their
    paths. The same campaign gives the same bytes.
    """
    paths = write_figures(folder, material_figures(material), formats, size)
    for table in page_tables(material):
        for suffix, render in (("tex", latex), ("csv", comma_separated)):
            path = folder / f"{table.name}.{suffix}"
            write_text(path, render(table))
            paths.append(path)
    return paths
