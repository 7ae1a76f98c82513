"""Every figure's marks, read against the rows: counts, shares, intervals, and the rules of few and none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.report.conftest import Finished

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import THREAD_MODES
from sassafras.hardening.ranking import share
from sassafras.report.cells import Missing, sampled
from sassafras.report.figures.axes import both_ways, share_axis, share_ticks
from sassafras.report.figures.breakdowns import ORDER
from sassafras.report.figures.changes import CHANGED, STOPS
from sassafras.report.figures.looks import STYLES, Look, look_of
from sassafras.report.figures.registry import CAMPAIGN, campaign_figures, hardening_figures
from sassafras.report.figures.value import Bar, Cell, Column, Figure, Mark, Point, Sign, Stack, Words
from sassafras.report.figures.vulnerability import CKV_CLASSES, CLV_CLASSES, ckv, clv
from sassafras.report.numbers import FEW
from sassafras.report.page.hardened import read_hardening
from sassafras.report.page.material import gather
from sassafras.report.tables.registry import PAGE

CRITICAL = ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")


@pytest.fixture(scope="module")
def rows(finished: Finished) -> pd.DataFrame:
    found = finished.results.injections
    return found.assign(
        ending=found["severity"].where(found["severity"].notna(), found["outcome"]),
        critical=found["severity"].isin(CRITICAL),
    )


def bars(figure: Figure) -> Iterator[Bar]:
    return (mark for mark in figure.marks() if isinstance(mark, Bar))


def check_interval(low: float, high: float, n: int, trials: int) -> None:
    """Clopper and Pearson's; where none was seen to the one-sided bound."""
    if n:
        exact = stats.binomtest(n, trials).proportion_ci(0.95, method="exact")
        np.testing.assert_allclose((low, high), (exact.low, exact.high), rtol=1e-6)
    else:
        np.testing.assert_allclose((low, high), (0, 1 - 0.05 ** (1 / trials)))


@pytest.mark.parametrize("name", ["ckv", "clv"])
def test_bars_are_the_rows(finished: Finished, rows: pd.DataFrame, name: str) -> None:
    column, classes = ("kernel", CKV_CLASSES) if name == "ckv" else ("layer", CLV_CLASSES)
    for mode, figure in zip(finished.results.modes, CAMPAIGN[name](finished.results), strict=True):
        own = rows[rows["mode"] == mode.value]
        seen = 0
        for bar in bars(figure):
            chosen = bar.told.filter
            assert chosen is not None
            struck = own[own[column].astype(str) == chosen[column]]
            n, trials = (
                int((struck["ending"] == chosen["outcome"]).sum()),
                len(own if name == "ckv" else struck),
            )
            assert (bar.share.events, bar.share.trials) == (n, trials)
            assert bar.share.value == n / trials
            check_interval(bar.share.low, bar.share.end, n, trials)
            assert bar.look is look_of(str(chosen["outcome"]))
            assert bar.few is (len(struck) < FEW)
            seen += 1
        assert seen == len(classes) * own[column].nunique()


def test_a_zero_is_a_bound_and_the_whisker_ends_there(results: Results) -> None:
    """The label and the interval say the same number."""
    zeros = [bar for figure in ckv(results) + clv(results) for bar in bars(figure) if not bar.share.events]
    assert zeros
    for bar in zeros:
        bound = 1 - 0.05 ** (1 / bar.share.trials)
        assert bar.share.end == pytest.approx(bound)
        assert bar.label.startswith("<")
        assert 100 * bound - 1e-9 <= float(bar.label[1:]) <= 110 * bound
    for n, trials, label in ((0, 1000, "<0.30"), (127, 1000, "12.7"), (0, 0, "–")):
        assert sampled(share(n, trials)).label == label


