"""``--figures``: everything of a campaign that goes into a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from sassafras.report.chart import charts
from sassafras.report.files import write_text
from sassafras.report.page.material import Material
from sassafras.report.paper_bars import paper_bars
from sassafras.report.paper_pareto import paper_pareto
from sassafras.report.paper_style import Format, Size, save
from sassafras.report.renderers.csv import comma_separated
from sassafras.report.renderers.latex import latex
from sassafras.report.tables.registry import page_tables


def write_paper_figures(
    folder: Path, material: Material, formats: Sequence[Format], size: Size
) -> list[Path]:
    """Write every figure in every format, and every table as ``NAME.tex`` and ``NAME.csv``; returns their
    paths. The same campaign gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in paper_figures(material, size):
        for kind in formats:
            path = folder / f"{name}.{kind.value}"
            save(figure, path, kind, size)
            paths.append(path)
    for table in page_tables(material):
        for suffix, render in (("tex", latex), ("csv", comma_separated)):
            path = folder / f"{table.name}.{suffix}"
            write_text(path, render(table))
            paths.append(path)
    return paths


def paper_figures(material: Material, size: Size) -> Iterator[tuple[str, Figure]]:
    """Every figure with its name."""
    for chart in charts(material.results):
        yield chart.name, paper_bars(chart, size)
    if material.hardening is not None:
        for pair in material.hardening.pairs:
            for chart in pair:
                yield chart.name, paper_bars(chart, size)
        yield "pareto", paper_pareto(material.hardening, size)
