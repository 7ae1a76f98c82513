"""Figures for whoever works in Python: those that the commands write, by the names of their files."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from matplotlib.figure import Figure

from sassafras.analysis.compare import Compared
from sassafras.analysis.results import Results, read_results
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.record import on_record
from sassafras.campaign.source import check_finished, open_to_read
from sassafras.errors import UsageError
from sassafras.hardening.fit_study import FitStudy
from sassafras.hardening.study import Study
from sassafras.report.chart import charts
from sassafras.report.compare_figures import compare_figures
from sassafras.report.figures import draw
from sassafras.report.fit_figure import draw_fit
from sassafras.report.harden_charts import before_after
from sassafras.report.harden_figures import pareto_figure
from sassafras.report.page.material import gather
from sassafras.report.paper_figures import paper_figures
from sassafras.report.paper_pareto import paper_pareto
from sassafras.report.paper_style import SIZES

Plotted = Campaign | Path | str | Study | Compared | FitStudy


def plots(what: Plotted, *, columns: int | None = None) -> dict[str, Figure]:
    """The figures of a finished campaign (or of its folder), or of what ``harden``, ``compare`` or ``fit``
    found: matplotlib figures by name, in the order of the report. Nothing is written.

    A campaign has ``ckv_MODE`` and ``clv_MODE``; where its folder holds a study of hardening, also
    ``harden_before_*``, ``harden_after_*`` and ``harden_pareto``. ``columns``: those for a paper (`sassafras
    report --figures`), 1 or 2 columns wide. Raises UsageError and, for an unfinished campaign, CampaignError.
    """
    if isinstance(what, Study | Compared | FitStudy):
        if columns is not None:
            raise UsageError("columns are of the plots of a campaign: give it, or its folder")
        return _of_answer(what)
    if columns not in (None, *SIZES):
        raise UsageError(f"columns {columns}: a figure is 1 or 2 columns wide")
    if isinstance(what, Campaign):
        return _of_campaign(what, columns)
    campaign = open_to_read(what)
    with closing(campaign.store):
        return _of_campaign(campaign, columns)


def _of_answer(what: Study | Compared | FitStudy) -> dict[str, Figure]:
    if isinstance(what, Compared):
        return {f"compare_{name}": figure for name, figure in compare_figures(what).items()}
    if isinstance(what, FitStudy):
        return {"fit": draw_fit(what)}
    before = _results(what.campaign)
    pairs = before_after(before, what.evaluation.fresh, what.protection)
    return {"harden_pareto": pareto_figure(what)} | {f"harden_{c.name}": draw(c) for c in pairs}


def _of_campaign(campaign: Campaign, columns: int | None) -> dict[str, Figure]:
    check_finished(campaign)
    record, shape = on_record(campaign)
    results = read_results(record, shape, synthetic=campaign.rendered)
    material = gather(record, shape, results)
    if columns is not None:
        return dict(paper_figures(material, SIZES[columns]))
    found = {chart.name: draw(chart) for chart in charts(material.results)}
    if material.hardening is not None:
        found["harden_pareto"] = paper_pareto(material.hardening, SIZES[2])
        found |= {f"harden_{chart.name}": draw(chart) for pair in material.hardening.pairs for chart in pair}
    return found


def _results(campaign: Campaign) -> Results:
    """The rows of a campaign, however it was opened: one that is only read has no frames to ask. Bars show
    outcomes; what is critical among them, at whatever tolerance, changes none.
    """
    return read_results(*on_record(campaign), synthetic=campaign.rendered)
