"""Which threads a fault strikes: one, or exactly those of its warp that execute the instruction."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.faults.launches import add_bias
from tests.simulation.draws import ANY_BIT

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import DRAWN_MODELS, Draw, FaultModel, Mode, Scope
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection
from sassafras.isa.groups import Group
from sassafras.network.network import Network
from sassafras.simulation.injector import Injector
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.rules import Rules
from sassafras.simulation.strike import Values, strike
from sassafras.simulation.traced import run_golden, strike_points, struck_threads
from sassafras.simulation.workbench import Workbench

STORES = frozenset({Group.STORE})
DRAW = Draw(0, Mode.IOV, FaultModel.ZERO_VALUE, Scope.WARP, 0, 0, 0, 0, 0, 0, 0, ANY_BIT, longest=2000)


def points(draw: Draw, groups: frozenset[Group] | None = None) -> set[int]:
    """The threads that a fault in ``add_bias`` strikes (block 1: threads 0 to 87 work, the rest leave)."""
    bench = add_bias()
    threads = struck_threads(draw, bench.launch)
    golden = run_golden(bench.machine, bench.launch, bench.memory, draw.block, threads, 1000)
    selection = Selection(draw.mode, draw.model, groups)
    fault = resolve(draw, selection, bench.program, golden.traces[draw.thread])
    return set(strike_points(fault, golden.traces))


@pytest.mark.parametrize(
    ("block", "thread", "expected"),
    [
        (0, 0, range(32)),
        (0, 500, range(480, 512)),
        (1, 40, range(32, 64)),
        (1, 70, range(64, 88)),  # eight threads of this warp have nothing to add
    ],
)
def test_a_warp_is_struck_where_it_is_active(block: int, thread: int, expected: range) -> None:
    draw = replace(DRAW, block=block, thread=thread)
    assert points(draw, STORES) == set(expected)
    assert points(replace(draw, scope=Scope.THREAD), STORES) == {thread}


def test_a_register_is_struck_in_all_threads_that_issue_the_instruction() -> None:
    """Before the early EXIT all 32, behind it 24; idle threads' own strikes as well."""
    draw = replace(DRAW, mode=Mode.RF, model=FaultModel.SINGLE_BIT, block=1, thread=70)
    assert points(draw) == set(range(64, 96))
    assert points(replace(draw, ordinal=40)) == set(range(64, 88))
    assert points(replace(draw, thread=95)) == set(range(64, 96))


def test_the_last_warp_of_a_block_may_be_short() -> None:
    launch = replace(add_bias().launch, block=(40, 1, 1))
    assert struck_threads(replace(DRAW, thread=35), launch) == tuple(range(32, 40))
    assert struck_threads(replace(DRAW, thread=3), launch) == tuple(range(32))


@pytest.mark.parametrize("model", list(DRAWN_MODELS))
@pytest.mark.parametrize(("scope", "count"), [(Scope.THREAD, 1), (Scope.WARP, 32)])
def test_every_model_strikes_one_thread_unless_the_warp_is_asked_for(
    tiny: Network,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    model: FaultModel,
    scope: Scope,
    count: int,
) -> None:
    """Also zero-value: seen at the strikes themselves, and in memory behind an activation."""
    struck: list[int] = []

    def counted(block: ArmedBlock, thread: int, *rest: Any) -> Values:
        struck.append(thread)
        return strike(block, thread, *rest)

    monkeypatch.setattr("sassafras.simulation.strike.strike", counted)
    number = next(p.index for p in tiny.plan if p.kernel == "activate_array")
    draw = replace(DRAW, model=model, scope=scope, launch=number, thread=40, bit_word=2**63)
    row = Injector(bench, Rules(STORES, 10, full=False)).inject(draw)
    assert struck == (list(range(32, 64)) if scope is Scope.WARP else [40])
    assert row.target == "STORE_VALUE"
    if model is FaultModel.RANDOM_VALUE:
        assert json.loads(str(row.corrupted))["0"] == count
    if model is FaultModel.ZERO_VALUE:
        assert row.after == "0x00000000"
        assert row.differing_bytes is None or row.differing_bytes <= 4 * count


def test_a_warp_fault_that_traps_in_another_thread_is_an_outcome(tiny: Network, bench: Workbench) -> None:
    """Thread 32 ends the launch before thread 40's own strike: the fault has been injected all the same."""
    number = next(p.index for p in tiny.plan if p.kernel == "add_bias")
    draw = replace(DRAW, mode=Mode.IOA, model=FaultModel.ZERO_VALUE, launch=number, thread=40)
    for full in (False, True):
        row = Injector(bench, Rules(STORES, 10, full)).inject(draw)
        assert (row.outcome, row.due_kind) == (Outcome.DUE, TrapKind.ILLEGAL_ADDRESS)
        assert row.after == "0x0000000000000000"
