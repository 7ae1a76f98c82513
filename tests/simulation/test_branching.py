"""Networks with branches: by machine code, by both engines, and hardened."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from tests.campaign import networks
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.kernels.sample import every_nth

from sassafras.architectures.architecture import Architecture
from sassafras.faults.model import Scope
from sassafras.hardening.plan import PlanName, launched, named_plan
from sassafras.hardening.workload import harden
from sassafras.isa.program import Program
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS
from sassafras.network.network import Network
from sassafras.progress import Silence
from sassafras.simulation.stray import StrayBytes
from sassafras.simulation.workbench import Workbench
from sassafras.verify.samples import Sampling
from sassafras.verify.self_check import short_check
from sassafras.verify.twins import check_every_launch
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins

EVERY = networks.BRANCHES
each = pytest.mark.parametrize("name", EVERY)


@pytest.mark.alike(3)
@each
def test_an_inference_by_machine_code_is_that_of_the_twins(name: str) -> None:
    network = EVERY[name]()
    bench = Workbench(network, networks.images(network), shared=False)
    for frame in range(2):
        check = check_every_launch(bench, frame, 1, Silence())
        assert check.passed, check
    found = short_check(bench, 0, Sampling(launched(network), 7))
    assert found.passed, found


@pytest.mark.alike(3)
@each
def test_injections_into_every_kernel(name: str, tmp_path: Path) -> None:
    network = EVERY[name]()
    rows = run(tmp_path, network, networks.images(network), injections=60, seed=5, engine="full")
    assert len(rows) == 180
    assert set(rows.kernel) <= set(launched(network))
    assert {"add", "concatenate"} & set(launched(network)) <= set(rows.kernel)
    assert {"MASKED", "SDC", "DUE"} == set(rows.outcome)


@pytest.mark.alike(3)
@each
def test_both_engines_agree_and_kernels_carry(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no launch behind a fault runs whole, apart from those of the one kernel that carries no pieces."""
    network = EVERY[name]()
    pictures = networks.images(network)
    whole: list[str] = []
    through = StrayBytes._through_twin

    def noting(self: StrayBytes, launch: PlannedLaunch, pieces: Any, waiting: Any) -> Any:
        if waiting is None:  # else a stray store has hit parameters
            whole.append(launch.kernel)
        return through(self, launch, pieces, waiting)

    monkeypatch.setattr(StrayBytes, "_through_twin", noting)
    fast = run(tmp_path / "fast", network, pictures, injections=150, seed=6)
    full = run(tmp_path / "full", network, pictures, injections=150, seed=6, engine="full")
    assert_same(fast, full, FAST_ONLY)
    assert set(whole) == {"softmax"}


@pytest.mark.slow
@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
@each
def test_both_engines_agree_on_many_faults(
    name: str, scope: Scope, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = EVERY[name]()
    pictures, count = networks.images(network), {Scope.THREAD: 1667, Scope.WARP: 400}[scope]
    fast = run(tmp_path / "fast", network, pictures, 2, injections=count, scope=scope, seed=count)
    full = run(
        tmp_path / "full", network, pictures, 2, injections=count, scope=scope, seed=count, engine="full"
    )
    assert_same(fast, full, FAST_ONLY)
    with capsys.disabled():
        outcomes = fast.groupby("outcome").size().to_dict()
        print(f"\n{name}, {scope}: {len(fast)} faults, rows of both engines equal: {outcomes}")  # noqa: T201


def test_a_kernel_without_a_twin_and_with_code_of_its_own(tmp_path: Path) -> None:
    """Whole launches are emulated then, and pieces go through them on whole buffers: the same rows."""
    network = networks.residual()
    pictures = networks.images(network)
    asked: list[str] = []

    def code(target: Architecture) -> Program:
        asked.append(target.name)
        return load_program("add", target.name)

    class Bare(Network):
        @cached_property
        def plan(self) -> tuple[PlannedLaunch, ...]:
            bare = replace(KERNELS["add"], twin=None, carry=None, source=code)
            return tuple(replace(p, variant=bare) if p.kernel == "add" else p for p in network.plan)

    bare = Bare(network.name, network.graph, network.classes, network.parameters)
    quick = run(tmp_path / "quick", network, pictures, injections=60, seed=7)
    slow = run(tmp_path / "slow", bare, pictures, injections=60, seed=7)
    assert_same(quick, slow)
    assert set(asked) == {"sm_50"}


@pytest.mark.parametrize("name", every_nth(4, EVERY))
@pytest.mark.parametrize("technique", [pytest.param(Technique.TMR, marks=pytest.mark.long), Technique.DMR])
def test_every_kernel_can_be_hardened(name: str, technique: Technique) -> None:
    """With the plans "tmr" and "dmr"; fault-free, the results have the same bits."""
    network = EVERY[name]()
    protection = named_plan(PlanName(technique.value), launched(network), (), 0)
    assert protection.kernels == launched(network)
    hardened = harden(network, protection)
    image = networks.images(network)[0]
    results = []
    for made in (network, hardened):
        memory = made.fresh_memory()
        made.load(memory, image.pixels)
        run_twins(made, memory)
        results.append(made.result(memory).numbers)
    assert results[0].tobytes() == results[1].tobytes()
    bench = Workbench(hardened, [image], shared=False)
    check = check_every_launch(bench, 0, 1, Silence())
    assert check.passed, check


@pytest.mark.long
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
