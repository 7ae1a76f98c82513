"""Every figure, once: functions from data to figures (one per mode, or one), by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sassafras.report.figures.words import in_words
from sassafras.report.listed import Listed

if TYPE_CHECKING:
    from sassafras.analysis.results import Results
    from sassafras.report.figures.value import Figure
    from sassafras.report.page.hardened import Hardening

CAMPAIGN: Listed[Results, Figure] = Listed(__package__)
"""Marked: ``sassafras run`` writes its files too, not the page and ``report --figures`` alone."""
HARDENING: Listed[Hardening, Figure] = Listed(__package__)


def campaign_figures(results: Results, *, run: bool = False) -> list[Figure]:
    """Every figure of a campaign; ``run``: those alone that ``sassafras run`` writes."""
    made = [figure for make in CAMPAIGN if CAMPAIGN.marked(make) or not run for figure in make(results)]
    return [in_words(figure, results.vocabulary) for figure in made]


def hardening_figures(hardening: Hardening) -> list[Figure]:
    """Every figure of a study of hardening."""
    return HARDENING.of(hardening)
