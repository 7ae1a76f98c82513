"""Faults of a campaign, one of each class of ending in each mode, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sassafras.campaign.campaign import Campaign
from sassafras.explanation.case import Case, open_case
from sassafras.explanation.stored import row_of
from sassafras.explanation.story import Explanation
from sassafras.explanation.tell import explain
from sassafras.simulation.record import Injection

CLASS = ["mode", "outcome", "severity", "due_kind", "masked_reason"]


@dataclass(frozen=True, eq=False)
class Told:
    """A stored row, its case and its explanation."""

    row: Injection
    case: Case
    explanation: Explanation


def one_of_each(rows: pd.DataFrame) -> list[int]:
    """Ids: the one in the middle of each class of ending."""
    classes = rows.assign(**{name: rows[name].fillna("") for name in CLASS}).groupby(CLASS)
    return [int(members["id"].iloc[len(members) // 2]) for _, members in classes]


def tell(campaign: Campaign, fault: int) -> Told:
    """Explain one fault of a campaign."""
    row = row_of(campaign.injections(), fault)
    assert row is not None
    case = open_case(campaign, str(fault))
    return Told(row, case, explain(case))
