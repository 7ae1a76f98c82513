"""Conditions and comparisons say what the tables of sampled campaigns say, for every outcome, mode, kernel
and layer; and what the tables do not have is right by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.campaign import networks
from tests.campaign.rows import make

from sassafras.analysis.compare import Compared, compare
from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Evidence, Judged, judge
from sassafras.analysis.contenders import contest
from sassafras.analysis.estimates import Place, Sample
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results, read_results
from sassafras.analysis.sampling import Sampling, sampling_of
from sassafras.analysis.vulnerability import Whole
from sassafras.analysis.weighted_interval import weighted_interval
from sassafras.campaign.finished import read_finished
from sassafras.campaign.record import CampaignRecord, on_record
from sassafras.errors import UsageError
from sassafras.faults.model import DRAWN_MODELS, Mode
from sassafras.faults.strata import Stratify

WAYS: dict[str, dict[str, Any]] = {
    "kernels": {"stratify": Stratify.KERNEL, "per_stratum": 12},
    "layers": {"stratify": Stratify.LAYER, "per_stratum": 12},
    "until": {"until": 0.09, "injections": 700},
    "both": {"until": 0.15, "stratify": Stratify.LAYER, "per_stratum": 400},
}
MODES = (Mode.RF, Mode.IOV)


@dataclass(frozen=True)
class Made:
    """A campaign as its tables and as its store tell it."""

    results: Results
    stored: CampaignRecord
    evidence: Evidence

    def judged(self, text: str) -> Judged:
        return judge(parse_condition(text), self.evidence)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    network = networks.tiny()
    images = networks.images(network)
    found = {}
    for name, way in WAYS.items():
        campaign = make(tmp_path_factory.mktemp(name), network, images, modes=MODES, **way)
        campaign.run(1)
        results = read_results(*on_record(campaign), synthetic=False)
        stored = read_finished(campaign.folder)
        layers = tuple(layer.index for layer in results.layers)
        evidence = Evidence(stored.injections, MODES, results.kernels, layers, sampling_of(stored))
        found[name] = Made(results, stored, evidence)
        campaign.store.close()
    return found


def rows_of(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def says(made: Made, words: str, row: Any, weight: float = 1.0) -> None:
    """Low, high, share and count of a condition are those of a row of a table, to the last bit (or, as a
    share of something else, times its weight).
    """
    judged = made.judged(f"{row.outcome}.{'share' if row.total else 'low'} {words} >= 0")
    numbers = {"low": judged.low, "high": judged.high} | ({"share": judged.number} if row.total else {})
    for field, number in numbers.items():
        expected = getattr(row, field)
        assert number == expected if weight == 1 else number * weight == pytest.approx(expected, abs=1e-12)
    assert judged.count == row.n


def test_a_field_is_one_of_the_numbers_judged(made: dict[str, Made]) -> None:
    for one in made.values():
        whole = one.judged("MASKED.share in RF >= 0")
        for field, number in (("low", whole.low), ("high", whole.high), ("count", whole.count)):
            assert one.judged(f"MASKED.{field} in RF >= 0").number == number


@pytest.mark.parametrize("name", list(WAYS))
@pytest.mark.parametrize("mode", MODES)
def test_conditions_say_what_the_tables_say(made: dict[str, Made], name: str, mode: Mode) -> None:
    one = made[name]
    outcomes, ckv, clv = one.results.outcomes(), one.results.ckv(mode), one.results.clv(mode)
    for row in rows_of(outcomes[outcomes["mode"] == mode.value]):
        says(one, f"in {mode.value}", row)
    for row in rows_of(clv[clv["total"] > 0]):
        says(one, f"in {mode.value} layer {row.layer}", row)
    assert {row.outcome for row in rows_of(ckv)} == set(OutcomeClass)
    if one.results.sampling.stratify is None:
        return
    weights = one.results.sampling.weights
    shares = weights[weights["mode"] == mode.value].groupby("kernel")["weight"].sum()
    for row in rows_of(ckv[ckv["total"] > 0]):
        says(one, f"in {mode.value} of {row.kernel}", row, float(shares[row.kernel]))


@pytest.mark.parametrize("name", list(WAYS))
def test_conditions_on_a_fault_model_say_what_the_table_says(made: dict[str, Made], name: str) -> None:
    one = made[name]
    table = one.results.by_model()
    assert len(table) == len(MODES) * len(DRAWN_MODELS) * len(OutcomeClass)
    for row in rows_of(table[table["total"] > 0]):
        says(one, f"in {row.mode} model {row.model}", row)


def test_a_fault_model_of_all_modes_weighs_them_alike(made: dict[str, Made]) -> None:
    for one in made.values():
        each = [one.judged(f"SDC in {mode.value} model zero-value > 0").number for mode in MODES]
        assert one.judged("SDC model zero-value > 0").number == pytest.approx(sum(each) / 2)
        count = [one.judged(f"SDC.count in {mode.value} model zero-value > 0").number for mode in MODES]
        assert one.judged("SDC.count model zero-value > 0").number == sum(count)


def test_shares_of_a_fault_model_by_hand(made: dict[str, Made]) -> None:
    """Strata weighed by the sites of that model alone."""
    one = made["kernels"]
    rows = one.stored.injections
    for mode, model in product(MODES, DRAWN_MODELS):
        cells = [c for c in one.stored.census if (c.mode, c.model) == (mode, model)]
        total, expected = sum(c.sites for c in cells), 0.0
        mine = rows[(rows["mode"] == mode.value) & (rows["model"] == model.value)]
        for kernel in {c.kernel for c in cells}:
            struck = mine[mine["kernel"] == kernel]
            weight = sum(c.sites for c in cells if c.kernel == kernel) / total
            expected += weight * float((struck["outcome"] == "MASKED").mean())
        table = one.results.by_model()
        (row,) = rows_of(table.query("mode == @mode.value and model == @model.value and outcome == 'MASKED'"))
        assert row.share == pytest.approx(expected) or np.isnan(expected)


def test_the_tables_say_it_in_compare_too(made: dict[str, Made]) -> None:
    found = compared(*(one.stored for one in made.values())).shares
    seen = 0
    for key, shares in found.groupby(["campaign", "part", "mode"]):
        letter, part, mode = map(str, key)
        results = list(made.values())["ABCD".index(letter)].results
        table = {
            "mode": results.outcomes(),
            "kernel": results.ckv(Mode(mode)),
            "layer": results.clv(Mode(mode)),
        }
        rows = {(str(getattr(r, part)), r.outcome): r for r in rows_of(table[part])}
        for row in rows_of(shares[shares["event"] != "CRITICAL"]):
            expected = rows[row.value, row.event]
            assert (row.n, row.low, row.high) == (expected.n, expected.low, expected.high)
            assert row.share == expected.share or (np.isnan(row.share) and np.isnan(expected.share))
            seen += 1
    assert seen == 4 * 2 * 6 * (1 + len(made["both"].results.kernels) + 7)


def compared(*campaigns: CampaignRecord) -> Compared:
    """As if their layers were known."""
    named = [(str(k), one) for k, one in enumerate(campaigns)]
    found = contest(named)
    return compare(replace(found, layers=("convolutional",) * 7))


def test_ckv_of_every_sample(made: dict[str, Made]) -> None:
    """A share of all faults of the mode instead of those in the kernel."""
    for one in made.values():
        rows = one.stored.injections
        sample = Sample(rows, MODES, one.evidence.sampling or Sampling())
        ckv = one.results.ckv(Mode.RF)
        for row in rows_of(ckv[ckv["outcome"] == "DUE"]):
            found = sample.proportion(Place(Mode.RF, row.kernel), occurred(rows, Event.DUE), Whole.ALL)
            numbers = found.estimate()
            assert (found.n, found.total) == (row.n, row.total)
            assert [numbers.value, numbers.low, numbers.high] == [row.share, row.low, row.high]


def test_all_modes_together_weigh_alike(made: dict[str, Made]) -> None:
    """By hand, from the modes' own shares; of a kernel, each by its share of the mode's faults."""
    for one in made.values():
        each = [one.judged(f"DUE in {mode.value} > 0").number for mode in MODES]
        assert one.judged("DUE > 0").number == pytest.approx(sum(each) / 2)
        weights = one.results.sampling.weights
        inside = weights[weights["kernel"] == "add_bias"].groupby("mode")["weight"].sum()
        each = [one.judged(f"DUE in {mode.value} of add_bias > 0").number for mode in MODES]
        expected = sum(p * inside[mode.value] for p, mode in zip(each, MODES, strict=True)) / inside.sum()
        assert one.judged("DUE of add_bias > 0").number == pytest.approx(expected)


def test_the_interval_of_all_modes_together(made: dict[str, Made]) -> None:
    one = made["until"]
    rows = one.stored.injections
    k, n = [], []
    for mode in MODES:
        mine = rows[rows["mode"] == mode.value]
        k.append(int((mine["outcome"] == "DUE").sum()))
        n.append(len(mine))
    low, high = weighted_interval(np.array(k), np.array(n), np.array([0.5, 0.5]), anytime=True)
    found = one.judged("DUE.low > 0")
    assert [found.low, found.high] == pytest.approx([low, high])
    assert (found.count, found.trials) == (sum(k), sum(n))


def test_sums_of_outcomes(made: dict[str, Made]) -> None:
    """Shares add up; intervals are of the sum's own counts."""
    for one in made.values():
        parts = ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION", "NO_MALFUNCTION")
        each = [one.judged(f"{part} in RF > 0").number for part in parts]
        assert one.judged("SDC in RF > 0").number == pytest.approx(sum(each))
        assert one.judged("CRITICAL in RF > 0").number == pytest.approx(sum(each[:3]))
        critical = one.judged("CRITICAL.low in RF > 0")
        assert critical.low <= sum(each[:3]) <= critical.high