def test_what_was_not_struck_has_no_bars(results: Results) -> None:
    """A kernel or layer without injections says so; a layer without launches why."""
    for figure in ckv(results):
        told = [mark.text for mark in figure.marks() if isinstance(mark, Words)]
        assert told == ["not struck"]
        assert not [bar for bar in bars(figure) if "softmax" in bar.told.lines[0]]
    for figure in clv(results):
        told = [mark.text for mark in figure.marks() if isinstance(mark, Words)]
        assert told == ["no launches", "not struck"]


def test_n_stands_with_every_group(results: Results) -> None:
    (panel,) = clv(results)[0].panels[0]
    assert [(row.name, row.note) for row in panel.rows] == [
        ("0 conv", "n = 14"),
        ("1 maxpool", "n = 6"),
        ("2 dropout", ""),
        ("3 softmax", ""),
    ]


def test_few_is_marked_and_explained(results: Results) -> None:
    """Layer 1 has 6 injections, layer 0 has 14."""
    figure = clv(results)[0]
    assert {bar.told.lines[0]: bar.few for bar in bars(figure)} == {
        "RF, 0 conv": False,
        "RF, 1 maxpool": True,
    }
    assert [entry.text for entry in figure.legend if entry.sign is Sign.FEW] == [f"outlined: n < {FEW}"]
    many = replace(results, injections=results.injections[results.injections["kernel"] == "im2col_gpu"])
    assert not [entry for entry in ckv(many)[0].legend if entry.sign is Sign.FEW]


def test_figures_of_one_metric_share_their_axis(results: Results) -> None:
    for family in (ckv(results), clv(results)):
        (top,) = {figure.panels[0][0].x.high for figure in family}
        assert max(bar.share.end for figure in family for bar in bars(figure)) <= top <= 1


def test_captions_give_n_and_say_synthetic(results: Results) -> None:
    for figure in ckv(results) + clv(results):
        assert figure.caption.startswith("n = 20 injections; the paper's Figure ")
        assert "2 synthetic frames, seed 7" in figure.note
    real = ckv(replace(results, synthetic=False, frames=1))
    assert all("1 frame," in figure.note and "synthetic" not in figure.note for figure in real)


def test_the_papers_figures_are_named(results: Results) -> None:
    told = [figure.caption.rpartition(" ")[2] for figure in ckv(results) + clv(results)]
    assert told == ["4", "5", "6", "7", "8", "9"]


def stacks(finished: Finished, name: str) -> Iterator[tuple[Figure, Stack, Point]]:
    for figure in CAMPAIGN[name](finished.results):
        left, right = figure.panels[0]
        found = [mark for mark in left.marks if isinstance(mark, Stack)]
        for stack, point in zip(found, right.marks, strict=True):
            assert isinstance(point, Point)
            yield figure, stack, point


def picked(rows: pd.DataFrame, chosen: object) -> pd.DataFrame:
    """The rows that a filter of the page's table keeps."""
    assert isinstance(chosen, dict)
    keep = np.ones(len(rows), bool)
    bits = [
        int(a, 16) ^ int(b, 16) if isinstance(a, str) and isinstance(b, str) else 0
        for a, b in zip(rows["before"], rows["after"], strict=True)
    ]
    for name, value in chosen.items():
        if name == "bit":
            keep &= (rows["model"] == "single-bit").to_numpy() & np.array([x == 1 << value for x in bits])
        elif name == "op":
            keep &= (rows["opcode"].str.split(".").str[0] == value).to_numpy()
        else:
            keep &= (rows[name].astype(str) == str(value)).to_numpy()
    return rows[keep]


@pytest.mark.parametrize("name", ["outcomes", "bits", "opcodes"])
def test_stacks_are_the_rows(finished: Finished, rows: pd.DataFrame, name: str) -> None:
    seen = 0
    for _, stack, point in stacks(finished, name):
        own = picked(rows, stack.told.filter)
        assert (stack.trials, stack.label, stack.few) == (len(own), f"n={len(own)}", len(own) < FEW)
        wanted = [(look_of(c), int((own["ending"] == c.value).sum())) for c in ORDER]
        assert [(piece.look, piece.n) for piece in stack.pieces] == [one for one in wanted if one[1]]
        assert sum(piece.share for piece in stack.pieces) == pytest.approx(1)
        n = int(own["critical"].sum())
        assert (point.x, point.few, point.y) == (n / len(own), len(own) < FEW, stack.y)
        assert point.interval is not None
        check_interval(*point.interval, n, len(own))
        seen += len(own)
    assert seen >= len(rows) if name == "outcomes" else seen > 100


