"""What is left in a hardened program, and whether that is little enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from scipy.special import betaincinv

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.intervals import CONFIDENCE
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import Share, share
from sassafras.simulation.outcome import Outcome, Severity

ENDINGS = (
    Outcome.MASKED.value,
    Outcome.CORRECTED.value,
    Outcome.DETECTED.value,
    Outcome.DUE.value,
    Severity.MALFUNCTION.value,
    Severity.INVALID_OUTPUT.value,
    Severity.LIGHT_MALFUNCTION.value,
    Severity.NO_MALFUNCTION.value,
)
"""Every way an injection may end; SDCs by their severity."""


@dataclass(frozen=True)
class Residual:
    """How the injections of a population ended. ``critical``: those that hardening is there to prevent."""

    injections: int
    endings: tuple[tuple[str, Share], ...]
    critical: Share

    def ending(self, name: str) -> Share:
        """The share of one ending."""
        return dict(self.endings)[name]


def endings(injections: pd.DataFrame) -> pd.Series:
    """How each injection ended: one of ENDINGS."""
    return injections["outcome"].where(injections["outcome"] != Outcome.SDC.value, injections["severity"])


def residual(injections: pd.DataFrame, mode: Mode | None = None, critical: Criticality = PLAIN) -> Residual:
    """Endings of all injections, or of a mode's."""
    rows = injections if mode is None else injections[injections["mode"] == mode.value]
    ended = endings(rows)
    n = len(rows)
    return Residual(
        n,
        tuple((name, share(int((ended == name).sum()), n)) for name in ENDINGS),
        share(int(critical.rows(rows).sum()), n),
    )


class Verdict(StrEnum):
    """Whether a target is met."""

    MEETS = "meets the target"
    MISSES = "does not meet the target"
    UNDECIDED = "not enough runs"


@dataclass(frozen=True)
class Judgement:
    """A verdict on the critical share. ``needed``: injections with which the observed share would decide,
    where it is undecided; None where no number would (the observed share is the target).
    """

    verdict: Verdict
    target: float
    observed: Share
    needed: int | None


def judge(observed: Share, target: float) -> Judgement:
    """Met when the whole interval lies at or below the target, missed when it lies above; else undecided."""
    if observed.high <= target:
        return Judgement(Verdict.MEETS, target, observed, None)
    if observed.low > target:
        return Judgement(Verdict.MISSES, target, observed, None)
    return Judgement(Verdict.UNDECIDED, target, observed, runs_needed(observed.value, target))


def runs_needed(observed: float, target: float) -> int | None:
    """Fewest injections (two digits, then noughts) with which such a share would be told from the target.

    By its Clopper-Pearson interval; an observed share is rounded to the next count away from a verdict. None
    where no number up to 10^10 would do: the observed share is the target.
    """
    tail = (1 - CONFIDENCE) / 2
    for trials in (digits * 10**power for power in range(9) for digits in range(10, 100)):
        if observed < target:
            events = math.ceil(observed * trials)
            decided = events < trials and betaincinv(events + 1, trials - events, 1 - tail) <= target
        else:
            events = math.floor(observed * trials)
            decided = events > 0 and betaincinv(events, trials - events + 1, tail) > target
        if decided:
            return int(trials)
    return None


def by_mode(
    injections: pd.DataFrame, modes: Sequence[Mode], critical: Criticality = PLAIN
) -> dict[str, Residual]:
    """Residuals of each mode and of all together ("all")."""
    found = {mode.value: residual(injections, mode, critical) for mode in modes}
    return found | {"all": residual(injections, None, critical)}
