"""Counters of warps: what lanes did together and apart, against counting each thread by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.emulator.vector import rows as module
from sassafras.emulator.vector.rows import Rows

EVERY = (1 << 32) - 1
Counted = list[tuple[int, int, int]]  #: warp of the run, counter, lanes that are counted (a bit each)

COUNTERS, WARPS = 5, 4
LANES = st.one_of(st.just(EVERY), st.sampled_from([0, 1, 1 << 31, 0xFFFF, EVERY - 1]), st.integers(0, EVERY))
COUNTED = st.lists(st.tuples(st.integers(0, WARPS - 1), st.integers(0, COUNTERS - 1), LANES), max_size=30)


def compare(counted: Counted, threads: int) -> None:
    """Blocks of two warps; the last one of a block may have fewer lanes."""
    rows = Rows(COUNTERS)
    counts = np.zeros((WARPS, rows.words), np.int32)
    expected = np.zeros((WARPS // 2, 64, COUNTERS), np.int32)
    for warp, counter, asked in counted:
        whole = EVERY if warp % 2 == 0 or threads == 64 else (1 << threads % 32) - 1
        lanes = asked & whole
        if lanes == whole:
            counts[warp, rows.together(counter) // 4] += 1
        else:
            counts[warp].view(np.uint8)[rows.parted(counter)] = 1
        for lane in (lane for lane in range(32) if lanes >> lane & 1):
            if lanes != whole:
                counts[warp, rows.apart(counter) // 4 + lane] += 1
            expected[warp // 2, 32 * (warp % 2) + lane, counter] += 1
    found, which = rows.of_threads(counts, 2, threads)
    assert np.array_equal(found[which], expected[:, :threads].reshape(-1, COUNTERS))
    assert set(which.tolist()) == set(range(len(found))), "each row is somebody's"


@given(COUNTED, st.integers(33, 64))
def test_each_thread_gets_what_it_did(counted: Counted, threads: int) -> None:
    compare(counted, threads)


def test_kinds_of_warps_that_have_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MULTIPLIER", np.uint64(0))
    compare([(0, 0, EVERY), (1, 1, EVERY), (2, 2, 0xF0), (3, 2, 0x0F)], 64)


def test_warps_that_count_alike_share_their_rows() -> None:
    rows = Rows(3)
    counts = np.zeros((100, rows.words), np.int32)
    counts[:, rows.together(1) // 4] = 7
    found, which = rows.of_threads(counts, 2, 64)
    assert len(found) == 32 and len(which) == 50 * 64 and np.array_equal(found, [[0, 7, 0]] * 32)


def test_the_words_of_a_warp_do_not_overlap() -> None:
    for counters in range(1, 9):
        rows = Rows(counters)
        words = [range(rows.together(k), rows.together(k) + 4) for k in range(counters)]
        flags = [range(rows.parted(k), rows.parted(k) + 1) for k in range(counters)]
        lanes = [range(rows.apart(k), rows.apart(k) + 128) for k in range(counters)]
        taken = [byte for part in (*words, *flags, *lanes) for byte in part]
        assert len(set(taken)) == len(taken) and max(taken) == 4 * rows.words - 1
