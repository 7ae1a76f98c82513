"""Weighted failures as injected: what the planner predicts, measured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.weighted import Estimate, weighted_sum
from sassafras.faults.model import Mode
from sassafras.hardening.fates import FATES, Weights, fates


def weighted_failures(
    before: pd.DataFrame,
    fresh: pd.DataFrame,
    exposures: Mapping[Mode, float],
    weights: Weights,
    critical: Criticality = PLAIN,
) -> Estimate:
    """Weighted failures of a hardened program, in shares of the unhardened program's faults, with their 95 %
    interval.

    ``before``, ``fresh``: injections into either program's own population, mixed of modes alike;
    ``exposures``: by mode, how often the hardened program is hit for once that the unhardened one is.
    """
    weigh, events, trials = [], [], []
    for mode, exposure in exposures.items():
        share = float((before["mode"] == mode.value).mean()) if len(before) else 0.0
        ended = fates(fresh[fresh["mode"] == mode.value], critical)
        weigh.append(share * exposure * weights.vector)
        events.append(np.bincount(ended, minlength=len(FATES)))
        trials.append(np.full(len(FATES), len(ended)))
    counted = np.concatenate(weigh) > 0
    each, seen, injected = (np.concatenate(part)[counted] for part in (weigh, events, trials))
    return weighted_sum(each, seen, injected)
