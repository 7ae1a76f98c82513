"""Intervals of a proportion that hold at every number of trials at once: a confidence sequence.

Whoever looks at an ordinary 95 % interval again and again, and stops when it pleases, is wrong more often
than 5 %. A confidence sequence may be looked at after each trial, and stopped, gone on with or quoted at any
time and for any reason: with probability 95 % *all* its intervals, over an endless campaign, hold the
proportion.

How: a proportion p stays in the interval as long as its test martingale M(p) is below 1 / (1 - confidence).
M(p) is the likelihood of what was seen, averaged over a beta distribution, by its likelihood under p. Under
p it is a martingale that begins at 1, so that by Ville's inequality it ever reaches 1 / alpha with
probability alpha at most: nothing asymptotic, nothing normal about it. (J. Ville, Étude critique de la
notion de collectif, 1939; H. Robbins, Annals of Mathematical Statistics 41, 1970: the method of mixtures; S.
Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Annals of Statistics 49, 2021; I. Waudby-Smith, A. Ramdas,
Journal of the Royal Statistical Society B 86, 2024: a martingale for each p.)

The average may be another one for each p. Here it lies around p, about as wide as what some hundred to some
ten thousand trials leave open. That makes the interval 1.4 to 1.9 times as wide as the exact one for a
number of trials fixed beforehand (from 300 to 100 000 trials), where one average for all p costs 1.8 to 2.5
times. It depends on neither goal nor cap: both may be changed at any time.

Where fault models take turns and differ, the proportion is their mean. M is then a supermartingale over
whole turns (log(1 + p c) is concave in p), and all of the above holds at multiples of the number of models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_STEPS = 60  #: of bisection: more than a float64 in (0, 1) has bits to tell apart


def log_martingale(events: ArrayLike, trials: ArrayLike, proportion: ArrayLike) -> Floats:
    """Logarithm of M(proportion) after so many events in so many trials; float64 of the broadcast shape."""
    from scipy.special import betaln, xlog1py, xlogy  # slow to import, and only a goal needs it

    k, n, p = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (events, trials, proportion)))
    strength = 50 + 700 * p * (1 - p)
    a, b = strength * p + 0.5, strength * (1 - p) + 0.5
    mixture = betaln(a + k, b + n - k) - betaln(a, b)
    return np.asarray(mixture - xlogy(k, p) - xlog1py(n - k, -p))


def anytime_bounds(events: Floats, trials: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Lower and upper bounds, float64 of the shape of ``events`` and ``trials`` (equal). 0 and 1 where there
    are no trials; 0 without events, 1 where every trial was one.

    What is left is an interval around events / trials (further out than where M reaches its limit it stays
    above it: a test walks there): its ends are found by bisection, and rounded outwards.
    """
    centre = np.divide(events, trials, out=np.full(events.shape, 0.5), where=trials > 0)
    low = _end(events, trials, centre, np.zeros_like(centre), alpha)
    high = _end(events, trials, centre, np.ones_like(centre), alpha)
    nothing = trials == 0
    return (
        np.where(nothing | (events == 0), 0.0, low),
        np.where(nothing | (events == trials), 1.0, high),
    )


def _end(events: Floats, trials: Floats, inside: Floats, outside: Floats, alpha: float) -> Floats:
    """The end of the interval between a proportion inside and one that is not."""
    limit = -np.log(alpha)
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        stays = log_martingale(events, trials, middle) < limit
        inside, outside = np.where(stays, middle, inside), np.where(stays, outside, middle)
    return outside
