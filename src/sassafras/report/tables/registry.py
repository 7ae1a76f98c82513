"""Every table of the program by what it is made of: a function each, one line each. What a function has
nothing to say about is no table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sassafras.analysis.compare import Compared
from sassafras.analysis.results import Results
from sassafras.hardening.fit_study import FitStudy
from sassafras.interchange.imported import Imported
from sassafras.report.page.material import Material
from sassafras.report.table import Table
from sassafras.report.tables import (
    avf,
    campaign,
    compare,
    fit,
    glance,
    harden,
    imported,
    kernels,
    own,
    ranking,
    sampling,
)

_Made = TypeVar("_Made")
Maker = Callable[[_Made], list[Table]]

CAMPAIGN: tuple[Maker[Results], ...] = (
    campaign.outcomes,
    campaign.by_model,
    campaign.over_frames,
    sampling.lanes,
    sampling.beside_uniform,
    sampling.exact_masking,
    campaign.ckv,
    campaign.clv,
    campaign.sums,
    campaign.kinds,
    ranking.ranking,
)
OWN: tuple[Maker[Results], ...] = (own.own_outcomes, own.one_by_one)
HARDEN: tuple[Maker[harden.Numbers], ...] = (
    ranking.ranking_before,
    harden.table2,
    harden.front,
    harden.points,
    harden.failures,
    harden.before_after,
    harden.replay,
    harden.survivors,
)
FIT: tuple[Maker[FitStudy], ...] = (fit.avf, fit.parts, fit.programs)
COMPARE: tuple[Maker[Compared], ...] = (
    compare.campaigns,
    compare.failures,
    compare.outcomes,
    compare.parts,
)
IMPORTED: tuple[Maker[Imported], ...] = (imported.outcomes, imported.kernels, imported.categories)


def tables(makers: Iterable[Maker[_Made]], of: _Made) -> list[Table]:
    """What these functions make of it."""
    return [table for make in makers for table in make(of)]


def campaign_tables(results: Results) -> list[Table]:
    """The tables of a campaign: of a sample, or of faults that the user chose."""
    return tables(OWN if results.sampling.chosen else CAMPAIGN, results)


def page_tables(material: Material) -> list[Table]:
    """The tables of the page and of papers: of the campaign, its kernels, the register file and, where it was
    studied, of its hardening.
    """
    hardening, former = material.hardening, material.former
    return [
        *([] if former is None else compare.history(former)),
        glance.glance(material),
        kernels.table1(material),
        *tables(CAMPAIGN, material.results),
        *avf.avf(material.avf),
        *([] if hardening is None else tables(HARDEN, hardening.numbers)),
    ]
