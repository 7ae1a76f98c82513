"""The same layers struck at two levels: in machine code, and, as tensor-level tools do it, in one value of
what a layer hands on. How far the second tells what the first does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import scipy  # loads its parts where they are used

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.differences import Difference, independent
from sassafras.simulation.outcome import Outcome


@dataclass(frozen=True)
class Counts:
    """Faults of a layer at one level. ``reached``: those that left the layer's memory other than golden (at
    tensor level all that changed a bit); ``due``: the device stopped.
    """

    total: int
    reached: int
    due: int
    critical: int


@dataclass(frozen=True)
class LayerLevels:
    """A layer at both levels. ``bias``: critical faults of the tensor level, as a share of all, less those of
    machine code; ``bias_reached``: the same where of machine code only faults count that reach memory (all
    that tensor level says anything about). Newcombe's intervals.
    """

    layer: str
    machine: Counts
    tensor: Counts
    bias: Difference
    bias_reached: Difference


@dataclass(frozen=True)
class Agreement:
    """Whether both levels put the layers in the same order, by share of critical faults. ``rho``: Spearman's,
    ``tau``: Kendall's rank correlation, with two-sided p-values (None: a level does not tell its layers
    apart).
    """

    rho: float | None
    rho_p: float | None
    tau: float | None
    tau_p: float | None


def counts_of(rows: pd.DataFrame, critical: Criticality = PLAIN) -> Counts:
    """Of the rows of one layer."""
    outcome = rows["outcome"]
    sdc = int((outcome == Outcome.SDC.value).sum())
    due = int((outcome == Outcome.DUE.value).sum())
    return Counts(len(rows), sdc, due, int(critical.rows(rows).sum()))


def layer_levels(
    layers: Sequence[str], machine: Mapping[str, Counts], tensor: Mapping[str, Counts]
) -> tuple[LayerLevels, ...]:
    """Of the layers that both levels have struck, in order."""
    found = []
    for layer in layers:
        if layer in machine and layer in tensor:
            one, other = machine[layer], tensor[layer]
            bias = independent(one.critical, one.total, other.critical, other.total)
            reached = independent(one.critical, one.reached, other.critical, other.total)
            found.append(LayerLevels(layer, one, other, bias, reached))
    return tuple(found)


def agreement(levels: Sequence[LayerLevels], *, reached: bool = False) -> Agreement:
    """Of the order of layers. ``reached``: by machine code's share among faults that reach memory."""
    chosen = [one for one in levels if not reached or one.machine.reached]
    first = [one.machine.critical / (one.machine.reached if reached else one.machine.total) for one in chosen]
    second = [one.tensor.critical / one.tensor.total for one in chosen]
    if len(set(first)) < 2 or len(set(second)) < 2:
        return Agreement(None, None, None, None)
    rho, tau = scipy.stats.spearmanr(first, second), scipy.stats.kendalltau(first, second)
    return Agreement(float(rho.statistic), float(rho.pvalue), float(tau.statistic), float(tau.pvalue))
