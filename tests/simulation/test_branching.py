"""Networks with branches in the reference engine, which emulates every launch behind the fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign import networks
from tests.campaign.rows import run

from sassafras.hardening.network import harden
from sassafras.hardening.plan import PlanName, launched, named_plan
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.inference import run_twins
from sassafras.progress import Silence
from sassafras.simulation.workbench import Workbench
from sassafras.verify.samples import Sampling
from sassafras.verify.self_check import short_check
from sassafras.verify.twins import check_every_launch

EVERY = {"residual": networks.residual, "dense": networks.dense, "copies": networks.copies}
each = pytest.mark.parametrize("name", EVERY)


@each
def test_an_inference_by_machine_code_is_that_of_the_twins(name: str) -> None:
    network = EVERY[name]()
    bench = Workbench(network, [i.pixels for i in networks.images(network)], "sm_50", shared=False)
    for frame in range(2):
        check = check_every_launch(bench, frame, 1, Silence())
        assert check.passed, check
    found = short_check(bench, 0, Sampling(launched(network), 7))
    assert found.passed, found


@each
def test_injections_into_every_kernel(name: str, tmp_path: Path) -> None:
    network = EVERY[name]()
    rows = run(tmp_path, network, networks.images(network), injections=60, seed=5, engine="full")
    assert len(rows) == 180
    assert set(rows.kernel) <= set(launched(network))
    assert {"add", "concatenate"} & set(launched(network)) <= set(rows.kernel)
    assert {"MASKED", "SDC", "DUE"} == set(rows.outcome)


@each
@pytest.mark.parametrize("technique", [Technique.TMR, Technique.DMR])
def test_every_kernel_can_be_hardened(name: str, technique: Technique) -> None:
    """With the plans "tmr" and "dmr"; fault-free, the results have the same bits."""
    network = EVERY[name]()
    protection = named_plan(PlanName(technique.value), launched(network), (), 0)
    assert protection.kernels == launched(network)
    hardened = harden(network, protection)
    image = networks.images(network)[0].pixels
    results = []
    for made in (network, hardened):
        memory = made.fresh_memory()
        made.load_frame(memory, image)
        run_twins(made, memory)
        results.append(made.probabilities(memory))
    assert results[0].tobytes() == results[1].tobytes()
    bench = Workbench(hardened, [image], "sm_50", shared=False)
    check = check_every_launch(bench, 0, 1, Silence())
    assert check.passed, check


def test_faults_in_a_hardened_sum_are_no_silent_errors(tmp_path: Path) -> None:
    plain = networks.residual()
    tmr = harden(plain, named_plan(PlanName.TMR, launched(plain), (), 0))
    silent = []
    for name, network in (("plain", plain), ("tmr", tmr)):
        rows = run(
            tmp_path / name,
            network,
            networks.images(plain),
            injections=100,
            seed=9,
            engine="full",
            kernels=("add", "concatenate"),
            modes=("IOV",),
            models=("single-bit",),
        )
        assert set(rows.kernel) == {"add", "concatenate"}
        silent.append(int((rows.outcome == "SDC").sum()))
    assert silent[0] > 10
    assert silent[1] == 0
