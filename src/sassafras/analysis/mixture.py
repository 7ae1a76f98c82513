"""Fault models are populations of their own: outcomes of each, and words for what mixes them.

In a campaign with several models these take turns, so that each has its equal part of a mode's faults: a
share of the mode is the mean of those of its models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sassafras.analysis.intervals import IntervalMethod
from sassafras.analysis.sampling import Sampling
from sassafras.analysis.stratified import weighted_breakdown
from sassafras.analysis.vulnerability import Whole, breakdown, of_mode
from sassafras.faults.model import FaultModel, Mode

COLUMNS = ("mode", "model", "outcome", "n", "total", "share", "low", "high", "below")

_PARTS = {2: "half", 3: "a third", 4: "a quarter"}


def by_model(
    injections: pd.DataFrame, models: Mapping[Mode, Sequence[FaultModel]], sampling: Sampling
) -> pd.DataFrame:
    """Outcomes of each mode and fault model, a row per `OutcomeClass`: `COLUMNS`, shares of the injections of
    that mode and model as `vulnerability` has them; weighted where the sample is stratified.
    """
    tables = [
        _of_model(of_mode(injections, mode), mode, model, sampling)
        for mode, own in models.items()
        for model in own
    ]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]


def _of_model(rows: pd.DataFrame, mode: Mode, model: FaultModel, sampling: Sampling) -> pd.DataFrame:
    rows = rows[rows["model"] == model.value]
    if sampling.stratify is None:
        method: IntervalMethod = sampling.method
        table = breakdown(rows, "model", values=[model.value], method=method)
    else:
        weights = sampling.model_weights
        own = weights[(weights["mode"] == mode.value) & (weights["model"] == model.value)]
        anytime = sampling.until is not None
        table = weighted_breakdown(
            rows, own, sampling.stratify, "model", [model.value], Whole.ALL, anytime=anytime
        )
    return table.assign(mode=mode.value)


def is_mixed(models: Mapping[Mode, Sequence[FaultModel]]) -> bool:
    """Whether any mode has more than one model."""
    return any(len(own) > 1 for own in models.values())


def mixture_words(models: Mapping[Mode, Sequence[FaultModel]]) -> str:
    """What the modes' shares mix: "mixture of single-bit and random-value, half each", mode by mode where
    they differ; "" where no mode has more than one model.
    """
    said: dict[str, list[str]] = {}
    for mode, own in models.items():
        said.setdefault(_mixture(own), []).append(mode.value)
    if not is_mixed(models):
        return ""
    if len(said) == 1:
        return next(iter(said))
    return "; ".join(f"{', '.join(modes)}: {words}" for words, modes in said.items())


def _mixture(models: Sequence[FaultModel]) -> str:
    names = [model.value for model in models]
    if len(names) == 1:
        return f"{names[0]} alone"
    part = _PARTS.get(len(names), f"one in {len(names)}")
    return f"mixture of {', '.join(names[:-1])} and {names[-1]}, {part} each"
