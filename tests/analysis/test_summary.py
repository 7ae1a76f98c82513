"""summary.json: its schema, its sums, and the campaigns that have none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pandas as pd
import pytest

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import LayerRecord, Results
from sassafras.analysis.summary import summarise
from sassafras.errors import CampaignError
from sassafras.faults.model import Mode

Struck = tuple[Mode, str, int, OutcomeClass]
Frame = Callable[[Sequence[Struck]], pd.DataFrame]

LAYERS = (LayerRecord(0, "convolutional", 2), LayerRecord(1, "dropout", 0), LayerRecord(2, "softmax", 1))


def results_of(injections: pd.DataFrame, planned: int, errors: int = 0, inject: float = 2.0) -> Results:
    return Results(
        arch="sm_50",
        seed=7,
        network="tiny",
        frames=3,
        synthetic=True,
        modes=(Mode.RF, Mode.IOV),
        kernels=("fill_gpu", "softmax"),
        layers=LAYERS,
        planned={Mode.RF: planned, Mode.IOV: 1},
        injections=injections,
        errors=pd.DataFrame(
            {"id": range(errors), "mode": ["RF"] * errors, "message": ["not reached"] * errors}
        ),
        seconds={"profile": 1.0, "inject": inject, "total": 3.5},
    )


@pytest.fixture
def injections(injections_of: Frame) -> pd.DataFrame:
    return injections_of(
        [
            (Mode.RF, "fill_gpu", 0, OutcomeClass.MASKED),
            (Mode.RF, "fill_gpu", 0, OutcomeClass.LIGHT_MALFUNCTION),
            (Mode.RF, "softmax", 2, OutcomeClass.DUE),
            (Mode.IOV, "fill_gpu", 0, OutcomeClass.MALFUNCTION),
        ]
    )


def test_schema(injections: pd.DataFrame) -> None:
    summary = json.loads(json.dumps(summarise(results_of(injections, planned=4, errors=1)), allow_nan=False))
    assert list(summary) == [
        "schema",
        "arch",
        "seed",
        "network",
        "frames",
        "golden",
        "tolerance",
        "struck",
        "sampling",
        "self_check",
        "modes",
        "seconds",
        "injections_per_second",
    ]
    assert {key: summary[key] for key in ("schema", "arch", "seed", "network", "frames")} == {
        "schema": 2,
        "arch": "sm_50",
        "seed": 7,
        "network": "tiny",
        "frames": 3,
    }
    assert summary["seconds"] == {"profile": 1.0, "inject": 2.0, "total": 3.5}
    assert summary["injections_per_second"] == 2.0
    assert list(summary["modes"]) == ["RF", "IOV"]
    rf = summary["modes"]["RF"]
    assert (rf["planned"], rf["injected"], rf["errors"]) == (4, 3, 1)
    assert rf["outcomes"] == {
        "MASKED": 1,
        "DUE": 1,
        "SDC": {"MALFUNCTION": 0, "INVALID_OUTPUT": 0, "LIGHT_MALFUNCTION": 1, "NO_MALFUNCTION": 0},
    }
    assert list(rf["ckv"]) == ["fill_gpu", "softmax"]
    assert list(rf["sums"]) == ["mode", "kernel", "layer"]
    of_mode = {event: cell["n"] for event, cell in rf["sums"]["mode"]["RF"].items()}
    assert of_mode == {"PAPER_MALFUNCTION": 0, "CRITICAL": 1}
    assert list(rf["clv"]) == ["0", "1", "2"]


def test_every_cell_counts_shares_and_bounds(injections: pd.DataFrame) -> None:
    rf = summarise(results_of(injections, planned=3))["modes"]["RF"]
    for table in (rf["ckv"], rf["clv"]):
        for cells in table.values():
            assert list(cells) == [c.value for c in OutcomeClass]
            assert all(list(cell) == ["n", "share", "low", "high", "below"] for cell in cells.values())
    assert rf["ckv"]["fill_gpu"]["MASKED"]["share"] == pytest.approx(1 / 3)
    assert rf["clv"]["0"]["MASKED"]["share"] == pytest.approx(1 / 2)
    assert rf["clv"]["1"]["MASKED"] == {"n": 0, "share": None, "low": 0.0, "high": 1.0, "below": None}


def test_sums(injections: pd.DataFrame) -> None:
    for mode in summarise(results_of(injections, planned=3))["modes"].values():
        assert mode["planned"] == mode["injected"] + mode["errors"]
        assert _total(mode["ckv"], "n") == _total(mode["clv"], "n") == mode["injected"]
        assert _total(mode["ckv"], "share") == pytest.approx(1)
        outcomes = mode["outcomes"]
        assert outcomes["MASKED"] + outcomes["DUE"] + sum(outcomes["SDC"].values()) == mode["injected"]


def _total(table: dict[str, dict[str, dict[str, float]]], key: str) -> float:
    return sum(cell[key] for cells in table.values() for cell in cells.values())


def test_an_unfinished_campaign_has_no_summary(injections: pd.DataFrame) -> None:
    with pytest.raises(
        CampaignError, match=r"RF: of 9 planned faults 3 were injected and 1 failed; run the same"
    ):
        summarise(results_of(injections, planned=9, errors=1))


def test_no_rate_where_nothing_was_timed(injections: pd.DataFrame) -> None:
    assert summarise(results_of(injections, planned=3, inject=0.0))["injections_per_second"] is None
