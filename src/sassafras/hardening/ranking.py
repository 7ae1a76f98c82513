"""Kernels by vulnerability, with what chance may have to do with their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.intervals import interval
from sassafras.faults.model import Mode
from sassafras.simulation.outcome import Outcome, Severity


@dataclass(frozen=True)
class Share:
    """Events of trials, with the share and its 95 % Clopper-Pearson interval (NaN-free: 0 without trials)."""

    n: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.n / self.trials if self.trials else 0.0


@lru_cache(maxsize=65536)
def share(n: int, trials: int) -> Share:
    """A share with its interval."""
    low, high = interval(n, trials)
    return Share(n, trials, float(low), float(high))


@dataclass(frozen=True)
class Ranked:
    """A kernel in the ranking.

    ``critical``: CKV of what is critical, over all modes; ``by_mode`` the same for each mode;
    ``malfunction``, ``invalid``, ``due``: CKV over all modes. ``best``, ``worst``: places that the intervals
    leave open; ``tied``: kernels whose intervals overlap this one's.
    """

    kernel: str
    critical: Share
    malfunction: Share
    invalid: Share
    due: Share
    by_mode: tuple[tuple[Mode, Share], ...]
    best: int
    worst: int
    tied: tuple[str, ...]


def rank(
    injections: pd.DataFrame,
    kernels: Sequence[str],
    modes: Sequence[Mode],
    critical: Criticality = PLAIN,
) -> tuple[Ranked, ...]:
    """The kernels, the most vulnerable first; equal ones in the order of ``kernels``.

    CKV is a share of all injections (DESIGN section 7), here of all modes together. Two kernels are tied
    where their intervals overlap: the campaign cannot tell which of them is more vulnerable.
    """
    severity = injections["severity"]
    happened = pd.DataFrame(
        {
            "critical": critical.rows(injections),
            "malfunction": severity == Severity.MALFUNCTION.value,
            "invalid": severity == Severity.INVALID_OUTPUT.value,
            "due": injections["outcome"] == Outcome.DUE.value,
        }
    )
    counts = happened.groupby([injections["kernel"], injections["mode"]]).sum()
    whole = counts.groupby(level=0).sum().to_dict()
    each, struck = counts["critical"].to_dict(), injections["mode"].value_counts().to_dict()

    def of_all(kernel: str, name: str) -> Share:
        return share(int(whole[name].get(kernel, 0)), len(injections))

    def of_mode(kernel: str, mode: Mode) -> Share:
        return share(int(each.get((kernel, mode.value), 0)), struck.get(mode.value, 0))

    shares = {k: of_all(k, "critical") for k in kernels}
    return tuple(
        Ranked(
            k,
            shares[k],
            of_all(k, "malfunction"),
            of_all(k, "invalid"),
            of_all(k, "due"),
            tuple((mode, of_mode(k, mode)) for mode in modes),
            *_places(k, shares),
        )
        for k in sorted(kernels, key=lambda k: -shares[k].n)
    )


def _places(kernel: str, shares: dict[str, Share]) -> tuple[int, int, tuple[str, ...]]:
    """The best and the worst place that the intervals leave a kernel, and with whom it is tied."""
    own, others = shares[kernel], [k for k in shares if k != kernel]
    above = [k for k in others if shares[k].low > own.high]
    below = [k for k in others if shares[k].high < own.low]
    tied = tuple(k for k in others if k not in above and k not in below)
    return 1 + len(above), len(shares) - len(below), tied