def test_bits_that_were_not_struck_say_so_once(finished: Finished) -> None:
    for figure in CAMPAIGN["bits"](finished.results):
        left, _ = figure.panels[0]
        kinds = [isinstance(mark, Words) for mark in left.marks]
        assert not [pair for pair in pairwise(kinds) if all(pair)], "neighbours in one row"
        assert len(left.rows) == len(left.marks)


def test_groups_have_n_and_intervals(finished: Finished) -> None:
    found = list(stacks(finished, "groups"))
    assert {figure.name for figure, *_ in found} == {"groups_RF", "groups_IOA", "groups_IOV"}
    for _, stack, point in found:
        assert sum(piece.n for piece in stack.pieces) == stack.trials
        assert point.interval is not None


def test_cells_are_the_rows(finished: Finished, rows: pd.DataFrame) -> None:
    sdc = rows[rows["outcome"] == "SDC"]
    total = 0
    found = CAMPAIGN["deaths"](finished.results)
    for mode, figure in zip(finished.results.modes, found, strict=True):
        own = sdc[sdc["mode"] == mode.value]
        for cell in figure.marks():
            if not isinstance(cell, Cell):
                continue
            chosen = cell.told.filter
            assert chosen is not None
            struck = own[own["layer"].astype(str) == chosen["layer"]]
            if "died" in chosen:
                n = int(((struck["died_layer"] == chosen["died"]) & ~struck["critical"]).sum())
                assert n or int(chosen["died"]) >= int(chosen["layer"]), "no cell of what cannot be"
            else:
                n = int((struck["ending"] == chosen["outcome"]).sum())
            assert (cell.n, cell.trials, cell.few) == (n, len(struck), len(struck) < FEW)
            total += n
    assert total == len(sdc)


def test_the_table_of_deaths_says_what_the_map_shows(finished: Finished) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    for figure, table in zip(CAMPAIGN["deaths"](finished.results), PAGE["deaths"](material), strict=True):
        (panel,) = figure.panels[0]
        found = {(cell.x, cell.y): f"{cell.n:,}" for cell in figure.marks() if isinstance(cell, Cell)}
        shown = {
            (x + 0.5, y + 0.5): cell.text
            for y, row in enumerate(table.rows)
            for x, cell in enumerate(row.cells[1:-1])
            if not isinstance(cell, Missing)
        }
        assert found == shown
        assert len(table.rows) == len(panel.rows)


def test_the_histogram_holds_every_change(finished: Finished, rows: pd.DataFrame) -> None:
    (figure,) = CAMPAIGN["changes"](finished.results)
    columns = [mark for mark in figure.marks() if isinstance(mark, Column)]
    own = rows[rows["ending"].isin([c.value for c in CHANGED])]
    assert sum(column.n for column in columns) == len(own)
    for column in columns:
        low = column.low if column.low >= STOPS[1] else 0.0
        high = column.high if column.high <= 1 else 2.0
        here = own[(own["largest_change"] >= low) & (own["largest_change"] < high)]
        assert column.n == len(here)
        for piece in column.pieces:
            assert piece.n == (here["ending"].map(look_of) == piece.look).sum()


def test_critical_bars_are_the_rows(finished: Finished, rows: pd.DataFrame) -> None:
    made = CAMPAIGN["critical"](finished.results)
    for mode, figure in zip(finished.results.modes, made, strict=True):
        own = rows[rows["mode"] == mode.value]
        found = {bar.key: bar for bar in bars(figure)}
        assert set(found) == {f"{mode.value} {kernel}" for kernel in own["kernel"].unique()}
        for key, bar in found.items():
            n = int((own["critical"] & (own["kernel"] == key.split()[1])).sum())
            assert (bar.share.events, bar.share.trials) == (n, len(own))
            check_interval(bar.share.low, bar.share.end, n, len(own))


