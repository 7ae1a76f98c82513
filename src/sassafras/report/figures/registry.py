"""Every figure, once: a function from data to figures (one per mode, or one) and who shows it. A new figure:
its function, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sassafras.analysis.results import Results
from sassafras.report.figures import breakdowns, changes, deaths, pareto, vulnerability
from sassafras.report.figures.value import Figure
from sassafras.report.page.hardened import Hardening


@dataclass(frozen=True)
class Kind:
    """A kind of figure of a campaign. ``run``: ``sassafras run`` writes its files too, not the page and
    ``report --figures`` alone.
    """

    make: Callable[[Results], list[Figure]]
    run: bool = False


CAMPAIGN: dict[str, Kind] = {
    "outcomes": Kind(breakdowns.outcomes),
    "ckv": Kind(vulnerability.ckv, run=True),
    "clv": Kind(vulnerability.clv, run=True),
    "changes": Kind(changes.changes),
    "critical": Kind(changes.critical),
    "deaths": Kind(deaths.deaths),
    "bits": Kind(breakdowns.bits),
    "groups": Kind(breakdowns.groups),
    "opcodes": Kind(breakdowns.opcodes),
}
HARDENING: dict[str, Callable[[Hardening], list[Figure]]] = {
    "hardened_ckv": lambda of: vulnerability.hardened_ckv(of.before, of.after, str(of.protection)),
    "hardened_clv": lambda of: vulnerability.hardened_clv(of.before, of.after, str(of.protection)),
    "pareto": pareto.pareto,
}


def campaign_figures(results: Results, *, run: bool = False) -> list[Figure]:
    """Every figure of a campaign; ``run``: those alone that ``sassafras run`` writes."""
    return [figure for kind in CAMPAIGN.values() if kind.run or not run for figure in kind.make(results)]


def hardening_figures(hardening: Hardening) -> list[Figure]:
    """Every figure of a study of hardening."""
    return [figure for make in HARDENING.values() for figure in make(hardening)]
