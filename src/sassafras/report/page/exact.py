"""A whole population, counted by kinds of fault, as a page: what the terminal prints."""

from __future__ import annotations

from sassafras.analysis.events import Event
from sassafras.analysis.results import Results
from sassafras.report.page.filled import filled
from sassafras.report.tables.exact import exact_shares
from sassafras.report.tables.registry import EXACT


def exact_page(results: Results) -> str:
    """The page: one file that needs nothing else. The same campaign gives the same bytes."""
    page = filled("exact.html.j2", (), results=results, lead=_lead(results), tables=EXACT.of(results))
    return results.vocabulary.said_on_page(page)


def _lead(results: Results) -> str:
    """How many faults there are, and how many of them are critical."""
    shares, counted = exact_shares(results), results.sampling.counted
    assert counted is not None
    row = shares[(shares["part"] == "mode") & (shares["event"] == Event.CRITICAL.value)].iloc[0]
    faults = int(counted["faults"].sum())
    return (
        f"Of all {faults:,} single-bit faults {int(row['faults']):,} are critical, "
        f"{row['share'] * 100:.4g} % of them by weight."
    )
