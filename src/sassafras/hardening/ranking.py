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
    trials = len(injections)
    bad = critical.rows(injections)
    counts = {k: int((bad & (injections["kernel"] == k)).sum()) for k in kernels}
    shares = {k: share(counts[k], trials) for k in kernels}
    order = sorted(kernels, key=lambda k: -counts[k])
    return tuple(_ranked(injections, bad, k, shares, modes) for k in order)


def _ranked(
    injections: pd.DataFrame, bad: pd.Series, kernel: str, shares: dict[str, Share], modes: Sequence[Mode]
) -> Ranked:
    own = shares[kernel]
    others = [k for k in shares if k != kernel]
    above = [k for k in others if shares[k].low > own.high]
    below = [k for k in others if shares[k].high < own.low]
    rows = injections[injections["kernel"] == kernel]
    bad = bad[rows.index]
    by_mode = tuple(
        (m, share(int((bad & (rows["mode"] == m.value)).sum()), int((injections["mode"] == m.value).sum())))
        for m in modes
    )
    return Ranked(
        kernel=kernel,
        critical=own,
        malfunction=share(int((rows["severity"] == Severity.MALFUNCTION.value).sum()), own.trials),
        invalid=share(int((rows["severity"] == Severity.INVALID_OUTPUT.value).sum()), own.trials),
        due=share(int((rows["outcome"] == Outcome.DUE.value).sum()), own.trials),
        by_mode=by_mode,
        best=1 + len(above),
        worst=len(shares) - len(below),
        tied=tuple(k for k in others if k not in above and k not in below),
    )
