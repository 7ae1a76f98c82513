"""Golden runs of kernels that nobody knows are made once, for the same code, launches and data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.simulation.hand_written import THREADS, kernel, workload

from sassafras.emulator.watched import WatchedLaunch
from sassafras.errors import GoldenTrap
from sassafras.kernels.kernel import Kernel
from sassafras.simulation import watch as watching
from sassafras.simulation import watched_once
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.watched_once import packed, unpacked, watched_key
from sassafras.simulation.workbench import Workbench

LOAD, STORE = "LDG.E R6, [R2]", "STG.E [R4], R6"
VALUES = np.arange(THREADS, dtype=np.int32)


def adding(amount: int, name: str = "adder", **facts: int) -> Kernel:
    return kernel(name, LOAD, f"IADD R6, R6, {amount:#x}", STORE, "EXIT", observed=True, **facts)


TWO = ((adding(1), "in", "b"), (adding(2, "second"), "b", "out"))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The blocks that are emulated to be watched, as they come."""
    found: list[int] = []
    intervals = WatchedLaunch.intervals

    def counted(self: WatchedLaunch, block: int) -> object:
        found.append(block)
        return intervals(self, block)

    monkeypatch.setattr(WatchedLaunch, "intervals", counted)
    return found


def golden_of(*launches: tuple[Kernel, str, str], values: np.ndarray = VALUES) -> GoldenRun:
    made, given = workload(*launches, values=values)
    return Workbench(made, [given], shared=False).golden(0)


def same(one: GoldenRun, two: GoldenRun) -> None:
    assert (one.writes, one.reads) == (two.writes, two.reads)
    assert one.result.tobytes() == two.result.tobytes()
    for name in ("before", "after"):
        for a, b in zip(getattr(one, name), getattr(two, name), strict=True):
            np.testing.assert_array_equal(np.concatenate(a), np.concatenate(b))
    for left, right in zip(one.observed, two.observed, strict=True):
        assert left is not None and right is not None
        assert (left.sharing, left.longest) == (right.sharing, right.longest)
        for ours, theirs in ((left.loads, right.loads), (left.stores, right.stores)):
            assert ours.around == theirs.around
            np.testing.assert_array_equal(ours.bits, theirs.bits)
    np.testing.assert_array_equal(one.memory.data, two.memory.data)


def test_each_block_is_emulated_once_and_later_never(blocks: list[int]) -> None:
    first = golden_of(*TWO)
    assert blocks == [0, 0]
    assert first.result["out"].tolist() == (VALUES + 3).tolist()
    again = golden_of(*TWO)
    assert blocks == [0, 0]
    same(first, again)
    assert first.observed[0] is not None and first.observed[0].sharing is Sharing.NONE
    assert first.observed[0].longest == 10
    for run in (first, again):
        run.go_before(2)
        assert run.memory.at(run.workload.region(run.workload.outputs[0]).address, 4).tolist() == [3, 0, 0, 0]


def test_a_file_that_is_cut_is_made_again(own_cache: Path, blocks: list[int]) -> None:
    first = golden_of(*TWO)
    files = sorted(own_cache.glob("watched-*"))
    assert len(files) == 2
    files[0].write_bytes(files[0].read_bytes()[:-20])
    same(first, golden_of(*TWO))
    assert blocks == [0, 0, 0]
    assert unpacked(b"no archive") is None


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch, blocks: list[int]) -> None:
    monkeypatch.setattr(watched_once, "_LARGEST", 4 * THREADS - 1)
    first = golden_of(*TWO)
    same(first, golden_of(*TWO))
    assert blocks == [0, 0, 0, 0]


def test_what_is_packed_comes_out() -> None:
    made, given = workload(*TWO, values=VALUES)
    memory = made.fresh_memory()
    made.load(memory, *given.arrays)
    known = watched_once._watched(made, made.plan[0], memory)
    found = unpacked(packed(replace(known, notes=("one", "two"))))
    assert found is not None and found.seen is not None and known.seen is not None
    assert found.notes == ("one", "two")
    np.testing.assert_array_equal(found.after[0].view(np.int32), VALUES + 1)
    assert found.seen.stores.around == known.seen.stores.around


CHANGES = {
    "code": ((adding(3), "in", "b"), TWO[1]),
    "code of a later launch": (TWO[0], (adding(5, "second"), "b", "out")),
    "grid": ((adding(1, blocks=2), "in", "b"), TWO[1]),
    "buffers": ((adding(1), "in", "out"), (adding(2, "second"), "b", "out")),
}


def keys(*launches: tuple[Kernel, str, str], values: np.ndarray = VALUES) -> list[str]:
    made, given = workload(*launches, values=values)
    return [watched_key(made, planned, given.arrays) for planned in made.plan]


@pytest.mark.parametrize("what", CHANGES)
def test_the_key_depends_on_every_launch_up_to_its_own(what: str) -> None:
    """Of an earlier one too, whose code says what memory holds."""
    before, after = keys(*TWO), keys(*CHANGES[what])
    assert after[1] != before[1]
    assert (after[0] != before[0]) == (what in ("code", "grid", "buffers"))


def test_the_key_depends_on_the_input() -> None:
    before, after = keys(*TWO), keys(*TWO, values=VALUES + 1)
    assert set(before).isdisjoint(after)
    assert keys(*TWO) == before
    assert len(set(before)) == 2


def test_the_key_depends_on_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(*TWO)
    monkeypatch.setattr(watched_once, "source_key", lambda *modules: "other sources")
    assert set(keys(*TWO)).isdisjoint(before)


def test_a_changed_kernel_is_run_on_what_it_finds(blocks: list[int]) -> None:
    golden_of(*TWO)
    changed = golden_of(*CHANGES["code"])
    assert changed.result["out"].tolist() == (VALUES + 5).tolist()
    assert blocks == [0, 0, 0, 0]


def test_a_golden_run_that_does_not_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LONGEST", 1000)
    endless = kernel("endless", ".L_1:", "IADD R6, R6, 0x1", "BRA `(.L_1)", "EXIT", observed=True)
    with pytest.raises(GoldenTrap, match=r"endless.*HANG|endless.*hang"):
        golden_of((endless, "in", "out"))


def test_beyond_what_is_watched_it_is_still_seen_what_a_launch_touches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = kernel(
        "wide", "S2R R7, SR_CTAID.X", "SHL R7, R7, 0x4", "IADD R4.CC, R4, R7", "IADD.X R5, R5, RZ", LOAD,
        "@!PT STG.E [R4], R6", "STG.E [R4], R6", "EXIT", observed=True, blocks=3,
    )  # fmt: skip
    monkeypatch.setattr(watching, "MOST", 1)
    with pytest.warns(UserWarning, match="the same value|races"):
        found = golden_of((spec, "in", "out"), values=np.full(THREADS, 7, np.int32))
    seen = found.observed[0]
    assert seen is not None
    start = found.workload.region(found.workload.outputs[0]).address - found.memory.layout.base
    stored = np.flatnonzero(seen.stores.has(np.arange(len(found.memory.data)))) - start
    assert (stored[0], stored[-1], len(stored)) == (0, 4 * THREADS + 2 * 16 - 1, 4 * THREADS + 2 * 16)
    assert seen.sharing is Sharing.LAUNCH
