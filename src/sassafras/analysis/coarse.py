"""Outcomes as other injectors know them: MASKED, DUE, SDC. For their results, and for ours beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from sassafras.analysis.intervals import interval, none_seen_bound
from sassafras.simulation.outcome import Outcome

COARSE = (Outcome.MASKED, Outcome.DUE, Outcome.SDC)
_COARSER = {Outcome.CORRECTED.value: Outcome.MASKED.value, Outcome.DETECTED.value: Outcome.DUE.value}


def coarse_outcomes(injections: pd.DataFrame, by: Sequence[str], *, of_mode: bool = False) -> pd.DataFrame:
    """A row for every combination of the ``by`` columns that occurs and every outcome of `COARSE`: ``n``,
    ``total``, ``share``, ``low``, ``high`` (95 % Clopper-Pearson), ``below`` (where none was seen, the
    one-sided upper bound, else NaN).

    ``total``: rows of the combination, or with ``of_mode`` all of its mode (CKV). Rows without an outcome
    count nowhere. A missing value is a value of its own, "".
    """
    rows = injections[injections["outcome"].notna()]
    keys = rows[list(by)].astype(object).where(rows[list(by)].notna(), "")
    outcome = rows["outcome"].replace(_COARSER)
    columns = ["n", "total", "share", "low", "high", "below"]
    if rows.empty:
        return pd.DataFrame(columns=[*by, "outcome", *columns])
    counts = pd.crosstab([keys[name] for name in by], outcome)
    counts = counts.reindex(columns=[o.value for o in COARSE], fill_value=0)
    totals = rows["mode"].value_counts() if of_mode else counts.sum(axis=1)
    found = []
    for found_key, row in counts.iterrows():
        key = found_key if isinstance(found_key, tuple) else (found_key,)
        total = int(totals[key[list(by).index("mode")]] if of_mode else row.sum())
        for name in counts.columns:
            n = int(row[name])
            low, high = interval(n, total)
            below = math.nan if n else float(none_seen_bound(total))
            found.append((*key, name, n, total, n / total, float(low), float(high), below))
    return pd.DataFrame(found, columns=[*by, "outcome", *columns])


def beside(imported: pd.DataFrame, own: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Two campaigns side by side, where both have injections: shares of each, and ``p`` of Fisher's exact
    test that they are of one kind.
    """
    first, second = coarse_outcomes(imported, by), coarse_outcomes(own, by)
    both = first.merge(second, on=[*by, "outcome"], suffixes=("_imported", "_emulated"))
    tables = both[["n_imported", "total_imported", "n_emulated", "total_emulated"]].to_numpy(np.int64)
    both["p"] = [
        float(stats.fisher_exact(np.array([[a, n - a], [b, m - b]])).pvalue) for a, n, b, m in tables.tolist()
    ]
    return both
