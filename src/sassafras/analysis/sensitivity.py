"""How much a verdict depends on the fault model: the models of one campaign beside each other, on the sites
that all of them have alike (`faults.shared_sites`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import scipy  # loads its parts where they are used

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.differences import holm, independent
from sassafras.analysis.events import Event, occurred
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.shared_sites import SharedSites

EVENTS = (Event.MASKED, Event.DUE, Event.CRITICAL, Event.PAPER_MALFUNCTION)


@dataclass(frozen=True)
class ModelShare:
    """An event under a model. ``difference``, ``low``, ``high``, ``p_holm``: from the first model (None: this
    is it); Newcombe's interval, Fisher's test, Holm's correction over the mode.
    """

    model: FaultModel
    n: int
    total: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_holm: float | None = None


@dataclass(frozen=True)
class Verdict:
    """An event of a mode under every model. ``low``, ``high``: the least and the largest share."""

    mode: Mode
    event: Event
    shares: tuple[ModelShare, ...]

    @property
    def low(self) -> ModelShare:
        """The model with the least share."""
        return min(self.shares, key=lambda one: one.n / max(one.total, 1))

    @property
    def high(self) -> ModelShare:
        """The model with the largest share."""
        return max(self.shares, key=lambda one: one.n / max(one.total, 1))

    @property
    def factor(self) -> float | None:
        """The largest share / the least one; None where that is 0."""
        least, most = self.low, self.high
        return None if not least.n else (most.n / most.total) / (least.n / least.total)

    @property
    def depends(self) -> bool:
        """Whether any model differs from the first at 5 %, corrected."""
        return any(one.p_holm is not None and one.p_holm < 0.05 for one in self.shares)


@dataclass(frozen=True)
class Ranking:
    """The kernels by critical faults under a model, the worst first (none without any). ``tau``: Kendall's
    rank correlation with the first model's counts over all kernels; None where it is not defined.
    """

    mode: Mode
    model: FaultModel
    kernels: tuple[str, ...]
    tau: float | None


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """``sites``: of each mode; ``left_out``: injections whose site not all models have."""

    models: tuple[FaultModel, ...]
    sites: tuple[SharedSites, ...]
    left_out: int
    verdicts: tuple[Verdict, ...]
    rankings: tuple[Ranking, ...] = field(repr=False)


def sensitivity(
    rows: pd.DataFrame,
    every: int,
    models: Sequence[FaultModel],
    sites: Sequence[SharedSites],
    critical: Criticality = PLAIN,
) -> Sensitivity:
    """``rows``: injections on shared sites (``mode``, ``model``, ``kernel``, ``outcome``, ``severity``),
    ``every``: how many there are of these models on any site. Raises UsageError where a model has none.
    """
    verdicts, rankings = [], []
    for one in sites:
        own = rows[rows["mode"] == one.mode.value]
        for model in models:
            if not (own["model"] == model.value).any():
                raise UsageError(f"mode {one.mode}: no injection of {model} is where all may strike")
        verdicts += _verdicts(own, one.mode, models, critical)
        rankings += _rankings(own, one.mode, models, critical)
    return Sensitivity(tuple(models), tuple(sites), every - len(rows), tuple(verdicts), tuple(rankings))


def _verdicts(
    rows: pd.DataFrame, mode: Mode, models: Sequence[FaultModel], critical: Criticality
) -> list[Verdict]:
    counts = {}
    for event in EVENTS:
        hits = occurred(rows, event, critical)
        counts[event] = [
            (int(hits[rows["model"] == model.value].sum()), int((rows["model"] == model.value).sum()))
            for model in models
        ]
    tests = {
        (event, k): independent(*found[0], *found[k])
        for event, found in counts.items()
        for k in range(1, len(models))
    }
    corrected = [float(p) for p in holm([one.p_value for one in tests.values()])]
    adjusted = dict(zip(tests, corrected, strict=True))
    found_ones = []
    for event, found in counts.items():
        shares = []
        for k, (model, (n, total)) in enumerate(zip(models, found, strict=True)):
            if (test := tests.get((event, k))) is None:
                shares.append(ModelShare(model, n, total))
            else:
                difference = test.value, test.low, test.high, adjusted[event, k]
                shares.append(ModelShare(model, n, total, *difference))
        found_ones.append(Verdict(mode, event, tuple(shares)))
    return found_ones


def _rankings(
    rows: pd.DataFrame, mode: Mode, models: Sequence[FaultModel], critical: Criticality
) -> list[Ranking]:
    kernels = sorted(rows["kernel"].unique())
    bad = rows[occurred(rows, Event.CRITICAL, critical).to_numpy(bool)]
    of = bad.groupby(["model", "kernel"]).size()
    counts = {m: [int(of.get((m.value, kernel), 0)) for kernel in kernels] for m in models}
    found = []
    for model in models:
        own = counts[model]
        order = sorted((k for k in range(len(kernels)) if own[k]), key=lambda k: (-own[k], kernels[k]))
        tau = None
        if model != models[0] and len(set(own)) > 1 and len(set(counts[models[0]])) > 1:
            tau = float(scipy.stats.kendalltau(counts[models[0]], own).statistic)
        found.append(Ranking(mode, model, tuple(kernels[k] for k in order), tau))
    return found
