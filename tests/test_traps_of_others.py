"""Mistakes that were found in other fault injectors, and the test that would find each of them here.

A trap is either tested in this file or names the tests elsewhere that do; those must exist.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest
from tests.faults.launches import add_bias

import sassafras
from sassafras.analysis.intervals import IntervalMethod, interval
from sassafras.campaign.design.presets import PRESETS
from sassafras.campaign.design.settings import Settings
from sassafras.emulator.armed import Stop
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Scope

TESTS = Path(__file__).parent
PACKAGE = Path(sassafras.__file__).parent

ELSEWHERE = {
    "sites are drawn from an inclusive range, and sometimes there is no such site": (
        "faults/test_population.py::test_locating_every_site_is_a_bijection_with_the_traces",
        "faults/test_population.py::test_ranges_are_half_open_across_launches",
        "faults/test_corruption.py::test_pick_reaches_both_ends_and_nothing_beyond",
    ),
    "the last jobs, fewer than there are workers or than a batch holds, are never run": (
        "campaign/test_workers_and_resuming.py::test_no_injection_is_dropped_at_the_end",
    ),
    "the exit code of the faulty run, or of a worker, is ignored": (
        "campaign/test_workers_and_resuming.py::test_a_worker_that_breaks_is_never_ignored",
        "simulation/test_warp.py::test_a_warp_fault_that_traps_in_another_thread_is_an_outcome",
        "simulation/test_strike.py::test_all_64_bits_of_a_store_address",
    ),
    "a fault that was never injected is counted as masked": (
        "campaign/test_workers_and_resuming.py::test_planned_is_injected_plus_errors",
        "simulation/test_strike.py::test_a_store_that_did_not_happen_is_an_error_of_ours",
        "faults/test_resolve.py::test_every_ordinal_is_its_site_of_the_trace",
    ),
    "the zero-value model strikes the whole warp although one thread was asked for": (
        "simulation/test_warp.py::test_every_model_strikes_one_thread_unless_the_warp_is_asked_for",
    ),
    "the operand index, or the predicate bit, is always the first": (
        "faults/test_resolve.py::test_every_operand_is_struck_equally_often",
        "faults/test_resolve.py::test_each_flag_of_the_condition_codes_and_each_predicate_is_struck",
    ),
    "a bit of a 64-bit address is flipped with 32-bit integers": (
        "faults/test_corruption.py::test_every_bit_is_reachable_the_last_ones_included",
        "simulation/test_strike.py::test_all_64_bits_of_a_store_address",
    ),
    "a random value is a scaled float with 24 bits of entropy": (
        "faults/test_corruption.py::test_a_random_value_has_all_its_bits",
        "faults/test_population.py::test_words_that_pick_target_bit_and_value_are_independent_and_uniform",
    ),
    "a flipped bit of a fixed-point number is sold as one of an IEEE float": (
        "faults/test_corruption.py::test_a_bit_flip_is_a_flip_of_the_ieee_word",
        "simulation/test_strike.py::test_a_result_is_struck_behind_its_instruction",
    ),
    "an injected model is spoilt for the next pass": (
        "simulation/test_put_back.py::test_the_whole_arena_is_put_back",
        "simulation/test_put_back.py::test_a_fault_can_be_injected_again_and_again",
    ),
    "the site depends on how threads happen to be scheduled": (
        "campaign/test_workers_and_resuming.py::test_one_worker_and_two_give_the_same_bytes",
        "faults/test_population.py::test_a_draw_depends_on_seed_mode_and_number_alone",
    ),
    "a second run appends duplicates instead of going on": (
        "campaign/test_workers_and_resuming.py::test_an_interrupted_campaign_goes_on_to_the_same_rows",
    ),
}


@pytest.mark.parametrize("trap", list(ELSEWHERE))
def test_the_trap_has_its_tests(trap: str) -> None:
    for place in ELSEWHERE[trap]:
        file, _, name = place.partition("::")
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, place


def test_a_hang_is_caught_at_any_limit() -> None:
    """One injector polls in steps and compares with zero: a limit between two steps is never reached."""
    bench = add_bias()
    longest = bench.profile().longest
    for limit in range(1, longest + 3):
        armed = bench.machine.arm(bench.launch, bench.memory, 0, [3])
        stop = armed.run(limit)
        result = bench.machine.run(bench.launch, bench.memory, limit=limit, blocks=range(1))
        kinds = {None if t is None else t.kind for t in (armed.trap, result.trap)}
        assert kinds == ({None} if limit >= longest else {TrapKind.HANG})
        assert (stop is Stop.FINISHED) == (limit >= longest)
        assert limit >= longest or armed.issued(3) == limit


def _calls(tree: ast.AST) -> list[str]:
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_generator_is_global_or_without_a_seed() -> None:
    """Everything random comes from a counter-based generator with a key."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not imported & {"random", "secrets", "numpy.random"}, path
        drawn = {name for name in _calls(tree) if re.match(r"(np|numpy)\.random\.", name)}
        assert drawn <= {"np.random.Generator", "np.random.Philox"}, path
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.random.Philox":
                assert node.args or any(k.arg in {"key", "seed"} for k in node.keywords), path


def test_the_default_is_the_fast_engine_with_one_thread_and_enough_injections() -> None:
    """Not the slow function, and not ten runs: at 1000 no proportion is off by more than 3.2 points. The
    tutorial's preset is smaller, and says so.
    """
    assert PRESETS["lenet"].injections < 1000
    for settings in (Settings(), *(own for name, own in PRESETS.items() if name != "lenet")):
        assert settings.engine == "fast"
        assert settings.scope is Scope.THREAD
        assert settings.injections >= 1000
        for events in (0, settings.injections // 2, settings.injections):
            low, high = interval(events, settings.injections)
            assert max(high - events / settings.injections, events / settings.injections - low) < 0.032


@pytest.mark.parametrize("method", list(IntervalMethod))
@pytest.mark.parametrize("trials", [1, 10, 25, 1000])
def test_no_event_seen_is_not_plus_minus_zero(method: IntervalMethod, trials: int) -> None:
    low, high = interval([0, trials], [trials, trials], method)
    assert low[0] == 0
    assert high[0] > 1 / (trials + 1), "as many as one event may be hidden"
    assert high[1] == 1
    assert np.allclose(1 - low[1], high[0])
