"""Random small programs: wide equals thread by thread, in memory, counts and profile."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.emulator.vector.both import WIDTHS, Both
from tests.emulator.vector.random_programs import DATA, WHOLE, Write, assembled

from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out

TOGETHER = 20  #: programs of a listing
WORDS = 2048


def prepared(blocks: int, threads: int) -> tuple[Launch, DeviceMemory]:
    """Memory for what all threads store, and the buffer with floats and other bits."""
    nbytes = 4 * len(DATA) * blocks * threads
    memory = DeviceMemory(lay_out([("out", nbytes), ("buffer", 4 * WORDS)]))
    out, buffer = (memory.layout[name].address for name in ("out", "buffer"))
    words = memory.array(buffer, WORDS, np.uint32)
    words[:] = np.random.Generator(np.random.Philox(5)).integers(0, 1 << 32, WORDS, np.uint32)
    words[::3] = np.linspace(-4, 4, len(words[::3]), dtype=np.float32).view(np.uint32)
    return Launch((blocks, 1, 1), (threads, 1, 1), struct.pack("<QQ", out, buffer)), memory


def check(wholes: list[list[Write]], threads: int, lanes: int, *, plain: bool) -> None:
    """A block of ``threads`` threads for each. ``plain``: the plain builds as well as those that profile."""
    both = Both(assembled(wholes), lanes)
    if plain:
        both.equal(lambda: prepared(len(wholes), threads), profile=False)
    both.equal_profiles(lambda: prepared(len(wholes), threads))


SEVERAL = st.lists(WHOLE, min_size=TOGETHER, max_size=TOGETHER)
THREADS = st.sampled_from((1, 20, 32, 64, 72, 256))


@settings(max_examples=160 // TOGETHER)
@given(wholes=SEVERAL, threads=THREADS)
def test_random_programs(wholes: list[list[Write]], threads: int) -> None:
    """160 of them for the widest vectors."""
    check(wholes, threads, max(WIDTHS), plain=False)


@settings(max_examples=40 // TOGETHER)
@given(wholes=SEVERAL, threads=THREADS)
def test_random_programs_for_narrower_vectors(wholes: list[list[Write]], threads: int) -> None:
    """40, which take twice as long to compile."""
    check(wholes, threads, min(WIDTHS), plain=False)


@pytest.mark.slow
@pytest.mark.parametrize("lanes", WIDTHS)
@settings(max_examples=20_000 // TOGETHER // len(WIDTHS))
@given(wholes=SEVERAL, threads=THREADS)
def test_more_random_programs(wholes: list[list[Write]], threads: int, lanes: int) -> None:
    """20,000."""
    check(wholes, threads, lanes, plain=True)
