"""Races in golden runs: refused, warned of, or none."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.emulator.launches import NAMES, fresh
from tests.emulator.race_kernels import REFUSED, RIGHT, WARNED, X
from tests.emulator.warp_kernels import CASES, WarpCase, compiled
from tests.simulation.warp_workloads import workload_of_case

from sassafras.errors import RaceError
from sassafras.kernels.programs import load_program
from sassafras.simulation.races import BY_ATOMIC, Atomics, Touched, moment, races_of
from sassafras.simulation.watch import RaceWarning, Watch
from sassafras.simulation.workbench import Workbench


def watch(case: WarpCase, file: str = "races") -> tuple[str, ...]:
    """The notes; the launch must have done what it should."""
    launch, memory = case.build()
    notes = Watch(compiled(case.kernel, file), launch, memory).run()
    case.check(memory)
    return notes


@pytest.mark.parametrize("kernel", RIGHT)
def test_what_is_no_race(kernel: str) -> None:
    assert watch(RIGHT[kernel]) == ()


QUICK = ("last_warp", "producer", "halves")
WATCHED = [pytest.param(k, marks=() if k in QUICK else pytest.mark.slow) for k in CASES]


@pytest.mark.parametrize("kernel", WATCHED)
def test_lanes_in_lock_step_and_named_barriers_are_no_race(kernel: str) -> None:
    assert watch(CASES[kernel], "warps") == ()


@pytest.mark.parametrize("kernel", WARNED)
def test_what_is_warned_of(kernel: str) -> None:
    case, said = WARNED[kernel]
    (note,) = watch(case)
    assert re.search(said, note), note


def test_a_load_that_an_atomic_orders_is_warned_of() -> None:
    sums = X[:64].reshape(4, 16).sum(axis=1)
    launch, memory = WarpCase(
        "last_block", 4, 16, (X[:64],), (np.array([sums.sum(), *sums], np.int32), np.zeros(1, np.uint32))
    ).build()
    memory.array(memory.layout["a2"].address, 1, np.uint32)[:] = 0
    (note,) = Watch(compiled("last_block", "races"), launch, memory).run()
    assert note.endswith(BY_ATOMIC)
    assert memory.array(memory.layout["a1"].address, 5, np.int32).tolist() == [sums.sum(), *sums]


@pytest.mark.parametrize("kernel", REFUSED)
def test_what_is_refused(kernel: str) -> None:
    blocks, threads, said = REFUSED[kernel]
    case = WarpCase(kernel, blocks, threads, (X,), (np.zeros(256, np.int32), np.zeros(1, np.uint32)))
    launch, memory = case.build()
    with pytest.raises(RaceError) as refusal:
        Watch(compiled(kernel, "races"), launch, memory).run()
    text = str(refusal.value)
    assert text.startswith(f"{kernel}: ") and "\n" not in text
    assert re.search(said, text), text


SHARING = ("gemm", "im2col_gpu")  #: one with shared memory and barriers, one without
BUNDLED = [pytest.param(k, marks=() if k in SHARING else pytest.mark.slow) for k in NAMES]


@pytest.mark.parametrize("kernel", BUNDLED)
def test_bundled_kernels_are_free_of_races(kernel: str) -> None:
    """So that no campaign has to look."""
    launch, memory = fresh(kernel)
    watch = Watch(load_program(kernel), launch, memory)
    assert watch.run() == ()
    assert not watch.lanes_tell


def table(rows: list[tuple[int, int, int | None, int | None, int]]) -> Touched:
    """From (place, actor, order of the store, order of the load, value)."""
    never = np.iinfo(np.int64).max
    columns = list(zip(*rows, strict=True))
    one = np.ones(len(rows), np.int64)
    stores = np.array([-1 if s is None else s for s in columns[2]])
    loads = np.array([-1 if s is None else s for s in columns[3]])
    return Touched(
        np.array(columns[0]),
        np.array(columns[1]),
        np.where(stores < 0, -1, moment(stores, one, one)),
        np.where(loads < 0, never, moment(loads, one, one)),
        np.array(columns[4]),
    ).merged()


def test_an_atomic_orders_only_behind_the_store_and_before_the_load() -> None:
    races = table([(7, 0, 5, None, 1), (7, 1, None, 9, 0), (8, 0, 1, None, 1), (8, 2, 1, None, 1)])
    for first, second, harmless in ((6, 8, True), (4, 8, False), (6, 10, False)):
        atomics = Atomics()
        atomics.add([3, 3], [0, 1], [first, second])
        found = {race.harmless for race in races_of(races, atomics)}
        assert ("" not in found) == harmless
    elsewhere = Atomics()
    elsewhere.add([3, 4], [0, 1], [6, 8])
    assert {race.harmless for race in races_of(races, elsewhere)} == {""}


def test_lanes_that_speak_through_memory_are_seen() -> None:
    for kernel, tell in (("last_warp", True), ("butterfly", False)):
        launch, memory = CASES[kernel].build()
        seen = Watch(compiled(kernel, "warps"), launch, memory)
        seen.run()
        assert seen.lanes_tell == tell, kernel


def test_one_actor_does_not_race_with_itself() -> None:
    assert races_of(table([(7, 0, 5, None, 1), (7, 0, None, 9, 0), (8, 1, None, 1, 0)]), Atomics()) == []
    assert races_of(table([(7, 0, None, 5, 0), (7, 1, None, 9, 0)]), Atomics()) == []


def test_a_golden_run_is_watched_and_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A workload of a kernel that races is refused; one that is warned of warns every time."""
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path))
    racing = WarpCase("no_barrier", 1, 64, (X[:64],), (X[:64],))
    workload, given = workload_of_case(racing, "races")
    with pytest.raises(RaceError, match="no_barrier"):
        Workbench(workload, [given], shared=False).golden(0)
    workload, given = workload_of_case(WARNED["any_found"][0], "races")
    for _ in range(2):
        with pytest.warns(RaceWarning, match="same value"):
            golden = Workbench(workload, [given], shared=False).golden(0)
        assert golden.result["out0"].tolist() == [1]
