"""What is said of strata and of a sequential stop."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.whole import printed

from sassafras.analysis.intervals import interval
from sassafras.analysis.results import Results
from sassafras.analysis.sampling import Sampling
from sassafras.campaign.design.lanes import Lane, Standing
from sassafras.faults.model import THREAD_MODES
from sassafras.faults.strata import Stratify
from sassafras.report.figures.plotted import draw
from sassafras.report.figures.registry import campaign_figures
from sassafras.report.page.facts import _sampling
from sassafras.report.table import Table
from sassafras.report.tables.registry import campaign_tables as tables
from sassafras.report.tables.sampling import beside_uniform, lanes

WEIGHTS = {("im2col_gpu", 0): 0.7, ("forward_maxpool", 1): 0.29996, ("softmax", 3): 0.00004}


def sampled(results: Results, stratify: Stratify | None, until: float | None) -> Results:
    labels = ["im2col_gpu", "forward_maxpool", "softmax"] if stratify else [""]
    standings = tuple(
        Standing(Lane(mode, number, label, 40), 20, 20, True, 0.123 if until else None, number == 0)
        for mode in THREAD_MODES
        for number, label in enumerate(labels)
    )
    rows = [(mode.value, *place, weight, 0.0) for mode in THREAD_MODES for place, weight in WEIGHTS.items()]
    weights = pd.DataFrame(rows, columns=["mode", "kernel", "layer", "weight", "dead"])
    return replace(results, sampling=Sampling(stratify, until, standings, weights))


def sampling_tables(results: Results) -> list[Table]:
    return [*lanes(results), *beside_uniform(results)]


def test_a_plain_campaign_has_none(results: Results) -> None:
    assert sampling_tables(results) == []


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("stratify", [None, Stratify.KERNEL])
@pytest.mark.parametrize("until", [None, 0.12])
def test_nothing_is_cut_off(
    results: Results, width: int, stratify: Stratify | None, until: float | None
) -> None:
    for table in tables(sampled(results, stratify, until)):
        text = printed(table, width)
        assert "…" not in text
        assert max(len(line) for line in text.splitlines()) <= width


def test_strata(results: Results) -> None:
    strata, beside = sampling_tables(sampled(results, Stratify.KERNEL, None))
    lines = [line.split() for line in printed(strata).splitlines()]
    assert ["RF", "im2col_gpu", "70.0", "14", "20"] in lines, "70 % of 20 would be 14"
    assert ["IOV", "softmax", "0.004", "0", "20"] in lines
    rows = [line for line in printed(beside).splitlines() if line.startswith("RF")]
    masked = sampled(results, Stratify.KERNEL, None).outcomes().iloc[0]
    low, high = interval(round(masked["share"] * 20), 20)
    half = (masked["high"] - masked["low"]) * 50, float(high - low) * 50
    for row, word, width in zip(rows, ("weighted", "uniform"), half, strict=True):
        assert row.split()[1:4] == [word, "20", f"±{width:.1f}"]


def test_a_sequential_stop(results: Results) -> None:
    (table,) = sampling_tables(sampled(results, None, 0.12))
    text = printed(table)
    assert "±12.3" in text
    assert "reached" in text
    assert "anytime-valid" in text
    strata, _ = sampling_tables(sampled(results, Stratify.KERNEL, 0.12))
    assert printed(strata).count("not within 40") == 6


def test_captions_name_the_intervals(results: Results) -> None:
    plain, sequential, weighted = (
        results,
        sampled(results, None, 0.12),
        sampled(results, Stratify.KERNEL, None),
    )
    for of, words in (
        (plain, "(Clopper-Pearson)"),
        (sequential, "(anytime-valid)"),
        (weighted, "Chernoff bound"),
    ):
        caption = str(tables(of)[0].caption)
        assert words in caption
        assert all(words in figure.note for figure in campaign_figures(of, run=True))
    assert "weighted over strata (by kernel)" in str(tables(weighted)[0].caption)
    (kinds,) = [table for table in tables(weighted) if table.name == "due"]
    assert "not weighted" in kinds.caption
    draw(campaign_figures(weighted, run=True)[0])


def test_the_page_says_so(results: Results) -> None:
    assert _sampling(results) == []
    (fact,) = _sampling(sampled(results, Stratify.LAYER, 0.12))
    for words in ("stratified by layer", "weighted by the shares", "±12 %", "anytime-valid"):
        assert words in fact.text
