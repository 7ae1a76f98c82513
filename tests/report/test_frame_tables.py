"""What is said about frames: golden accuracy, of which frames intervals speak, and what others would give."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.whole import printed

from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.over_frames import LEAST_FRAMES
from sassafras.analysis.results import Results
from sassafras.analysis.sampling import Sampling
from sassafras.analysis.summary import summarise
from sassafras.faults.model import THREAD_MODES
from sassafras.faults.strata import Stratify
from sassafras.report.numbers import share_text
from sassafras.report.tables.campaign import outcomes, over_frames
from sassafras.report.tables.captions import for_these, golden_line, none_over_frames
from sassafras.report.tables.registry import campaign_tables as tables


def test_golden_accuracy_in_a_line() -> None:
    assert golden_line(GoldenAccuracy(8, 8, 7)) == "golden: 7 of 8 frames right (by their true class)"
    assert golden_line(GoldenAccuracy(8, 0, 0)) == "golden: true classes not known"
    assert golden_line(GoldenAccuracy()) == "golden: true classes not known"
    half = "golden: 2 of 3 frames right (by their true class); true classes of 5 others not known"
    assert golden_line(GoldenAccuracy(8, 3, 2)) == half


def with_frames(results: Results, frames: int) -> Results:
    """The same campaign over so many frames, each struck as often."""
    rows = pd.concat([results.injections] * 10, ignore_index=True)
    rows = rows.assign(frame=[number // 3 % frames for number in range(len(rows))])
    planned = {mode: n * 10 for mode, n in results.planned.items()}
    golden = GoldenAccuracy(frames, frames, frames - 1)
    return replace(results, injections=rows, frames=frames, planned=planned, golden=golden)


@pytest.fixture
def many(results: Results) -> Results:
    return with_frames(results, LEAST_FRAMES)


@pytest.fixture
def stratified(many: Results) -> Results:
    weights = pd.DataFrame(
        [(m.value, k, layer, 1 / 3, 0.0) for m in THREAD_MODES for layer, k in enumerate(many.kernels)],
        columns=["mode", "kernel", "layer", "weight", "dead"],
    )
    return replace(many, sampling=Sampling(Stratify.KERNEL, weights=weights))


def test_intervals_say_of_which_frames(results: Results) -> None:
    assert for_these(1) == "for this frame"
    for table in tables(results)[:7]:
        assert "over faults, for these 2 frames" in str(table.caption), table.title


def test_outcomes_over_frames(many: Results) -> None:
    (table,) = over_frames(many)
    text = " ".join(printed(table).split())
    assert "Korn-Graubard" in text
    found = many.over_frames()
    assert found is not None
    for row in found.to_dict("records"):
        if row["n"]:
            assert share_text(row["share"], row["low"], row["high"]) in text
    first = ["Outcomes", "Outcomes by fault model", "Outcomes over frames"]
    assert [t.title for t in tables(many)][:3] == first
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[:2] for row in texts] == [[mode.value, str(LEAST_FRAMES)] for mode in THREAD_MODES]
    assert sum("(" in text for row in texts for text in row) == int((found["n"] > 0).sum())


def test_they_are_in_the_summary(many: Results) -> None:
    summary = summarise(many)
    assert summary["golden"] == {"frames": LEAST_FRAMES, "known": LEAST_FRAMES, "right": LEAST_FRAMES - 1}
    assert summary["sampling"]["intervals"]["of_frames"] == "fixed"
    over = summary["modes"]["IOV"]["over_frames"]
    assert (over["method"], over["frames"]) == ("Korn-Graubard", LEAST_FRAMES)
    assert list(over["outcomes"]) == [c.value for c in OutcomeClass]
    for outcome, row in over["outcomes"].items():
        whole = summary["modes"]["IOV"]["outcomes"]
        assert row["n"] == (whole["SDC"] | whole)[outcome]
        assert (row["low"] is None) == (row["n"] == 0)


def test_too_few_frames_have_none(results: Results) -> None:
    few = with_frames(results, LEAST_FRAMES - 1)
    assert over_frames(few) == []
    assert "over_frames" not in summarise(few)["modes"]["IOV"]
    assert none_over_frames(few) == ""


def test_neither_have_strata_and_it_is_said(stratified: Results) -> None:
    assert over_frames(stratified) == []
    said = "intervals over frames: of uniform injections in a number fixed beforehand alone"
    assert said in outcomes(stratified)[0].caption
