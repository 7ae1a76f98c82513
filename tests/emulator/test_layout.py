"""The layout of device memory: the allocator's rules (DESIGN section 4)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.architectures.allocator import BEFORE_PASCAL
from sassafras.emulator.memory import DeviceMemory, MemoryLayout, lay_out

KIB, MIB = 1 << 10, 1 << 20
BASE_ADDRESS = BEFORE_PASCAL.base
SIZES = st.lists(
    st.one_of(st.integers(1, 4 * KIB), st.integers(MIB - 1024, MIB + 1024), st.integers(1, 8 * MIB)),
    min_size=1,
    max_size=12,
)


def names(sizes: list[int]) -> list[tuple[str, int]]:
    return [(f"a{k}", size) for k, size in enumerate(sizes)]


@given(SIZES)
def test_allocations_are_aligned_disjoint_and_mapped(sizes: list[int]) -> None:
    layout = lay_out(names(sizes))
    spans = sorted((a.address, a.end) for a in layout.allocations)
    assert all(start % 512 == 0 for start, _ in spans)
    assert all(end <= following for (_, end), (following, _) in pairwise(spans))
    assert spans[0][0] == layout.base and spans[-1][1] <= layout.base + layout.nbytes
    assert [layout[f"a{k}"].nbytes for k in range(len(sizes))] == sizes
    assert layout.nbytes % (128 * KIB) == 0


@given(SIZES)
def test_small_ones_share_a_mebibyte_and_large_ones_stand_alone(sizes: list[int]) -> None:
    layout = lay_out(names(sizes))
    chunks = 0
    current: tuple[int, int] | None = None
    for allocation in layout.allocations:
        if allocation.nbytes > MIB:
            assert (allocation.address - layout.base) % (128 * KIB) == 0
            inside = [
                a
                for a in layout.allocations
                if a is not allocation and allocation.address <= a.address < allocation.end
            ]
            assert not inside
            chunks += -(-allocation.nbytes // (128 * KIB)) * 128 * KIB
        elif current is None or not current[0] <= allocation.address <= allocation.end <= current[1]:
            current = (allocation.address, allocation.address + MIB)
            chunks += MIB
    assert layout.nbytes == chunks


def test_an_example_by_hand() -> None:
    requests = [("w", 100), ("b", 513), ("big", MIB + 1), ("c", 4), ("half", MIB - 512), ("d", 1)]
    layout = lay_out(requests, replace(BEFORE_PASCAL, base=0x700000000))
    offsets = [a.address - 0x700000000 for a in layout.allocations]
    assert offsets == [0, 512, MIB, 1536, MIB + 9 * 128 * KIB, 2 * MIB + 9 * 128 * KIB - 512]
    assert layout.nbytes == 2 * MIB + 9 * 128 * KIB


def test_exactly_one_mebibyte_is_small() -> None:
    layout = lay_out([("a", 1), ("b", MIB), ("c", 1)])
    assert [a.address - layout.base for a in layout.allocations] == [0, MIB, 2 * MIB]
    assert layout.nbytes == 3 * MIB


def test_addresses_fit_the_virtual_space_of_maxwell() -> None:
    assert 0 < BASE_ADDRESS < 1 << 40 and BASE_ADDRESS % MIB == 0


@pytest.mark.parametrize("requests", [[("a", 0)], [("a", -4)], [("a", 4), ("a", 4)]])
def test_wrong_requests_are_refused(requests: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match="allocation"):
        lay_out(requests)


def test_device_memory_gives_views() -> None:
    layout = lay_out([("a", 64), ("b", 64)])
    memory = DeviceMemory(layout)
    memory.array(layout["b"].address, 4)[:] = [1, 2, 3, 4]
    assert memory.data[512:528].view(np.float32).tolist() == [1, 2, 3, 4]
    assert not memory.data[:512].any()


@pytest.mark.parametrize("address", [-1, MIB - 3, MIB, -BASE_ADDRESS])
def test_views_outside_are_refused(address: int) -> None:
    memory = DeviceMemory(lay_out([("a", 64)]))
    with pytest.raises(IndexError, match="not mapped"):
        memory.at(BASE_ADDRESS + address, 4)


def test_memory_that_compiled_code_could_not_use_is_refused() -> None:
    layout = lay_out([("a", 64)])
    good = np.zeros(MIB + 16, np.uint8)
    start = -good.ctypes.data % 16
    DeviceMemory(layout, good[start : start + MIB])
    frozen = np.zeros(MIB, np.uint8)
    frozen.flags.writeable = False
    wrong: tuple[Any, ...] = (
        good[start + 1 : start + 1 + MIB],
        np.zeros(2 * MIB, np.uint8)[::2],
        frozen,
        np.zeros(MIB - 1, np.uint8),
        np.zeros(MIB, np.int8),
    )
    for data in wrong:
        with pytest.raises(ValueError, match="device memory"):
            DeviceMemory(layout, data)
    with pytest.raises(ValueError, match="device memory"):
        DeviceMemory(MemoryLayout(0, 0, ()))
