"""Weighted estimates: by hand, and that they estimate what an unstratified campaign does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from sassafras.analysis.intervals import interval
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import LayerRecord, Results
from sassafras.analysis.sampling import Sampling, population_weights
from sassafras.analysis.stratified import weighted_breakdown
from sassafras.analysis.vulnerability import Whole
from sassafras.faults.census import Cell
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.strata import Stratify

Struck = tuple[Mode, str, int, OutcomeClass]
Frame = Callable[[Sequence[Struck]], pd.DataFrame]

#: Sites of IOV faults: (kernel, layer) -> single-bit, random-value. The second model has fewer.
SITES = {("a", 0): (600, 500), ("a", 1): (200, 100), ("b", 1): (200, 400)}
WEIGHTS = {place: (one / 1000 + two / 1000) / 2 for place, (one, two) in SITES.items()}


def weights() -> pd.DataFrame:
    return population_weights(
        Cell(Mode.IOV, model, kernel, layer, sites[number], sites[number], 0)
        for number, model in enumerate((FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE))
        for (kernel, layer), sites in SITES.items()
    )


def share_of(table: pd.DataFrame, column: str, value: object, outcome: OutcomeClass) -> float:
    row = table[(table[column] == value) & (table["outcome"] == outcome.value)]
    return float(row["share"].iloc[0])


def test_weights_are_means_over_the_models_that_take_turns() -> None:
    table = weights()
    assert {(k, y): w for k, y, w in zip(table["kernel"], table["layer"], table["weight"], strict=True)} == (
        pytest.approx(WEIGHTS)
    )
    assert table["weight"].sum() == pytest.approx(1)


def test_the_dead_part_of_a_weight() -> None:
    cells = [
        Cell(Mode.RF, model, kernel, 0, sites, 10 * sites, dead)
        for model in (FaultModel.SINGLE_BIT, FaultModel.ZERO_VALUE)
        for kernel, sites, dead in (("a", 30, 150), ("b", 10, 25))
    ]
    table = population_weights(cells).set_index("kernel")
    assert table["weight"].to_dict() == pytest.approx({"a": 0.75, "b": 0.25})
    assert table["dead"].to_dict() == pytest.approx({"a": 0.75 * 0.5, "b": 0.25 * 0.25})


def test_by_hand(injections_of: Frame) -> None:
    """Kernel a: 4 injections, 1 DUE (in layer 0); kernel b: 2 injections, 1 DUE, both in layer 1."""
    struck = [("a", 0, "DUE"), ("a", 0, "MASKED"), ("a", 0, "MASKED"), ("a", 1, "MASKED")]
    struck += [("b", 1, "DUE"), ("b", 1, "MASKED")]
    rows = injections_of([(Mode.IOV, k, y, OutcomeClass(o)) for k, y, o in struck])
    a, b = WEIGHTS["a", 0] + WEIGHTS["a", 1], WEIGHTS["b", 1]
    kernels = weighted_breakdown(rows, weights(), Stratify.KERNEL, "kernel", ["a", "b"], Whole.ALL)
    assert share_of(kernels, "kernel", "a", OutcomeClass.DUE) == pytest.approx(a / 4)
    assert share_of(kernels, "kernel", "b", OutcomeClass.DUE) == pytest.approx(b / 2)
    assert kernels["share"].sum() == pytest.approx(1)
    low, high = interval(1, 4)
    row = kernels[(kernels["kernel"] == "a") & (kernels["outcome"] == "DUE")].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((a * float(low), a * float(high))), (
        "W x Clopper-Pearson"
    )
    assert (row["n"], row["total"]) == (1, 4)
    layers = weighted_breakdown(rows, weights(), Stratify.KERNEL, "layer", [0, 1, 2], Whole.GROUP)
    assert share_of(layers, "layer", 0, OutcomeClass.DUE) == pytest.approx(1 / 3)
    inside = WEIGHTS["a", 1] + b
    assert share_of(layers, "layer", 1, OutcomeClass.DUE) == pytest.approx(b / 2 / inside)
    nothing = layers[layers["layer"] == 2]
    assert nothing["share"].isna().all()
    assert (nothing["low"].tolist(), nothing["high"].tolist()) == ([0.0] * 6, [1.0] * 6)
    whole = weighted_breakdown(rows, weights(), Stratify.KERNEL, "mode", ["IOV"], Whole.ALL)
    assert share_of(whole, "mode", "IOV", OutcomeClass.DUE) == pytest.approx(a / 4 + b / 2)


def test_below_is_weighted_too(injections_of: Frame) -> None:
    rows = injections_of([(Mode.IOV, "b", 1, OutcomeClass.MASKED)] * 100)
    table = weighted_breakdown(rows, weights(), Stratify.KERNEL, "kernel", ["b"], Whole.ALL)
    unseen = table[table["n"] == 0]
    assert unseen["below"].tolist() == pytest.approx([WEIGHTS["b", 1] * (1 - 0.05**0.01)] * 5)


@pytest.mark.parametrize("stratify", list(Stratify))
def test_it_estimates_what_uniform_sampling_does(injections_of: Frame, stratify: Stratify) -> None:
    """Unequal numbers per stratum, yet the mean over many campaigns is the population's share, for CKV, CLV
    and the mode; and the interval covers it.
    """
    truth = {("a", 0): 0.2, ("a", 1): 0.7, ("b", 1): 0.4}
    dice = np.random.Generator(np.random.Philox(11))
    number = {"a": 40, "b": 25, "0": 30, "1": 50}
    found: list[tuple[float, float, float]] = []
    held = 0
    total = sum(WEIGHTS[place] * p for place, p in truth.items())
    for _ in range(40):
        rows = injections_of(sample(stratify, number, truth, dice))
        tables = [
            weighted_breakdown(rows, weights(), stratify, column, values, whole)
            for column, values, whole in (
                ("mode", ["IOV"], Whole.ALL),
                ("kernel", ["a", "b"], Whole.ALL),
                ("layer", [0, 1], Whole.GROUP),
            )
        ]
        found.append(
            (
                share_of(tables[0], "mode", "IOV", OutcomeClass.DUE),
                share_of(tables[1], "kernel", "a", OutcomeClass.DUE),
                share_of(tables[2], "layer", 1, OutcomeClass.DUE),
            )
        )
        row = tables[0][tables[0]["outcome"] == "DUE"].iloc[0]
        held += row["low"] <= total <= row["high"]
    in_a = sum(WEIGHTS["a", y] * truth["a", y] for y in (0, 1))
    inside = WEIGHTS["a", 1] + WEIGHTS["b", 1]
    in_layer = (WEIGHTS["a", 1] * truth["a", 1] + WEIGHTS["b", 1] * truth["b", 1]) / inside
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - (total, in_a, in_layer)) < 4 * error).all()
    assert held >= 0.95 * 40


def sample(
    stratify: Stratify, number: dict[str, int], truth: dict[tuple[str, int], float], dice: np.random.Generator
) -> list[Struck]:
    rows: list[Struck] = []
    strata: dict[str, list[tuple[str, int]]] = {}
    for kernel, layer in truth:
        label = kernel if stratify is Stratify.KERNEL else str(layer)
        strata.setdefault(label, []).append((kernel, layer))
    for label, places in strata.items():
        chances = np.array([WEIGHTS[place] for place in places])
        for pick in dice.choice(len(places), number[label], p=chances / chances.sum()):
            kernel, layer = places[pick]
            due = dice.random() < truth[kernel, layer]
            rows.append((Mode.IOV, kernel, layer, OutcomeClass.DUE if due else OutcomeClass.MASKED))
    return rows


def test_results_use_the_sampling(injections_of: Frame) -> None:
    rows = injections_of([(Mode.IOV, "a", 0, OutcomeClass.DUE), (Mode.IOV, "b", 1, OutcomeClass.MASKED)])
    results = Results(
        arch="sm_50",
        seed=1,
        network="tiny",
        frames=1,
        synthetic=True,
        modes=(Mode.IOV,),
        kernels=("a", "b"),
        layers=(LayerRecord(0, "convolutional", 1), LayerRecord(1, "connected", 2)),
        planned={Mode.IOV: 2},
        injections=rows,
        errors=pd.DataFrame({"id": [], "mode": [], "message": []}),
        seconds={"profile": 1.0, "inject": 2.0, "total": 3.0},
        sampling=Sampling(stratify=Stratify.KERNEL, weights=weights()),
    )
    share = WEIGHTS["a", 0] + WEIGHTS["a", 1]
    assert share_of(results.ckv(Mode.IOV), "kernel", "a", OutcomeClass.DUE) == pytest.approx(share)
    assert share_of(results.outcomes(), "mode", "IOV", OutcomeClass.DUE) == pytest.approx(share)
    assert share_of(results.clv(Mode.IOV), "layer", 0, OutcomeClass.DUE) == 1
    assert results.due_kinds()["share"].isna().all()
    assert results.due_kinds()["n"].sum() == 1
