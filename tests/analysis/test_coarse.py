from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sassafras.analysis.coarse import beside, coarse_outcomes
from sassafras.analysis.intervals import interval


def rows(*found: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(found, columns=["mode", "kernel", "outcome"])


IMPORTED = rows(
    *[("RF", "gemm", "MASKED")] * 6,
    *[("RF", "gemm", "SDC")] * 2,
    *[("RF", "fill", "DUE")] * 2,
    ("RF", "fill", None),
    ("IOV", "gemm", "SDC"),
)


def share(table: pd.DataFrame, **where: str) -> tuple[int, int]:
    for column, value in where.items():
        table = table[table[column] == value]
    (row,) = table.to_dict("records")
    low, high = interval(row["n"], row["total"])
    assert (row["low"], row["high"]) == (pytest.approx(float(low)), pytest.approx(float(high)))
    assert row["share"] == row["n"] / row["total"]
    return row["n"], row["total"]


def test_shares_of_modes_and_kernels() -> None:
    of_mode = coarse_outcomes(IMPORTED, ["mode"])
    assert share(of_mode, mode="RF", outcome="MASKED") == (6, 10)
    assert share(of_mode, mode="RF", outcome="DUE") == (2, 10)
    assert share(of_mode, mode="IOV", outcome="SDC") == (1, 1)
    kernels = coarse_outcomes(IMPORTED, ["mode", "kernel"], of_mode=True)
    assert share(kernels, mode="RF", kernel="fill", outcome="DUE") == (2, 10)
    assert share(kernels, mode="RF", kernel="gemm", outcome="SDC") == (2, 10)
    assert kernels[kernels["mode"] == "RF"]["share"].sum() == pytest.approx(1)


def test_nothing_classified_is_nothing() -> None:
    nothing = coarse_outcomes(rows(("RF", "k", None)), ["mode"])
    assert nothing.empty
    assert "share" in nothing.columns


def test_what_hardened_kernels_notice_is_folded_in() -> None:
    noticed = rows(("RF", "k", "CORRECTED"), ("RF", "k", "DETECTED"))
    table = coarse_outcomes(noticed, ["mode"])
    assert share(table, outcome="MASKED") == (1, 2)
    assert share(table, outcome="DUE") == (1, 2)


def test_side_by_side() -> None:
    own = rows(*[("RF", "gemm", "MASKED")] * 3, *[("RF", "gemm", "SDC")] * 17, ("IOA", "gemm", "DUE"))
    both = beside(IMPORTED, own, ["mode"])
    assert set(both["mode"]) == {"RF"}
    row = both[both["outcome"] == "MASKED"].iloc[0]
    assert (row["n_imported"], row["total_emulated"]) == (6, 20)
    assert row["p"] == pytest.approx(stats.fisher_exact(np.array([[6, 4], [3, 17]])).pvalue)
