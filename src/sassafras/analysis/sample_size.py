"""How many injections an interval of a given width takes, before any is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sassafras.analysis.intervals import CONFIDENCE
from sassafras.campaign.design.lanes import certain_number
from sassafras.faults.strata import Stratify

MOST = 10**12  #: injections; more are never the answer


_LEAST = float(np.finfo(np.float64).tiny)  #: fewer events than that overflow SciPy's beta function


def fixed_half_width(trials: int, share: float, confidence: float = CONFIDENCE) -> float:
    """Half the width of the Clopper-Pearson interval where just this share of the trials are events (their
    number may be a fraction: the width between the two counts around it).
    """
    tail = (1 - confidence) / 2
    events = share * trials
    low = 0.0 if events < _LEAST else float(stats.beta.ppf(tail, events, trials - events + 1))
    high = 1.0 if events == trials else float(stats.beta.ppf(1 - tail, events + 1, trials - events))
    return (high - low) / 2


def sample_size(half_width: float, share: float = 0.5, confidence: float = CONFIDENCE) -> int:
    """Fewest injections, of a number fixed beforehand, whose interval has at most this half-width if the
    share turns out so; one half is the worst case. Raises ValueError where that takes more than 10^12.
    """
    return _fewest(lambda n: fixed_half_width(n, share, confidence) <= half_width)


def _fewest(enough: Callable[[int], bool]) -> int:
    """The smallest number that is enough, given that every larger one is."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST:
            raise ValueError(f"more than {MOST:,} injections")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Aim:
    """What is wanted: every share known to within ``half_width``, at this confidence, if it is
    ``expected``.
    """

    half_width: float
    expected: float = 0.5
    confidence: float = CONFIDENCE

    @property
    def injections(self) -> int:
        """Of a mode, or of a kernel or layer that is asked for by itself."""
        return sample_size(self.half_width, self.expected, self.confidence)


@dataclass(frozen=True)
class Way:
    """One way to get there. ``options``: of ``sassafras run``; ``injections``: over all modes; ``most``:
    True where fewer may do.
    """

    what: str
    options: str
    injections: int
    at_most: bool = False


def needs(weights: pd.DataFrame, aim: Aim) -> pd.DataFrame:
    """For every mode, kernel and layer the uniform injections of the mode until enough have fallen there.

    ``weights``: see `sampling.population_weights`. Columns: ``mode``, ``part`` ("mode", "kernel" or
    "layer"), ``name``, ``weight``, ``uniform``.
    """
    n = aim.injections
    rows: list[tuple[str, str, str, float, int]] = []
    for mode, mine in weights.groupby("mode", sort=False):
        rows.append((str(mode), "mode", str(mode), 1.0, n))
        for part in ("kernel", "layer"):
            sums = mine.groupby(part, sort=part == "layer")["weight"].sum()
            rows += [
                (str(mode), part, str(name), float(w), int(np.ceil(n / w))) for name, w in sums.items() if w
            ]
    return pd.DataFrame(rows, columns=["mode", "part", "name", "weight", "uniform"])


def ways(table: pd.DataFrame, aim: Aim) -> list[Way]:
    """What each kind of campaign would take, from `needs`."""
    n = aim.injections
    modes = table["mode"].nunique()
    found = [Way("each mode as a whole", f"--injections {n}", n * modes)]
    if aim.confidence == CONFIDENCE:
        goal = f"--until {aim.half_width * 100:g}%"
        most = certain_number(aim.half_width) * modes
        found.append(Way("every outcome, stopped when known", goal, most, at_most=True))
    for stratify in Stratify:
        parts = table[table["part"] == stratify.value]
        options = f"--stratify {stratify} --per-stratum {n}"
        found.append(Way(f"each {stratify} by itself", options, n * len(parts)))
        longest = parts.groupby("mode", sort=False)["uniform"].max()
        uniform = f"--injections {longest.max()}"
        found.append(Way(f"each {stratify}, without strata", uniform, int(longest.max()) * modes))
    return found
