"""Failures in time of the register file: raw rate x bits x AVF (DESIGN section 6), as a band.

FIT: failures in 10^9 hours of a device that does nothing else than this inference, over and over. Values add
up over launches, and so over kernels and over layers; intervals do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from enum import StrEnum

import pandas as pd

from sassafras.analysis.avf import AVF_ENDINGS, CRITICAL, READ, share_of
from sassafras.analysis.endings import Ending
from sassafras.analysis.raw_rates import MULTI_BIT, MultiBitShare, RateBand
from sassafras.analysis.weighted import Estimate
from sassafras.simulation.outcome import Severity

LIMIT = 10.0  #: FIT that safety-critical systems are held to (paper, sections 1 and 3.3)
SECONDS_PER_HOUR = 3600.0


class FitOutcome(StrEnum):
    """What a rate is of: single endings, and sums of them."""

    MALFUNCTION = "MALFUNCTION"
    INVALID_OUTPUT = "INVALID_OUTPUT"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    NO_MALFUNCTION = "NO_MALFUNCTION"
    DUE = "DUE"
    DETECTED = "DETECTED"
    SDC = "SDC"  #: all severities together
    CRITICAL = "CRITICAL"  #: what hardening is there to prevent (`sassafras.analysis.critical`)
    FAILURE = "FAILURE"  #: critical, DUE or DETECTED: not the right answer
    AVF = "AVF"  #: SDC, DUE or DETECTED

    @property
    def kinds(self) -> tuple[str, ...]:
        """The columns of the cells that it sums (`sassafras.analysis.avf.avf_cells`)."""
        return _KINDS[self]


_KINDS: dict[FitOutcome, tuple[str, ...]] = {
    **{FitOutcome(e.value): (e,) for e in AVF_ENDINGS},
    FitOutcome.SDC: tuple(Ending(severity.value) for severity in Severity),
    FitOutcome.CRITICAL: (CRITICAL,),
    FitOutcome.FAILURE: (CRITICAL, Ending.DUE, Ending.DETECTED),
    FitOutcome.AVF: AVF_ENDINGS,
}
_DUE_WITH_ECC = (FitOutcome.DUE, FitOutcome.FAILURE, FitOutcome.AVF)


class Ecc(StrEnum):
    """Protection of the register file by the hardware."""

    NONE = "none"
    SECDED = "SECDED"  #: single-bit errors corrected, double-bit errors in a word detected: a DUE


@dataclass(frozen=True)
class Fit:
    """A rate in FIT. ``lowest``, ``highest``: the estimated share at the lowest and the highest raw rate;
    ``low``, ``high``: with the 95 % interval of the share as well.
    """

    lowest: float
    highest: float
    low: float
    high: float


@dataclass(frozen=True)
class Rates:
    """What turns a share of strikes into FIT: the band of raw rates, the bits, and for ECC the share of
    upsets that flip two bits of a word.
    """

    band: RateBand
    bits: int
    multi_bit: MultiBitShare = field(default=MULTI_BIT)

    def fit(self, share: Estimate, ecc: Ecc) -> Fit:
        """FIT of a share of all strikes."""
        low, high = self.band.fit_of(self.bits)
        if ecc is Ecc.SECDED:
            low, high = low * self.multi_bit.low, high * self.multi_bit.high
        return Fit(low * share.value, high * share.value, low * share.low, high * share.high)


def outcome_share(cells: pd.DataFrame, outcome: FitOutcome, ecc: Ecc) -> Estimate:
    """Share of strikes that end so. With SECDED: of double-bit upsets, all of which are corrected or
    detected when the word is read, and harmless where it is not.
    """
    if ecc is Ecc.NONE:
        return share_of(cells, outcome.kinds)
    return share_of(cells, (READ,)) if outcome in _DUE_WITH_ECC else Estimate(0.0, 0.0, 0.0)


def fit_of(cells: pd.DataFrame, outcome: FitOutcome, ecc: Ecc, rates: Rates) -> Fit:
    """FIT of one outcome in some launches."""
    return rates.fit(outcome_share(cells, outcome, ecc), ecc)


def unknown_fit(cells: pd.DataFrame, ecc: Ecc, rates: Rates) -> Fit:
    """What launches that nothing was injected into may add: from nothing to every strike."""
    return rates.fit(Estimate(0.0, 0.0, float(cells["weight"].sum())), ecc)


BY = ("total", "kernel", "layer", "launch")


def fit_table(
    cells: pd.DataFrame,
    rates: Rates,
    injected: Sequence[str],
    outcomes: Sequence[FitOutcome] = tuple(FitOutcome),
) -> pd.DataFrame:
    """Every rate: columns ``ecc``, ``by`` (of `BY`), ``name``, ``outcome``, ``n`` (strikes), ``share`` with
    ``share_low`` and ``share_high``, ``fit_lowest``, ``fit_highest``, ``fit_low``, ``fit_high`` (see `Fit`).

    Only launches of the ``injected`` kernels. ``outcomes``: those that the program can have.
    """
    known = cells[cells["kernel"].isin(injected)]
    rows = []
    for ecc in Ecc:
        for by, name, part in _parts(known):
            for outcome in outcomes:
                share = outcome_share(part, outcome, ecc)
                found = rates.fit(share, ecc)
                struck = int(part["n"].sum())
                rows.append((ecc.value, by, name, outcome.value, struck, *astuple(share), *astuple(found)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


COLUMNS = (
    "ecc", "by", "name", "outcome", "n", "share", "share_low", "share_high",
    "fit_lowest", "fit_highest", "fit_low", "fit_high",
)  # fmt: skip


def _parts(cells: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    parts = [("total", "all", cells)]
    for by in BY[1:]:
        parts += [(by, str(name), rows) for name, rows in cells.groupby(by, sort=False)]
    return parts


class Verdict(StrEnum):
    """A rate beside the limit."""

    BELOW = "below the limit"
    ABOVE = "above the limit"
    UNDECIDED = "cannot be told from the limit: the band reaches over it"
    UNKNOWN = "cannot be told: some kernels were not injected into"

    @property
    def word(self) -> str:
        """For a cell of a table."""
        return {Verdict.UNDECIDED: "undecided", Verdict.UNKNOWN: "cannot\nbe told"}.get(
            self, self.name.lower()
        )


def verdict(found: Fit, limit: float = LIMIT) -> Verdict:
    """Below when the whole band is, above when the whole band is; else nobody can say."""
    if found.high <= limit:
        return Verdict.BELOW
    return Verdict.ABOVE if found.low > limit else Verdict.UNDECIDED


def within_limit(cells: pd.DataFrame, injected: Sequence[str], ecc: Ecc, rates: Rates) -> Verdict:
    """Whether the failures of the *whole* inference stay below the limit: launches of kernels that were not
    ``injected`` may add nothing, or every strike in them. Only where both give the same answer there is one.
    """
    known = cells["kernel"].isin(injected)
    found = fit_of(cells[known], FitOutcome.FAILURE, ecc, rates)
    if known.all():
        return verdict(found)
    more = unknown_fit(cells[~known], ecc, rates).high
    decided = verdict(Fit(found.lowest, found.highest, found.low, found.high + more))
    return Verdict.UNKNOWN if decided is Verdict.UNDECIDED else decided


def per_inferences(found: Fit, seconds: float) -> Fit:
    """Failures in 10^9 inferences of so many (modelled) seconds each."""
    hours = seconds / SECONDS_PER_HOUR
    return Fit(*(x * hours for x in (found.lowest, found.highest, found.low, found.high)))
