"""Outcomes with the frame as a random effect: what the shares would be on other frames of the same kind.

The intervals elsewhere are over faults, with the frames as they are. Here the frames are a sample, too: each
is a cluster of injections. E. Korn and B. Graubard, "Confidence intervals for proportions with small expected
number of positive counts estimated from survey data", Survey Methodology 24 (1998) 193-201; the National
Center for Health Statistics of the United States makes the intervals of its proportions so (J. Parker and
others, Vital and Health Statistics 2(175), 2017), with the truncation at n as here. For k_f events in n_f
injections into each of F frames, k and n in all:

* variance of p = k / n, linearised, clusters drawn with replacement:
  v = F / (F - 1) * sum (k_f - p n_f)^2 / n^2;
* effective number of injections p (1 - p) / v, times (t(n - 1) / t(F - 1))^2 (the quantiles of Student's
  distribution: v comes from F numbers alone), at most n;
* Clopper and Pearson's interval for it, at p.

It is approximate; docs/statistics.md shows how often it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from sassafras.analysis.intervals import CONFIDENCE, interval_of_effective
from sassafras.analysis.outcomes import OutcomeClass, outcome_class
from sassafras.analysis.vulnerability import of_mode
from sassafras.faults.model import Mode

METHOD = "Korn-Graubard"
LEAST_FRAMES = 20  #: fewer say too little about how frames differ

Counts = NDArray[np.int64]


def korn_graubard(events: Counts, trials: Counts, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of the share of events over frames. Arrays (frames,), int64: events and injections of each.

    (NaN, NaN) where none or all of the injections are events, or fewer than two frames were struck: how
    frames differ is then not to be seen.
    """
    struck = trials > 0
    k, n = events[struck].astype(np.float64), trials[struck].astype(np.float64)
    frames, whole = len(n), float(n.sum())
    share = float(k.sum()) / whole if whole else 0.0
    if frames < 2 or not 0 < share < 1:
        return math.nan, math.nan
    variance = frames / (frames - 1) * float(((k - share * n) ** 2).sum()) / whole**2
    tail = 1 - (1 - confidence) / 2
    penalty = float(special.stdtrit(whole - 1, tail) / special.stdtrit(frames - 1, tail)) ** 2
    effective = whole if variance == 0 else min(whole, share * (1 - share) / variance * penalty)
    low, high = interval_of_effective(share * effective, effective, confidence)
    return float(low), float(high)


def over_frames(injections: pd.DataFrame, modes: Sequence[Mode]) -> pd.DataFrame | None:
    """The share of every outcome of each mode with its interval over frames: columns ``mode``, ``outcome``,
    ``frames`` (that were struck), ``n``, ``share``, ``low``, ``high`` (NaN: see `korn_graubard`).

    ``injections``: with ``mode``, ``frame``, ``outcome``, ``severity``, chosen uniformly, in a number fixed
    beforehand. Modes that struck fewer than `LEAST_FRAMES` frames are left out; None where all are.
    """
    rows = []
    for mode in modes:
        own = of_mode(injections, mode)
        trials = own.groupby("frame").size()
        if len(trials) < LEAST_FRAMES:
            continue
        endings = outcome_class(own)
        for outcome in OutcomeClass:
            hits = own[endings == outcome.value].groupby("frame").size().reindex(trials.index, fill_value=0)
            k, struck = np.asarray(hits, np.int64), np.asarray(trials, np.int64)
            low, high = korn_graubard(k, struck)
            n = int(hits.sum())
            rows.append((mode.value, outcome.value, len(trials), n, n / len(own), low, high))
    columns = ["mode", "outcome", "frames", "n", "share", "low", "high"]
    return pd.DataFrame(rows, columns=columns) if rows else None
