"""Random small programs: wide equals thread by thread, in memory, counts and profile."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.emulator.vector.both import WIDTHS, Both
from tests.emulator.vector.dialects import DATA, DIALECTS
from tests.emulator.vector.random_programs import Statements, Write, assembled

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


Wholes = list[list[Write]]


def check(arch: str, wholes: Wholes, threads: int, lanes: int, *, plain: bool) -> None:
    """A block of ``threads`` threads for each. ``plain``: the plain builds as well as those that profile."""
    both = Both(assembled(DIALECTS[arch], wholes), lanes)
    if plain:
        both.equal(lambda: prepared(len(wholes), threads), profile=False)
    both.equal_profiles(lambda: prepared(len(wholes), threads))


def several(arch: str) -> st.SearchStrategy[Wholes]:
    """The programs of a listing."""
    return st.lists(Statements(DIALECTS[arch]).whole(), min_size=TOGETHER, max_size=TOGETHER)


THREADS = st.sampled_from((1, 20, 32, 64, 72, 256))


@settings(max_examples=160 // TOGETHER)
@given(wholes=several("sm_50"), threads=THREADS)
def test_random_programs(wholes: Wholes, threads: int) -> None:
    """160 of them for the widest vectors."""
    check("sm_50", wholes, threads, max(WIDTHS), plain=False)


@settings(max_examples=40 // TOGETHER)
@given(wholes=several("sm_80"), threads=THREADS)
def test_random_programs_of_ampere(wholes: Wholes, threads: int) -> None:
    """40."""
    check("sm_80", wholes, threads, max(WIDTHS), plain=False)


@settings(max_examples=40 // TOGETHER)
@given(wholes=several("sm_50"), threads=THREADS)
def test_random_programs_for_narrower_vectors(wholes: Wholes, threads: int) -> None:
    """40, which take twice as long to compile."""
    check("sm_50", wholes, threads, min(WIDTHS), plain=False)


@pytest.mark.slow
@pytest.mark.parametrize("lanes", WIDTHS)
@pytest.mark.parametrize("arch", DIALECTS)
@settings(max_examples=20_000 // TOGETHER // len(WIDTHS) // len(DIALECTS))
@given(data=st.data(), threads=THREADS)
def test_more_random_programs(data: st.DataObject, threads: int, arch: str, lanes: int) -> None:
    """20,000."""
    check(arch, data.draw(several(arch)), threads, lanes, plain=True)
