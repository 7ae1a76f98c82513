"""Shares of a whole population that was counted by classes: one fault of each was run, and weighs what its
class does (`faults.classes`). No sampling error; what could not be run is the whole of the doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sassafras.faults.classes import FaultClass
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode

if TYPE_CHECKING:
    from sassafras.campaign.record import CampaignRecord

COLUMNS = ("faults", "weight")


def counted_weights(classes: Sequence[FaultClass]) -> pd.DataFrame:
    """By id of the fault that was run: ``faults``, how many its class has, and ``weight``, its share of the
    population (all together are 1).
    """
    total = sum(one.weight for one in classes)
    rows = [(one.faults, one.weight / total) for one in classes]
    ids = [fault_id(Mode.IOV, number) for number in range(len(classes))]
    return pd.DataFrame(rows, index=pd.Index(ids, name="id"), columns=list(COLUMNS))


def with_weights(injections: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """The rows with what they stand for."""
    return injections.join(weights, on="id")


def bounds_of(weights: pd.Series, hits: pd.Series, base: pd.Series, every: int) -> tuple[float, float]:
    """Least and largest share of ``hits`` among ``base``: of rows with these weights, of ``every`` classes.
    They differ only where a class could not be run.
    """
    lost = 0.0 if len(weights) == every else max(0.0, 1.0 - float(weights.sum()))
    of, found = float(weights[base].sum()), float(weights[hits & base].sum())
    if of + lost == 0:
        return 0.0, 1.0
    return found / (of + lost), (found + lost) / (of + lost)


def counted_of(record: CampaignRecord) -> pd.DataFrame | None:
    """Of a campaign's store; None of a sample."""
    return counted_weights(record.classes) if record.settings.exact else None
