"""A share as it was sampled: events among the trials of each stratum, and how large the strata are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sassafras.analysis.intervals import CONFIDENCE
from sassafras.analysis.weighted import Estimate
from sassafras.analysis.weighted_interval import weighted_interval, weighted_none_seen


@dataclass(frozen=True)
class Proportion:
    """``events`` among ``trials``, and ``weights`` (above 0), of each stratum; no strata: nothing is known.
    One stratum of weight 1 is a plain count. ``anytime``: the data said when to stop, intervals are
    anytime-valid. ``known``: it was counted, and lies between these two (which differ only where something
    could not be run).
    """

    events: tuple[int, ...]
    trials: tuple[int, ...]
    weights: tuple[float, ...]
    anytime: bool = False
    known: tuple[float, float] | None = None

    @property
    def n(self) -> int:
        """Events, counted."""
        return sum(self.events)

    @property
    def total(self) -> int:
        """Trials, counted."""
        return sum(self.trials)

    def estimate(self, confidence: float = CONFIDENCE) -> Estimate:
        """The share and its interval (see `weighted_interval`). Without trials the share is NaN. Strata
        without trials take the mean share of the others; the interval says that they may hold anything.
        """
        if self.known is not None:
            return Estimate(self.known[0], *self.known)
        if not self.weights:
            return Estimate(float("nan"), 0.0, 1.0)
        return _estimate(self, confidence)

    def below(self) -> float:
        """Where no event was seen in one trial or more, the 95 % upper bound of the share (one-sided; where
        intervals are anytime-valid, their end); elsewhere NaN.
        """
        if self.n or not self.total or not self.weights or self.known is not None:
            return float("nan")
        if self.anytime:
            return self.estimate().high
        return weighted_none_seen(np.array(self.trials, np.int64), np.array(self.weights, np.float64))


@lru_cache(maxsize=16384)
def _estimate(of: Proportion, confidence: float) -> Estimate:
    k, n, w = np.array(of.events, np.int64), np.array(of.trials, np.int64), np.array(of.weights, np.float64)
    if not n.any():
        return Estimate(float("nan"), 0.0, float(w.sum()))
    low, high = weighted_interval(k, n, w, anytime=of.anytime, confidence=confidence)
    return Estimate(weighted_share(k, n, w), low, high)


def weighted_share(
    events: NDArray[np.int64], trials: NDArray[np.int64], weights: NDArray[np.float64]
) -> float:
    """Sum of weights * events / trials; strata without trials are given the weighted mean of the others."""
    sampled = trials > 0
    part = float(weights[sampled] @ (events[sampled] / trials[sampled]))
    return part * float(weights.sum() / weights[sampled].sum())
