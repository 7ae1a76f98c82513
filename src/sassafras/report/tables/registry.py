"""Every table of the program by what it is made of. What a function has nothing to say about is no table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sassafras.report.listed import Listed

if TYPE_CHECKING:
    from sassafras.analysis.compare import Compared
    from sassafras.analysis.results import Results
    from sassafras.hardening.fit_study import FitStudy
    from sassafras.interchange.imported import Imported
    from sassafras.report.page.material import Material
    from sassafras.report.table import Table

CAMPAIGN: Listed[Results, Table] = Listed(__package__)
OWN: Listed[Results, Table] = Listed(__package__)  #: of faults that the user chose
EXACT: Listed[Results, Table] = Listed(__package__)  #: of a whole population, counted by classes
HARDEN: Listed[Mapping[str, Any], Table] = Listed(__package__)  #: of the content of ``harden.json``
FIT: Listed[FitStudy, Table] = Listed(__package__)
COMPARE: Listed[Compared, Table] = Listed(__package__)
FORMER: Listed[Compared, Table] = Listed(__package__)  #: a former campaign beside today's
IMPORTED: Listed[Imported, Table] = Listed(__package__)
PAGE: Listed[Material, Table] = Listed(__package__)  #: of the page alone, at places among the campaign's


def campaign_tables(results: Results) -> list[Table]:
    """The tables of a campaign: of a sample, of faults that the user chose, or of a whole population."""
    if results.sampling.counted is not None:
        return EXACT.of(results)
    return (OWN if results.sampling.chosen else CAMPAIGN).of(results)


def page_tables(material: Material) -> list[Table]:
    """The tables of the page and of papers: of the campaign, its kernels, the register file and, where it was
    studied, of its hardening.
    """
    hardening, former = material.hardening, material.former
    return [
        *([] if former is None else FORMER.of(former)),
        *PAGE.of(material),
        *CAMPAIGN.of(material.results),
        *([] if hardening is None else HARDEN.of(hardening.numbers)),
    ]
