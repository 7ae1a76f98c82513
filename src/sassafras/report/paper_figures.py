"""``--figures``: everything of a campaign that goes into a paper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sassafras.report.figures.files import Format, write_figures
from sassafras.report.figures.plotted import Size
from sassafras.report.files import write_text
from sassafras.report.page.material import Material
from sassafras.report.paper_tables import paper_tables
from sassafras.report.plots import material_figures


def write_paper_figures(
    folder: Path, material: Material, formats: Sequence[Format], size: Size
) -> list[Path]:
    """Write every figure in every format, and every table as ``NAME.tex``; returns their paths. The same
    campaign gives the same bytes.
    """
    paths = write_figures(folder, material_figures(material), formats, size)
    for table in paper_tables(material):
        path = folder / f"{table.name}.tex"
        write_text(path, table.latex())
        paths.append(path)
    return paths
