"""Comparisons against counting rows by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.analysis.finished import finished

from sassafras.analysis.compare import Compared, compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.differences import holm, independent, overall, paired
from sassafras.analysis.intervals import interval
from sassafras.faults.model import Mode

CRITICAL = {"MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"}
UNLIKE = (0.7, 0.1, 0.1, 0.05, 0.05)


def compared(*campaigns: Any) -> Compared:
    return compare(contest([(str(c.path.parent), c) for c in campaigns]))


def rows_of(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def happened(rows: pd.DataFrame, event: str) -> list[bool]:
    words = [s if o == "SDC" else o for o, s in zip(rows["outcome"], rows["severity"], strict=True)]
    return [word in CRITICAL if event == "CRITICAL" else word == event for word in words]


def chosen(rows: pd.DataFrame, row: Any) -> tuple[pd.DataFrame, list[bool]]:
    """The trials of a row of a table, and the events among them."""
    rows = rows[rows["mode"] == row.mode]
    if row.part == "layer":
        rows = rows[rows["layer"] == int(row.value)]
    hits = happened(rows, row.event)
    if row.part == "kernel":
        hits = [hit and kernel == row.value for hit, kernel in zip(hits, rows["kernel"], strict=True)]
    return rows, hits


def test_shares_by_hand() -> None:
    campaigns = {"A": finished("one"), "B": finished("two", UNLIKE, dice=1, seed=3)}
    table = compared(*campaigns.values()).shares
    keys = ["part", "mode", "value", "event", "campaign"]
    assert not table.duplicated(keys).any()
    # 2 modes, 6 endings and Critical, 2 campaigns; 3 kernels and 14 layers.
    assert table.groupby("part").size().to_dict() == {"mode": 28, "kernel": 84, "layer": 392}
    for row in rows_of(table):
        rows, hits = chosen(campaigns[str(row.campaign)].injections, row)
        assert (row.n, row.total) == (sum(hits), len(rows))
        low, high = interval(sum(hits), len(rows))
        assert (row.low, row.high) == (float(low), float(high))
        assert pd.isna(row.share) if not len(rows) else row.share == sum(hits) / len(rows)


def test_differences_of_independent_campaigns_by_hand() -> None:
    one, two = finished("one"), finished("two", UNLIKE, dice=1, seed=3)
    found = compared(one, two)
    assert found.paired_with_first == ()
    for row in rows_of(found.differences):
        (_, before), (_, after) = chosen(one.injections, row), chosen(two.injections, row)
        expected = independent(sum(before), len(before), sum(after), len(after))
        assert (row.n_reference, row.total_reference) == (sum(before), len(before))
        assert (row.n, row.total) == (sum(after), len(after))
        assert [row.difference, row.low, row.high] == [expected.value, expected.low, expected.high]
        if 0 < sum(before) + sum(after) < len(before) + len(after):
            assert (row.p_value, row.test) == (expected.p_value, "Fisher")
        else:
            assert pd.isna(row.p_value)
            assert pd.isna(row.p_holm)
    masked = found.significant().query("part == 'mode' and mode == 'RF' and event == 'MASKED'")
    assert len(masked) == 1
    assert masked["difference"].iloc[0] > 0.15


def test_differences_of_the_same_faults_by_hand() -> None:
    """McNemar over the faults that both have."""
    one, two = finished("one"), finished("two", UNLIKE, dice=1, injections=120)
    found = compared(one, two)
    assert found.paired_with_first == ("B",)
    for row in rows_of(found.differences):
        (first, before), (second, after) = chosen(one.injections, row), chosen(two.injections, row)
        a, b = dict(zip(first["id"], before, strict=True)), dict(zip(second["id"], after, strict=True))
        pairs = [(a[k], b[k]) for k in a.keys() & b.keys()]
        cells = [sum(pair == c for pair in pairs) for c in ((1, 1), (1, 0), (0, 1), (0, 0))]
        expected = paired(*cells)
        assert (row.total_reference, row.total) == (len(pairs), len(pairs))
        assert (row.n_reference, row.n) == (cells[0] + cells[1], cells[0] + cells[2])
        assert [row.difference, row.low, row.high] == [expected.value, expected.low, expected.high]
        if pd.notna(row.test):
            assert (row.p_value, row.test) == (expected.p_value, "McNemar")


def test_holm_within_each_part() -> None:
    found = compared(finished("one"), finished("two", UNLIKE, dice=1, seed=3)).differences
    for part in ("mode", "kernel", "layer"):
        tested = found[(found["part"] == part) & found["p_value"].notna()]
        assert tested["p_holm"].tolist() == holm(tested["p_value"].tolist()).tolist()


def test_a_campaign_against_itself_differs_nowhere() -> None:
    found = compared(finished("one"), finished("two"))
    assert (found.differences["difference"] == 0).all()
    assert found.differences["p_value"].dropna().eq(1).all()
    assert found.significant().empty


def test_three_campaigns() -> None:
    campaigns = [
        finished(str(k), chances, dice=k, seed=k)
        for k, chances in enumerate([UNLIKE, UNLIKE, (0.2, 0.5, 0.1, 0.1, 0.1)])
    ]
    found = compared(*campaigns)
    assert set(found.differences["campaign"]) == {"B", "C"}
    for row in rows_of(found.overall):
        hits = [chosen(c.injections, row)[1] for c in campaigns]
        p_value, test = overall([sum(h) for h in hits], [len(h) for h in hits])
        assert (row.p_value, row.test) == (p_value, test.value)
    assert (found.overall.query("part == 'mode' and event == 'MASKED'")["p_holm"] < 0.001).all()
    assert found.overall["p_holm"].tolist() != found.overall["p_value"].tolist()


def test_alarms_are_shown_where_some_campaign_has_them() -> None:
    plain, hardened = finished("one"), finished("two", (0.5, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05), seed=4)
    assert [e.value for e in compared(plain, finished("three", seed=5)).events] == [
        *("MASKED", "DUE", "CRITICAL", "MALFUNCTION"),
        *("INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION"),
    ]
    assert {"CORRECTED", "DETECTED"} <= {e.value for e in compared(plain, hardened).events}


def false_alarms(seeds: Sequence[int]) -> int:
    """Parts with a significant difference between campaigns that differ in nothing but their seed."""
    count = 0
    for seed in seeds:
        one = finished("one", dice=seed, seed=2 * seed, injections=60, modes=(Mode.IOV,))
        two = finished("two", dice=seed + 10_000, seed=2 * seed + 1, injections=60, modes=(Mode.IOV,))
        count += int("mode" in set(compared(one, two).significant()["part"]))
    return count


@pytest.mark.long
def test_false_alarms_are_rarer_than_the_level() -> None:
    """20 comparisons of equals: at 5 % no more than 4 with any false difference (chance of more: 0.3 %)."""
    assert false_alarms(range(20)) <= 4


def test_the_order_of_rows_does_not_matter() -> None:
    one, two = finished("one"), finished("two", UNLIKE, dice=1, injections=120)
    expected = compared(one, two)
    order = np.random.Generator(np.random.Philox(1)).permutation(len(two.injections))
    two.injections.iloc[:] = two.injections.iloc[order].to_numpy()
    pd.testing.assert_frame_equal(compared(one, two).differences, expected.differences)
