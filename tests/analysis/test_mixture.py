"""Outcomes of each fault model against the store itself, and what is said of mixtures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.campaign import networks
from tests.campaign.rows import make

from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Evidence, judge
from sassafras.analysis.mixture import by_model, is_mixed, mixture_words
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results, read_results
from sassafras.analysis.sampling import Sampling, model_weights, population_weights
from sassafras.analysis.summary import summarise
from sassafras.campaign.record import on_record
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.errors import UsageError
from sassafras.faults.census import Cell
from sassafras.faults.model import DRAWN_MODELS, THREAD_MODES, Mode
from sassafras.report.tables.campaign import by_model as model_tables
from sassafras.report.tables.registry import campaign_tables as tables
from sassafras.report.write import csv_tables

SINGLE, DOUBLE, RANDOM, ZERO = DRAWN_MODELS
MODELS = {Mode.RF: (SINGLE, DOUBLE), Mode.IOA: (SINGLE, RANDOM, ZERO), Mode.IOV: (RANDOM,)}
CLASS = "CASE outcome WHEN 'SDC' THEN severity ELSE outcome END"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path]:
    network = networks.tiny()
    folder = tmp_path_factory.mktemp("mixed")
    campaign = make(folder, network, networks.images(network), injections=60, mode_models=MODELS)
    campaign.run(1)
    results = read_results(*on_record(campaign), synthetic=False)
    campaign.store.close()
    return results, folder / STORE_NAME


def rows_of(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def stored(path: Path, columns: str) -> dict[tuple[str, ...], int]:
    """Injections by some columns, as the database itself counts them."""
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(f"SELECT {columns}, COUNT(*) FROM injections GROUP BY {columns}")  # noqa: S608
        return {tuple(names): n for *names, n in rows}


def test_counts_are_those_of_the_store(made: tuple[Results, Path]) -> None:
    results, path = made
    counts, totals = stored(path, f"mode, model, {CLASS}"), stored(path, "mode, model")
    table = results.by_model()
    assert len(table) == sum(map(len, MODELS.values())) * len(OutcomeClass)
    for row in rows_of(table):
        assert row.n == counts.get((row.mode, row.model, row.outcome), 0)
        assert row.total == totals[row.mode, row.model] == 60 // len(MODELS[Mode(row.mode)])
        assert row.share == row.n / row.total


def test_the_mixture_is_the_weighted_sum_of_its_models(made: tuple[Results, Path]) -> None:
    results, _ = made
    table, whole = results.by_model(), results.outcomes().set_index(["mode", "outcome"])
    for mode, outcome in product(THREAD_MODES, OutcomeClass):
        own = table[(table["mode"] == mode.value) & (table["outcome"] == outcome.value)]
        mixed: Any = whole.loc[mode.value, outcome.value]
        assert own["n"].sum() == mixed["n"]
        assert own["total"].sum() == mixed["total"]
        assert (own["share"] * own["total"]).sum() / own["total"].sum() == pytest.approx(mixed["share"])
        assert own["share"].mean() == pytest.approx(mixed["share"]), "models take turns: equal parts"


def test_every_place_says_the_same(made: tuple[Results, Path]) -> None:
    results, _ = made
    table = results.by_model()
    assert csv_tables(results)["by_model"].equals(table)
    summary = summarise(results)
    (shown,) = model_tables(results)
    cells = {tuple(cell.text for cell in row.cells[:2]): row.cells[2].text for row in shown.rows}
    for mode, model in [(mode.value, model.value) for mode, own in MODELS.items() for model in own]:
        rows = table[(table["mode"] == mode) & (table["model"] == model)]
        written: Any = summary["modes"][mode]["by_model"][model]
        assert written["injected"] == rows["n"].sum() == int(cells[mode, model])
        assert {o: found["n"] for o, found in written["outcomes"].items()} == dict(
            zip(rows["outcome"], rows["n"], strict=True)
        )
    evidence = Evidence(
        results.injections, results.modes, results.kernels, None, results.sampling, models=results.models
    )
    for row in rows_of(table):
        judged = judge(parse_condition(f"{row.outcome} in {row.mode} model {row.model} >= 0"), evidence)
        assert (judged.count, judged.trials) == (row.n, row.total)
        assert (judged.number, judged.low, judged.high) == (row.share, row.low, row.high)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (
            "DUE in RF model zero-value > 1%",
            "no fault model zero-value in mode RF; it has: single-bit, dou",
        ),
        ("DUE in IOV model double-bit > 1%", "no fault model double-bit in mode IOV; it has: random-value"),
    ],
)
def test_a_model_that_a_mode_does_not_have(made: tuple[Results, Path], condition: str, said: str) -> None:
    results, _ = made
    evidence = Evidence(results.injections, results.modes, results.kernels, None, models=results.models)
    with pytest.raises(UsageError, match=said):
        judge(parse_condition(condition), evidence)


def test_tables_tell_it(made: tuple[Results, Path]) -> None:
    results, _ = made
    shown = tables(results)
    assert [table.title for table in shown[:2]] == ["Outcomes", "Outcomes by fault model"]
    assert (
        str(shown[0].caption)
        .removesuffix("; IOA: registers beyond the allocated ones by the rule sassifi")
        .endswith(
            "RF: mixture of single-bit and double-bit, half each; IOA: mixture of single-bit, random-value "
            "and zero-value, a third each; IOV: random-value alone: the table by fault model has each"
        )
    )
    assert len(shown[1].rows) == 6


def test_words() -> None:
    both = (SINGLE, RANDOM)
    assert (
        mixture_words(dict.fromkeys(THREAD_MODES, both))
        == "mixture of single-bit and random-value, half each"
    )
    assert mixture_words({Mode.RF: both, Mode.IOV: both, Mode.IOA: (SINGLE,)}) == (
        "RF, IOV: mixture of single-bit and random-value, half each; IOA: single-bit alone"
    )
    assert mixture_words({Mode.RF: DRAWN_MODELS}).endswith(", a quarter each")
    alone = {Mode.RF: (SINGLE,), Mode.IOV: (RANDOM,)}
    assert not is_mixed(alone)
    assert mixture_words(alone) == ""


def test_weights_of_a_model_are_its_sites() -> None:
    """The population's weights are the mean over the models' own, each of which add up to 1."""
    cells = [
        Cell(Mode.IOV, SINGLE, "gemm", 0, 30, 30, 0),
        Cell(Mode.IOV, SINGLE, "softmax", 3, 10, 10, 0),
        Cell(Mode.IOV, RANDOM, "gemm", 0, 10, 10, 0),
        Cell(Mode.RF, SINGLE, "gemm", 0, 8, 80, 20),
    ]
    own = model_weights(cells)
    assert own["weight"].tolist() == [0.75, 0.25, 1.0, 1.0]
    assert own["dead"].tolist() == [0, 0, 0, 0.25]
    mixed = population_weights(cells).set_index(["mode", "kernel"])["weight"]
    assert (mixed["IOV", "gemm"], mixed["IOV", "softmax"]) == (0.875, 0.125)
    chosen = Sampling(weights=population_weights(cells), model_weights=own).among(["gemm"])
    assert chosen.model_weights["weight"].tolist() == [1.0, 1.0, 1.0]


def test_nothing_known_of_models_is_an_empty_table(made: tuple[Results, Path]) -> None:
    results, _ = made
    assert by_model(results.injections, {}, Sampling()).empty
