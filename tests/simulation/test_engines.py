"""The fast engine against the reference engine, which emulates everything behind the fault."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.campaign import networks, odd_networks
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.simulation.draws import register_draws
from tests.simulation.sweep import Sweep

from sassafras.faults.model import Scope
from sassafras.kernels.registry import KERNELS
from sassafras.network.images import Image
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector
from sassafras.simulation.outcome import MaskedReason, Severity
from sassafras.simulation.rules import Rules
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench

PER_MODE = {Scope.THREAD: 205, Scope.WARP: 80}


@pytest.fixture(scope="module", params=[Scope.THREAD, Scope.WARP])
def engines(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny: Network,
    images: list[Image],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the same faults by the fast and by the full engine."""
    folder, scope = tmp_path_factory.mktemp("engines"), request.param
    count = PER_MODE[scope]
    fast = run(folder / "fast", tiny, images, injections=count, scope=scope, seed=12)
    return fast, run(folder / "full", tiny, images, injections=count, scope=scope, seed=12, engine="full")


def test_rows_are_equal(engines: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Outcomes, severities, struck words, differing bytes and every bit of the probabilities."""
    assert_same(*engines, without=FAST_ONLY)


def test_the_comparison_covers_every_kernel_model_and_outcome(
    engines: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    fast, _ = engines
    assert set(fast.kernel) == set(
        list(KERNELS)[:7]
    )  # those of the paper: the others have networks of their own
    assert set(fast.model) == {"single-bit", "double-bit", "random-value", "zero-value"}
    assert set(fast.outcome) == {"MASKED", "DUE", "SDC"}
    assert set(fast.severity.dropna()) == set(Severity)
    reasons = {reason.value for reason in MaskedReason} - {MaskedReason.CORRECTED.value}  # of mode MEM
    assert set(fast.masked_reason.dropna()) == reasons
    assert set(fast.target) >= {"REGISTER", "PREDICATE", "STORE_VALUE", "REGISTER_INDEX", "STORE_ADDRESS"}
    assert fast.frame.nunique() == 2
    assert fast.probabilities.notna().equals(fast.outcome == "SDC")


def test_registers_that_are_never_read_or_overwritten_are_masked_when_they_really_run(
    engines: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    """The fast engine takes it from the golden trace; the full engine runs these faults."""
    fast, full = engines
    proven = fast.masked_reason.isin([MaskedReason.NEVER_READ.value, MaskedReason.OVERWRITTEN.value])
    assert proven.sum() > 30
    assert (full[proven].outcome == "MASKED").all()
    assert full[proven].differing_bytes.isna().all()


def test_an_error_that_died_left_golden_probabilities(engines: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    fast, full = engines
    died = fast.died_layer.notna()
    assert died.equals(fast.severity == "NO_MALFUNCTION")
    assert died.any()
    assert (full[died].severity == "NO_MALFUNCTION").all()


def test_masked_by_trace_agrees_with_running_in_detail(bench: Workbench) -> None:
    """Every register at some instructions: what the trace proves masked, the run shows masked."""
    reasons = set()
    quick = Injector(bench, Rules(None, 10, full=False))
    slow = Injector(bench, Rules(None, 10, full=True))
    for draw in register_draws(bench):
        row = quick.inject(draw)
        reasons.add(row.masked_reason)
        if row.masked_reason in {"never-read", "overwritten"}:
            assert slow.inject(draw) == row
    assert reasons >= {"never-read", "overwritten", "no-effect"}


@pytest.mark.parametrize("scope", [Scope.THREAD, Scope.WARP])
def test_many_states_swept_together_equal_each_state_alone(
    tmp_path: Path, tiny: Network, images: list[Image], monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> None:
    """Pieces of feature maps against whole launches of the twins: every column, corrupted layers too."""
    together = run(tmp_path / "together", tiny, images, injections=120, scope=scope, seed=13)
    taken: list[int] = []

    def sweep_alone(wave: Wave, number: int, fault: int, difference: Difference, alarm: None) -> None:
        if fault >= 0:  # else the self-check's own
            taken.append(fault)
        wave.finished[fault] = Sweep(wave._golden, wave._entrance._live, number, difference).run()

    monkeypatch.setattr("sassafras.simulation.wave.Wave.enter", sweep_alone)
    alone = run(tmp_path / "alone", tiny, images, injections=120, scope=scope, seed=13)
    assert len(taken) == (alone.outcome == "SDC").sum() > 40
    assert_same(together, alone)


@pytest.mark.parametrize("name", networks.ENDS)
def test_a_network_may_end_in_a_map(tmp_path: Path, name: str) -> None:
    """A convolution or a pooling as the last layer: its result is no vector."""
    other = networks.network(networks.OTHERS[name])
    pictures = networks.images(other)
    fast = run(tmp_path / "fast", other, pictures, injections=60, seed=8)
    full = run(tmp_path / "full", other, pictures, injections=60, seed=8, engine="full")
    assert (fast.severity == Severity.LIGHT_MALFUNCTION).any()
    assert_same(fast, full, FAST_ONLY)


@pytest.mark.parametrize("name", list(odd_networks.ODD))
def test_whatever_reads_a_map_both_engines_agree(tmp_path: Path, name: str) -> None:
    """Two readers, parts of maps, maps where parameters are expected: what no kernel carries runs whole."""
    other = odd_networks.ODD[name]()
    pictures = networks.images(other)
    fast = run(tmp_path / "fast", other, pictures, injections=40, seed=8)
    full = run(tmp_path / "full", other, pictures, injections=40, seed=8, engine="full")
    assert set(full.outcome) >= {"MASKED", "SDC"}
    assert_same(fast, full, FAST_ONLY)
