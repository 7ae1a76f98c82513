"""Masking counted exactly: proven by running every fault that a small campaign could draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.campaign import networks

from sassafras.analysis.outcomes import OutcomeClass, outcome_class
from sassafras.analysis.provable import provably_masked
from sassafras.analysis.results import Results, read_results
from sassafras.analysis.sampling import Sampling
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.campaign.record import on_record
from sassafras.errors import CampaignError
from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population
from sassafras.faults.targets import Selection
from sassafras.kernels.programs import load_program
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector
from sassafras.simulation.record import shown_of
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench

CFG = """
[net]
height=4
width=4
channels=1
[convolutional]
filters=1
size=3
stride=2
activation=relu
[connected]
output=3
activation=linear
[softmax]
"""
KERNELS = ("fill_gpu",)
INJECTIONS = 400


def network() -> Network:
    return networks.network(CFG)


def campaign(folder: Path, kernels: tuple[str, ...] = KERNELS) -> Campaign:
    """RF, zero-value: a fault is a site and a register, and nothing else is drawn."""
    of = network()
    settings = Settings(
        modes=(Mode.RF,), models=(FaultModel.ZERO_VALUE,), injections=INJECTIONS, kernels=kernels
    )
    return Campaign(folder, settings, of, networks.images(of)[:1])


def every_fault(population: Population) -> list[Draw]:
    """Every site with every register."""
    found: list[Draw] = []
    for site in range(population.total):
        item, thread, ordinal, _ = population.locate(site)
        place = (item.frame, item.launch, *divmod(thread, item.threads_per_block), ordinal)
        count = item.program.register_count
        for register in range(count):
            word = -(-(register << 64) // count)  # the smallest that picks it
            number, longest = 3 * len(found), item.profile.longest
            kind = (number, Mode.RF, FaultModel.ZERO_VALUE, Scope.THREAD)
            found.append(Draw(*kind, *place, word, 0, 0, longest=longest))
    return found


@pytest.mark.slow
def test_every_fault_of_a_small_campaign(tmp_path: Path) -> None:
    """All of them are run, by the full engine, which proves nothing beforehand: those that are dead by the
    static flow are masked, there are as many as the profile says, and the post-stratified estimate is
    unbiased, covers and is no wider.
    """
    made = campaign(tmp_path)
    made.run()
    population = Population(made.profiled_launches(), Selection(Mode.RF, FaultModel.ZERO_VALUE))
    rows = pd.DataFrame(enumerated(made, every_fault(population)))
    programs = {p.kernel: load_program(p.program) for p in made.network.plan}
    dead = rows["id"].isin(provably_masked(rows, programs)).to_numpy(bool)
    cells = made.census
    assert len(rows) == sum(cell.targets for cell in cells)
    assert dead.sum() == sum(cell.dead for cell in cells)
    assert not dead.all()
    assert not (rows["outcome"] == "MASKED").all()
    check_the_estimate(read_results(*on_record(made), synthetic=False), rows, dead)


def enumerated(made: Campaign, draws: list[Draw]) -> list[dict[str, object]]:
    """A row per fault."""
    bench = Workbench(made.network, tuple(made.images))
    injector = Injector(bench, Rules(None, made.settings.watchdog, full=True))
    rows, errors = injector.inject_all(0, draws)
    assert errors == []
    return [shown_of(row) for row in rows]


def check_the_estimate(results: Results, rows: pd.DataFrame, dead: NDArray[np.bool_]) -> None:
    classes = outcome_class(rows)
    truth = {c: float((classes == c.value).mean()) for c in OutcomeClass}
    dice = np.random.Generator(np.random.Philox(3))
    repeats = 200
    estimates, plain_widths, widths, held = [], [], [], 0
    for _ in range(repeats):
        chosen = dice.integers(0, len(rows), INJECTIONS)
        sample = rows.iloc[chosen].reset_index(drop=True).assign(id=np.arange(INJECTIONS) * 3)
        ids = frozenset((np.flatnonzero(dead[chosen]) * 3).tolist())
        sampling = Sampling(weights=results.sampling.weights, dead=ids)
        found = replace(results, injections=sample, sampling=sampling)
        exact = found.exact_masking()
        assert exact is not None
        masked = exact[(exact["part"] == "mode") & (exact["outcome"] == "MASKED")].iloc[0]
        plain = found.outcomes().iloc[0]
        estimates.append(masked["share"])
        widths.append(masked["high"] - masked["low"])
        plain_widths.append(plain["high"] - plain["low"])
        held += masked["low"] <= truth[OutcomeClass.MASKED] <= masked["high"]
    error = np.std(estimates) / repeats**0.5
    assert abs(np.mean(estimates) - truth[OutcomeClass.MASKED]) < 4 * error
    assert held >= (0.95 - 3 * (0.05 * 0.95 / repeats) ** 0.5) * repeats
    assert np.mean(widths) <= np.mean(plain_widths), "much narrower where little of the rest is masked"


def test_estimates_add_up_and_hold_the_plain_ones(tmp_path: Path) -> None:
    made = campaign(tmp_path, ("fill_gpu", "add_bias", "softmax"))
    made.run()
    results = read_results(*on_record(made), synthetic=False)
    exact = results.exact_masking()
    assert exact is not None
    weights = results.sampling.weights
    share = weights["dead"].sum()
    assert 0.5 < share < 0.9, "most registers of these small kernels are dead most of the time"
    assert len(results.sampling.dead) == pytest.approx(share * INJECTIONS, abs=4 * (INJECTIONS / 4) ** 0.5)
    for part, column in (("mode", None), ("kernel", "kernel"), ("layer", "layer")):
        shares = exact[exact["part"] == part].groupby("name", sort=False)["share"].sum(min_count=1)
        if part == "kernel":
            expected = weights.groupby("kernel")["weight"].sum().to_dict()
            assert shares.to_dict() == pytest.approx(expected), "a kernel's bars are its exact share"
        else:
            assert shares.dropna().tolist() == pytest.approx([1.0] * len(shares.dropna())), column
    masked = exact[(exact["part"] == "mode") & (exact["outcome"] == "MASKED")].iloc[0]
    assert masked["low"] >= share
    assert (exact["low"] <= exact["share"] + 1e-12).where(exact["share"].notna(), True).all()
    assert (exact["share"] <= exact["high"] + 1e-12).where(exact["share"].notna(), True).all()


def test_a_dead_fault_that_was_not_masked_is_an_error_of_ours(tmp_path: Path) -> None:
    made = campaign(tmp_path)
    made.run()
    rows = made.injections()
    programs = {p.kernel: load_program(p.program) for p in made.network.plan}
    dead = provably_masked(rows, programs)
    assert dead
    rows.loc[rows["id"] == min(dead), "outcome"] = "DUE"
    with pytest.raises(CampaignError, match=f"fault {min(dead)} struck R.* ended as DUE"):
        provably_masked(rows, programs)


def test_without_register_faults_there_is_none(tmp_path: Path) -> None:
    of = network()
    made = Campaign(tmp_path, Settings(modes=(Mode.IOV,), injections=2), of, networks.images(of)[:1])
    made.run()
    assert read_results(*on_record(made), synthetic=False).exact_masking() is None
