"""Every figure, once: a function from data to figures (one per mode, or one) and who shows it. A new figure:
its function, and one line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sassafras.analysis.results import Results
from sassafras.report.figures.breakdowns import bits, groups, opcodes, outcomes
from sassafras.report.figures.changes import changes, critical
from sassafras.report.figures.deaths import deaths
from sassafras.report.figures.pareto import pareto
from sassafras.report.figures.value import Figure
from sassafras.report.figures.vulnerability import ckv, clv, hardened_ckv, hardened_clv
from sassafras.report.page.hardened import Hardening


@dataclass(frozen=True)
class Kind:
    """A kind of figure of a campaign. ``run``: ``sassafras run`` writes its files too, not the page and
    ``report --figures`` alone.
    """

    make: Callable[[Results], list[Figure]]
    run: bool = False


CAMPAIGN: dict[str, Kind] = {
    "outcomes": Kind(outcomes),
    "ckv": Kind(ckv, run=True),
    "clv": Kind(clv, run=True),
    "changes": Kind(changes),
    "critical": Kind(critical),
    "deaths": Kind(deaths),
    "bits": Kind(bits),
    "groups": Kind(groups),
    "opcodes": Kind(opcodes),
}
HARDENING: dict[str, Callable[[Hardening], list[Figure]]] = {
    "hardened_ckv": lambda of: hardened_ckv(of.before, of.after, str(of.protection)),
    "hardened_clv": lambda of: hardened_clv(of.before, of.after, str(of.protection)),
    "pareto": pareto,
}


def campaign_figures(results: Results, *, run: bool = False) -> list[Figure]:
    """Every figure of a campaign; ``run``: those alone that ``sassafras run`` writes."""
    return [figure for kind in CAMPAIGN.values() if kind.run or not run for figure in kind.make(results)]


def hardening_figures(hardening: Hardening) -> list[Figure]:
    """Every figure of a study of hardening."""
    return [figure for make in HARDENING.values() for figure in make(hardening)]