def test_the_table_of_sums_says_what_conditions_say(made: dict[str, Made]) -> None:
    """By mode, and by layer (CLV); of a kernel the table has CKV, and the condition the share in it."""
    for one in made.values():
        for row in rows_of(one.results.sums()):
            if row.part == "kernel":
                continue
            words = f"in {row.mode}" + (f" layer {row.name}" if row.part == "layer" else "")
            for field in ("low", "high", *(["share"] if row.total else [])):
                found = one.judged(f"{row.event}.{field} {words} >= 0").number
                assert found == getattr(row, field), (row, field)


def test_how_it_was_estimated_is_said(made: dict[str, Made]) -> None:
    one = made["kernels"]
    text = one.judged("DUE in RF > 0").measured
    assert f"of {one.results.injected(Mode.RF)}; weighted over strata (by kernel), 95 %: " in text
    assert "; 95 %: " in one.judged("DUE in RF of add_bias > 0").measured, "one stratum is counted"
    assert "; anytime-valid, 95 %: " in made["until"].judged("DUE in RF > 0").measured
    assert "; weighted over modes, anytime-valid, 95 %: " in made["until"].judged("DUE > 0").measured
    assert "weighted over strata (by layer), anytime-valid, " in made["both"].judged("DUE > 0").measured


def test_without_weights_it_is_said(made: dict[str, Made]) -> None:
    blind = {
        name: replace(one.evidence.sampling or Sampling(), weights=Sampling().weights)
        for name, one in made.items()
    }
    evidence = {name: replace(made[name].evidence, sampling=sampling) for name, sampling in blind.items()}
    for name, text in (("kernels", "DUE in RF > 1%"), ("until", "DUE.high of add_bias > 1%")):
        with pytest.raises(UsageError, match=f"condition '{text}': the campaign's store does not say how"):
            judge(parse_condition(text), evidence[name])
    for text in ("DUE in RF > 1%", "DUE > 1%", "DUE.high in RF of add_bias > 1%"):
        assert judge(parse_condition(text), evidence["until"]) == made["until"].judged(text)
    with pytest.raises(UsageError, match="1: the campaign's store does not say how"):
        compared(made["until"].stored, replace(made["kernels"].stored, census=()))


def test_where_nothing_was_injected(made: dict[str, Made]) -> None:
    dead = made["kernels"].evidence
    empty = replace(dead, injections=dead.injections[dead.injections["kernel"] != "softmax"])
    found = judge(parse_condition("DUE.high in RF of softmax >= 1"), empty)
    assert (found.low, found.high, found.is_true) == (0.0, 1.0, True)
    with pytest.raises(UsageError, match="nothing was injected there"):
        judge(parse_condition("DUE in RF of softmax > 0"), empty)
    part = judge(parse_condition("DUE.high in RF > 0"), empty)
    assert part.high > judge(parse_condition("DUE.high in RF > 0"), dead).high, "a stratum may hold anything"
