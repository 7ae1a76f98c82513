"""Shares with their intervals, as figures show them: one kind of bound where nothing was seen."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sassafras.analysis.intervals import none_seen_bound
from sassafras.hardening.ranking import Share, share
from sassafras.report.numbers import share_label, share_text, with_unit

Row = Mapping[Hashable, Any]  #: of a table of the analysis (`vulnerability`)


@dataclass(frozen=True)
class Estimate:
    """``n`` events in ``trials``: the share in 0..1 (None without trials) and the ends of its interval. Where
    no event was seen these are 0 and the one-sided 95 % upper bound, which the label says too.
    """

    n: int
    trials: int
    share: float | None
    low: float
    high: float

    @property
    def below(self) -> float | None:
        """The bound, where no event was seen."""
        return self.high if self.share is not None and self.n == 0 else None

    @property
    def label(self) -> str:
        """In percent: the share, or the bound below which an unseen one lies ("<0.30"); a dash without
        trials.
        """
        return share_label(*self._parts)

    @property
    def text(self) -> str:
        """With its interval and unit: "12.7 (10.7–14.9) %", "below 0.30 %"."""
        return with_unit(share_text(*self._parts))

    @property
    def _parts(self) -> tuple[float, float, float, float]:
        found = math.nan if self.share is None else self.share
        return found, self.low, self.high, math.nan if self.below is None else self.below


def of_row(row: Row) -> Estimate:
    """A row of a table of the analysis."""
    found, low, high, below = (float(row[name]) for name in ("share", "low", "high", "below"))
    end = high if math.isnan(below) else below
    return Estimate(int(row["n"]), int(row["total"]), None if math.isnan(found) else found, low, end)


def of_share(found: Share) -> Estimate:
    """A share of a ranking."""
    if not found.trials:
        return Estimate(0, 0, None, 0.0, 1.0)
    end = found.high if found.n else float(none_seen_bound(found.trials))
    return Estimate(found.n, found.trials, found.value, found.low, end)


def of_counts(n: int, trials: int) -> Estimate:
    """Events of trials of a plain sample."""
    return of_share(share(n, trials))


def table_rows(table: pd.DataFrame, column: str) -> dict[Any, dict[str, Row]]:
    """The rows of a table of the analysis, by the value of its column and by outcome, in their order."""
    found: dict[Any, dict[str, Row]] = {}
    for row in table.to_dict("records"):
        found.setdefault(row[column], {})[str(row["outcome"])] = row
    return found
