"""How many times as large one share is as another, of independent samples.

* *Two counts*: the score interval of Koopman (Biometrics 40, 1984, 513-517): every ratio that Pearson's
  chi-squared statistic, with the shares that are likeliest under that ratio (Miettinen and Nurminen,
  Statistics in Medicine 4, 1985), does not reject at 5 %. It exists at 0 and at n events.
* *Weighted estimates* (strata, a mixture of modes): MOVER on logarithms (Zou and Donner, Statistics in
  Medicine 27, 2008) from the 95 % intervals of both.
* *Anytime-valid estimates*, and weighted ones of which one saw no event (which has no logarithm): the union
  bound, from the 97.5 % intervals of both.

docs/statistics.md says how often they hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from scipy import special

from sassafras.analysis.intervals import CONFIDENCE
from sassafras.analysis.proportion import Proportion

_FAR = 60.0  #: |logarithm| of a ratio beyond which it is 0 or infinite
_HALVINGS = 60


class RatioInterval(StrEnum):
    """How the interval of a ratio is made."""

    KOOPMAN = "Koopman"
    MOVER = "MOVER on logarithms"
    UNION_BOUND = "union bound"


@dataclass(frozen=True)
class Ratio:
    """Second share / first share, and its 95 % interval. ``value`` is NaN where the first saw no event (or a
    side has no trials); ``high`` may be infinite.
    """

    value: float
    low: float
    high: float
    interval: RatioInterval

    def times(self, factor: float) -> Ratio:
        """The ratio in another unit: the factor is known exactly."""
        return Ratio(self.value * factor, self.low * factor, self.high * factor, self.interval)


def ratio(first: Proportion, second: Proportion) -> Ratio:
    """How many times as large the second is as the first."""
    if not first.anytime and not second.anytime and len(first.weights) == len(second.weights) == 1:
        counted = koopman(first.events[0], first.trials[0], second.events[0], second.trials[0])
        return counted.times(second.weights[0] / first.weights[0])
    one, other = first.estimate(), second.estimate()
    value = other.value / one.value if first.n and second.total else math.nan
    if first.anytime or second.anytime or not first.n or not second.n:
        return Ratio(value, *_union(first, second), RatioInterval.UNION_BOUND)
    down = math.hypot(_log_ratio(other.value, other.low), _log_ratio(one.high, one.value))
    up = math.hypot(_log_ratio(other.high, other.value), _log_ratio(one.value, one.low))
    return Ratio(value, value * math.exp(-down), value * math.exp(up), RatioInterval.MOVER)


def _union(first: Proportion, second: Proportion) -> tuple[float, float]:
    both = 1 - (1 - CONFIDENCE) / 2
    one, other = first.estimate(both), second.estimate(both)
    return other.low / one.high, other.high / one.low if one.low > 0 else math.inf


def _log_ratio(above: float, below: float) -> float:
    return math.log(above / below) if below > 0 else math.inf


@lru_cache(maxsize=4096)
def koopman(first: int, first_trials: int, second: int, second_trials: int) -> Ratio:
    """Koopman's interval of (second / its trials) / (first / its trials)."""
    if not first_trials or not second_trials:
        return Ratio(math.nan, 0.0, math.inf, RatioInterval.KOOPMAN)
    value = (second / second_trials) / (first / first_trials) if first else math.nan
    limit = float(special.ndtri((1 + CONFIDENCE) / 2)) ** 2

    def rejected(log_ratio: float) -> bool:
        return _statistic(math.exp(log_ratio), first, first_trials, second, second_trials) > limit

    if not first and not second:
        return Ratio(value, 0.0, math.inf, RatioInterval.KOOPMAN)
    # Where one saw no event, the ratio seen is at an end: begin there.
    seen = math.log(value) if first and second else (-_FAR if first else _FAR)
    low = math.exp(_edge(rejected, seen, -_FAR)) if second else 0.0
    high = math.exp(_edge(rejected, seen, _FAR)) if first else math.inf
    return Ratio(value, low, high, RatioInterval.KOOPMAN)


def _edge(rejected: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where rejection begins, between a ratio that is not rejected and one that is."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if rejected(middle):
            outside = middle
        else:
            inside = middle
    return outside


def _statistic(theta: float, k1: int, n1: int, k2: int, n2: int) -> float:
    """Pearson's chi-squared of both counts, under the likeliest shares p1 and p2 = theta p1: the smaller root
    of theta (n1 + n2) p1^2 - (n1 + k2 + theta (n2 + k1)) p1 + k1 + k2 = 0.
    """
    a, b, c = theta * (n1 + n2), n1 + k2 + theta * (n2 + k1), float(k1 + k2)
    p1 = 2 * c / (b + math.sqrt(max(0.0, b * b - 4 * a * c)))
    return _pearson(k1, n1, p1) + _pearson(k2, n2, theta * p1)


def _pearson(k: int, n: int, p: float) -> float:
    p = min(p, 1.0)
    excess = (k - n * p) ** 2
    return excess / max(n * p * (1 - p), 1e-300) if excess > 1e-18 * n * n else 0.0
