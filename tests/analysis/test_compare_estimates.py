"""Comparisons of sampled campaigns: which method where, and only on what all have."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.analysis.finished import KERNELS, PLACES, finished

from sassafras.analysis.compare import Compared, compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.differences import holm
from sassafras.analysis.estimated_differences import estimated
from sassafras.analysis.proportion import Proportion
from sassafras.campaign.record import CampaignRecord
from sassafras.faults.census import Cell
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.strata import Stratify

UNLIKE = (0.7, 0.1, 0.1, 0.05, 0.05)
SITES = dict(zip(PLACES, (500, 300, 150, 50), strict=True))


def strata(name: str, *arguments: Any, **settings: Any) -> CampaignRecord:
    """Stratified by kernel: `PLACES` is drawn from uniformly, the population lies there as `SITES` say."""
    made = finished(name, *arguments, stratify=Stratify.KERNEL, **settings)
    census = tuple(
        Cell(mode, model, kernel, layer, sites, sites, 0)
        for mode in made.settings.modes
        for model in made.settings.models
        for (kernel, layer), sites in SITES.items()
    )
    return replace(made, census=census)


def compared(*campaigns: CampaignRecord) -> Compared:
    return compare(contest([(str(one.path.parent), one) for one in campaigns]))


def hits(one: CampaignRecord, mode: str, kernel: str) -> tuple[int, int]:
    """DUEs and injections."""
    rows = one.injections[(one.injections["mode"] == mode) & (one.injections["kernel"] == kernel)]
    return int((rows["outcome"] == "DUE").sum()), len(rows)


def test_strata_against_counts_by_hand() -> None:
    plain, weighted = finished("one"), strata("two", UNLIKE, dice=1, seed=3)
    found = compared(plain, weighted)
    row = found.differences.query("part == 'mode' and mode == 'IOV' and event == 'DUE'").iloc[0]
    cells = [hits(weighted, "IOV", kernel) for kernel in KERNELS]
    weights = (0.5, 0.35, 0.15)
    assert row["share"] == pytest.approx(sum(w * k / n for w, (k, n) in zip(weights, cells, strict=True)))
    counted = [hits(plain, "IOV", kernel) for kernel in KERNELS]
    first = Proportion((sum(k for k, _ in counted),), (sum(n for _, n in counted),), (1.0,))
    second = Proportion(tuple(k for k, _ in cells), tuple(n for _, n in cells), weights)
    expected = estimated(first, second)
    assert [row["difference"], row["low"], row["high"]] == pytest.approx(
        [expected.value, expected.low, expected.high], abs=1e-9
    )
    assert (row["interval"], row["test"]) == ("MOVER", "MOVER")
    assert row["p_value"] == pytest.approx(expected.p_value)
    assert row["share_reference"] == first.n / first.total
    kernel = found.shares.query("part == 'kernel' and mode == 'IOV' and event == 'DUE' and campaign == 'B'")
    (k, n), share = cells[0], kernel[kernel["value"] == "im2col_gpu"].iloc[0]
    assert (share["n"], share["total"]) == (k, n)
    assert share["share"] == pytest.approx(0.5 * k / n), "CKV: a share of all faults"


def test_kernels_that_both_have() -> None:
    """Weights are those of the shared kernels' faults."""
    weighted, few = strata("one", seed=3), finished("two", kernels=KERNELS[1:], seed=4)
    few = replace(few, injections=few.injections[few.injections["kernel"] != KERNELS[0]])
    row = compared(weighted, few).shares.query("part == 'mode' and mode == 'RF' and event == 'DUE'").iloc[0]
    (k1, n1), (k2, n2) = (hits(weighted, "RF", kernel) for kernel in KERNELS[1:])
    assert row["share"] == pytest.approx(0.7 * k1 / n1 + 0.3 * k2 / n2)


@pytest.mark.parametrize("goal_first", [True, False])
def test_sequential_ones_by_the_union_bound(goal_first: bool) -> None:
    """240 of each mode: the first look, at which +-20 % is reached."""
    until, plain = finished("one", seed=3, injections=240, until=0.2), finished("two", UNLIKE, dice=1)
    found = compared(until, plain) if goal_first else compared(plain, until)
    assert set(found.differences["interval"]) == {"union bound"}
    row = found.differences.query("part == 'mode' and mode == 'RF' and event == 'MASKED'").iloc[0]
    counts = []
    for one in (until, plain):
        masked = one.injections.query("mode == 'RF'")["outcome"].eq("MASKED")
        anytime = one.settings.until is not None
        counts.append(Proportion((int(masked.sum()),), (len(masked),), (1.0,), anytime))
    expected = estimated(*(counts if goal_first else counts[::-1]))
    assert [row["low"], row["high"]] == [expected.low, expected.high]
    assert row["p_value"] == expected.p_value < 0.05
    letter = "A" if goal_first else "B"
    assert f"{letter}: shares are anytime-valid" in found.contest.notes


def test_three_of_three_kinds() -> None:
    """Each difference by its own method, all in one family for Holm, and no test of all together."""
    campaigns = (
        finished("one"),
        finished("two", UNLIKE, dice=1, seed=3),
        strata("three", UNLIKE, dice=2, seed=4),
    )
    found = compared(*campaigns)
    methods = found.differences.groupby("campaign")["interval"].unique().map(list).to_dict()
    assert methods == {"B": ["Newcombe"], "C": ["MOVER"]}
    for _, part in found.differences[found.differences["p_value"].notna()].groupby("part"):
        assert part["p_holm"].tolist() == holm(part["p_value"].tolist()).tolist()
    assert found.overall.empty
    significant = found.significant().query("part == 'mode' and mode == 'IOV' and event == 'MASKED'")
    assert set(significant["campaign"]) == {"B", "C"}


def test_the_same_faults_of_strata_are_not_paired() -> None:
    one = strata("one")
    again = replace(one, path=one.path.parent.parent / "again" / "results.sqlite")
    found = compared(one, again)
    assert found.paired_with_first == ()
    assert (found.differences["difference"] == 0).all()
    assert found.significant().empty
    assert any(
        "A and B hold the same faults, but are not plain samples" in note for note in found.contest.notes
    )
    assert not any("same seed" in note for note in compared(one, finished("two")).contest.notes), (
        "own numbers"
    )


@pytest.mark.long
def test_false_alarms_are_rarer_than_the_level() -> None:
    """10 comparisons of equals, strata against counts: at 5 %, more than 3 have a chance of 0.1 %."""
    few = {"injections": 80, "modes": (Mode.IOV,), "models": (FaultModel.SINGLE_BIT,)}
    campaigns = [
        (finished if k % 2 else strata)(str(k), dice=k, seed=k, **few)  # type: ignore[arg-type]
        for k in range(11)
    ]
    alarms = [len(compared(*pair).significant().query("part == 'mode'")) for pair in pairwise(campaigns)]
    assert sum(count > 0 for count in alarms) <= 3
