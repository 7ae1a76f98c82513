"""The data of the figures against the tables of the analysis."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.report.chart import CKV_CLASSES, CLV_CLASSES, Chart, charts, ckv_charts, clv_charts
from sassafras.report.palette import COLOURS


def test_six_figures_as_in_the_paper(results: Results) -> None:
    names = [chart.name for chart in charts(results)]
    assert names == ["ckv_RF", "ckv_IOA", "ckv_IOV", "clv_RF", "clv_IOA", "clv_IOV"]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("metric", ["ckv", "clv"])
def test_bars_are_the_tables(results: Results, mode: Mode, metric: str) -> None:
    (chart,) = [c for c in charts(results) if c.name == f"{metric}_{mode.value}"]
    table = results.ckv(mode) if metric == "ckv" else results.clv(mode)
    column = "kernel" if metric == "ckv" else "layer"
    seen = 0
    for row in table.to_dict("records"):
        outcome = OutcomeClass(row["outcome"])
        if outcome not in chart.classes:
            continue
        (group,) = [g for g in chart.groups if g.name == str(row[column])]
        bar = group.bars[outcome]
        assert (bar.n, bar.low, bar.high) == (row["n"], row["low"], row["high"])
        assert bar.share == row["share"] or (bar.share is None and math.isnan(row["share"]))
        seen += 1
    assert seen == len(chart.groups) * len(chart.classes)


def test_groups_are_all_kernels_and_all_layers(results: Results) -> None:
    assert all([g.name for g in c.groups] == list(results.kernels) for c in ckv_charts(results))
    assert all([g.name for g in c.groups] == ["0", "1", "2", "3"] for c in clv_charts(results))
    assert set(CKV_CLASSES) == set(OutcomeClass) - {OutcomeClass.MASKED, OutcomeClass.NO_MALFUNCTION}
    assert set(CLV_CLASSES) == set(OutcomeClass) - {OutcomeClass.MASKED}


def test_layers_without_bars_say_why(results: Results) -> None:
    for chart in clv_charts(results):
        assert [group.empty for group in chart.groups] == ["", "", "no launches", "no injections"]


def test_a_kernel_that_was_never_struck_has_bars_of_zero(results: Results) -> None:
    """Of all injections none was there: that is known, and has an upper bound."""
    for chart in ckv_charts(results):
        group = chart.groups[2]
        assert (group.name, group.trials, group.empty) == ("softmax", 0, "")
        assert all(bar.share == 0 and 0 < bar.high < 1 for bar in group.bars.values())


def test_figures_of_one_metric_share_their_axis(results: Results) -> None:
    for family in (ckv_charts(results), clv_charts(results)):
        (top,) = {chart.top for chart in family}
        assert 0 < top <= 1
        assert top >= max(
            bar.high for c in family for g in c.groups if not g.empty for bar in g.bars.values()
        )


def test_notes_give_n_and_say_synthetic(results: Results) -> None:
    for chart in charts(results):
        assert "n = 20 injections" in chart.note
        assert "2 synthetic frames, seed 7" in chart.note
    real: list[Chart] = charts(replace(results, synthetic=False, frames=1))
    assert all("1 frame," in chart.note and "synthetic" not in chart.note for chart in real)


def test_every_outcome_has_a_colour_of_its_own() -> None:
    assert set(COLOURS) == set(OutcomeClass)
    assert len(set(COLOURS.values())) == len(OutcomeClass)