def test_before_stands_above_after(finished: Finished) -> None:
    hardening = read_hardening(finished.record, finished.results)
    assert hardening is not None
    figures = {figure.name: figure for figure in hardening_figures(hardening)}
    modes = [mode.value for mode in THREAD_MODES]
    assert list(figures) == [
        *(f"harden_{m}_{mode}" for m in ("ckv", "clv") for mode in modes),
        "harden_pareto",
    ]
    found = list(bars(figures["harden_ckv_RF"]))
    before, after = found[0], found[1]
    assert (before.before, after.before) == (True, False)
    assert before.y < after.y and before.thick < after.thick
    assert before.told.filter and after.told.filter is None, (
        "the table does not hold the fresh campaign's rows"
    )
    fresh = hardening.fresh[hardening.fresh["mode"] == "RF"]
    own = fresh[(fresh["kernel"] == "im2col_gpu") & (fresh["severity"] == "MALFUNCTION")]
    assert (after.share.events, after.share.trials) == (len(own), len(fresh))


def test_the_front_is_the_studys(finished: Finished) -> None:
    hardening = read_hardening(finished.record, finished.results)
    assert hardening is not None
    figure = hardening_figures(hardening)[-1]
    points = [(mark.x, mark.y) for mark in figure.marks() if isinstance(mark, Point)]
    front = [(plan.overhead, plan.failures) for plan in finished.study.plans.front]
    np.testing.assert_allclose(points[: len(front)], front)
    measured = [mark for mark in figure.marks() if isinstance(mark, Point)][-1]
    assert measured.interval == (finished.study.weighed.low, finished.study.weighed.high)
    chosen = finished.study.plans.find(finished.study.protection)
    assert chosen is not None
    assert points[len(front)] == pytest.approx((chosen.overhead, chosen.failures))


def test_every_figure_can_be_told(finished: Finished) -> None:
    """Names are different; each has words for whoever cannot see it, its n, and labelled axes."""
    found = campaign_figures(finished.results)
    assert len({figure.name for figure in found}) == len(found) == 26
    assert [f.name for f in campaign_figures(finished.results, run=True)] == [
        f"{metric}_{mode.value}" for metric in ("ckv", "clv") for mode in THREAD_MODES
    ]
    for figure in found:
        assert figure.alt.startswith(figure.title)
        assert any(character.isdigit() for character in figure.caption)
        for row in figure.panels:
            assert all(panel.x.label and panel.x.ticks for panel in row)


def test_a_campaign_without_rows_has_figures(finished: Finished) -> None:
    empty = replace(finished.results, injections=finished.results.injections.head(0))
    marks: list[Mark] = [mark for figure in campaign_figures(empty) for mark in figure.marks()]
    assert not [mark for mark in marks if isinstance(mark, Bar | Stack | Column | Point)]


def test_every_outcome_has_a_colour_and_a_hatching_of_its_own() -> None:
    styles = [STYLES[look_of(outcome)] for outcome in OutcomeClass]
    for key in ("colour", "dark", "hatch", "path"):
        assert len({getattr(style, key) for style in styles}) == len(OutcomeClass), key
    assert set(STYLES) == set(Look)


@pytest.mark.parametrize("top", [0.05, 0.3, 0.35, 0.45, 0.5, 0.75, 1.0])
def test_short_axes_have_ticks(top: float) -> None:
    assert len(share_axis(top, "", 3).ticks) >= 2
    ticks = both_ways(top, "").ticks
    assert len(ticks) >= 3
    assert [tick.at for tick in ticks] == [-tick.at for tick in reversed(ticks)]
    assert share_ticks(top)[-1] <= top
