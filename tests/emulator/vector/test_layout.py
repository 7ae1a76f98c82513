"""Nothing that a warp keeps in memory overlaps anything else of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sassafras.emulator.vector.layout import HEADER, WarpLayout
from sassafras.isa.locations import File, Location

NUMBERS = st.lists(st.integers(0, 62), unique=True, max_size=20).map(sorted)


@given(registers=NUMBERS, uniform=NUMBERS, accesses=NUMBERS, parts=st.sampled_from((1, 2, 4, 8)))
def test_places_are_apart(registers: list[int], uniform: list[int], accesses: list[int], parts: int) -> None:
    own = tuple(Location(File.UNIFORM, number) for number in uniform)
    layout = WarpLayout(tuple(registers), own, tuple(accesses), parts)
    last = [layout.last_place(access, part) for access in accesses for part in range(parts)]
    taken = [(0, HEADER.itemsize)]
    taken += [(layout.place(*key), nbytes) for key, nbytes in layout.slots.items()]
    taken += [(place, 8) for place in last]
    taken.sort()
    assert all(start + nbytes <= after for (start, nbytes), (after, _) in pairwise(taken))
    assert sum(taken[-1]) <= layout.nbytes and layout.nbytes % 64 == 0
    assert all(place % 8 == 0 for place in last)
