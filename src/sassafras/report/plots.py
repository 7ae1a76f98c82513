"""Figures outside the page: for whoever works in Python, by the names of their files, and for papers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from matplotlib.figure import Figure as Drawing

from sassafras.analysis.compare import Compared
from sassafras.analysis.results import Results, read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.record import on_record
from sassafras.campaign.source import check_finished, open_to_read
from sassafras.errors import UsageError
from sassafras.hardening.fit_study import FitStudy
from sassafras.hardening.study import Study
from sassafras.report.figures.comparison import comparison
from sassafras.report.figures.files import Format, write_figures
from sassafras.report.figures.fit import fit
from sassafras.report.figures.plotted import SCREEN, SIZES, Size, draw
from sassafras.report.figures.registry import campaign_figures, hardening_figures
from sassafras.report.figures.value import Figure
from sassafras.report.files import write_text
from sassafras.report.page.hardened import hardening_of
from sassafras.report.page.material import Material, gather
from sassafras.report.renderers.csv import comma_separated
from sassafras.report.renderers.latex import latex
from sassafras.report.tables.registry import page_tables

Plotted = Campaign | Path | str | Study | Compared | FitStudy


def plots(what: Plotted, *, columns: int | None = None) -> dict[str, Drawing]:
    """The figures of a finished campaign (or of its folder), or of what ``harden``, ``compare`` or ``fit``
    found: matplotlib figures by name, in the order of the report. Nothing is written.

    A campaign has every figure of its page, such as ``ckv_MODE``, ``deaths_MODE`` or ``opcodes_MODE``; where
    its folder holds a study of hardening, also ``harden_*``. ``columns``: as for a paper (`sassafras report
    --figures`), 1 or 2 columns wide. Raises UsageError and, for an unfinished campaign, CampaignError.
    """
    if columns not in (None, *SIZES):
        raise UsageError(f"columns {columns}: a figure is 1 or 2 columns wide")
    size = SCREEN if columns is None else SIZES[columns]
    return {figure.name: draw(figure, size) for figure in _figures(what)}


def _figures(what: Plotted) -> list[Figure]:
    if isinstance(what, Compared):
        return comparison(what)
    if isinstance(what, FitStudy):
        return fit(what)
    if isinstance(what, Study):
        return hardening_figures(hardening_of(what, _results(what.campaign)))
    if isinstance(what, Campaign):
        check_finished(what)
        record, shape = on_record(what)
        return material_figures(gather(record, shape, read_results(record, shape, synthetic=what.rendered)))
    campaign = open_to_read(what)
    with closing(campaign.store):
        return _figures(campaign)


def material_figures(material: Material) -> list[Figure]:
    """Every figure of a campaign, and of its study of hardening."""
    study = material.hardening
    return campaign_figures(material.results) + ([] if study is None else hardening_figures(study))


def _results(campaign: Campaign) -> Results:
    """The rows of a campaign, however it was opened: one that is only read has no frames to ask."""
    return read_results(*on_record(campaign), synthetic=campaign.rendered)


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
