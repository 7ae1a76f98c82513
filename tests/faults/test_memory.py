"""The population of memory faults: which words are exposed when, and that every pair is drawn alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.faults.launches import add_bias

from sassafras.faults.memory import Exposed, Held, MemoryPopulation, Touches, exposed_buffers
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.faults.population import ProfiledLaunch, draw_fault, draw_faults
from sassafras.faults.targets import Selection

SINGLE = Selection(Mode.MEM, FaultModel.SINGLE_BIT)


def touches(reads: str, writes: str) -> Touches:
    return Touches(frozenset(reads.split()), frozenset(writes.split()))


PLAN = [touches("in weights", "a"), touches("a", "b"), touches("a b unset", "a"), touches("weights", "out")]


@pytest.mark.parametrize(
    ("name", "begins", "ends", "exposed"),
    [
        ("in", True, False, [0]),
        ("weights", True, False, [0, 1, 2, 3]),
        ("a", False, False, [1, 2]),  # from behind the first write to the last read
        ("b", False, False, [2]),
        ("unset", False, False, [0, 1, 2]),  # read before it is written: the zeros are what it holds
        ("out", False, True, []),  # there is no launch behind the one that writes it
        ("nobody's", True, False, []),
        ("kept", True, True, [0, 1, 2, 3]),  # an output that nobody writes
    ],
)
def test_a_buffer_is_exposed_from_its_write_to_its_last_read(
    name: str, begins: bool, ends: bool, exposed: list[int]
) -> None:
    found = exposed_buffers([Held(name, (8, 21), begins, ends)], PLAN)
    assert [k for k, words in enumerate(found) if words] == exposed
    assert all(words in ((), ((2, 6),)) for words in found)


def launches(count: int) -> list[ProfiledLaunch]:
    """One launch, several times."""
    bench = add_bias()
    size, profile = bench.launch.threads_per_block, bench.profile()
    return [ProfiledLaunch(0, number, bench.program, size, profile) for number in range(count)]


def population() -> MemoryPopulation:
    items = launches(3)
    exposed = [Exposed(((2, 5), (9, 10)), 7), Exposed((), 4), Exposed(((0, 2),), 3)]
    return MemoryPopulation(items, exposed, SINGLE)


def test_every_pair_of_a_word_and_a_nanosecond_is_a_site_once() -> None:
    found = population()
    assert found.total == 34
    assert found.sites_per_launch == (28, 0, 6)
    places = [found.locate(site) for site in range(found.total)]
    assert places == found.locate_all(np.arange(found.total))
    first, third = found.launches[0], found.launches[2]
    counts = Counter((id(item), thread, word) for item, thread, word, _ in places)
    assert counts == {(id(first), 0, w): 7 for w in (2, 3, 4, 9)} | {(id(third), 0, w): 3 for w in (0, 1)}
    for site in (-1, 34):
        with pytest.raises(IndexError):
            found.locate(site)


def test_draws_are_those_of_the_generator_one_by_one() -> None:
    populations = {FaultModel.SINGLE_BIT: population()}
    models, numbers = [FaultModel.SINGLE_BIT], list(range(200))
    many = draw_faults(5, Mode.MEM, numbers, models, Scope.THREAD, populations)
    assert many == [draw_fault(5, Mode.MEM, n, models, Scope.THREAD, populations) for n in numbers]
    assert {draw.ordinal for draw in many} == {0, 1, 2, 3, 4, 9}
    assert all((draw.block, draw.thread) == (0, 0) for draw in many)


def test_what_has_no_site_is_refused() -> None:
    items = launches(1)
    with pytest.raises(ValueError, match="no buffer holds anything"):
        MemoryPopulation(items, [Exposed((), 5)], SINGLE)
    with pytest.raises(ValueError, match="does not say what becomes of memory"):
        MemoryPopulation(items, [Exposed(((0, 1),), 5)], replace(SINGLE, model=FaultModel("rtl-value-class")))
    with pytest.raises(ValueError, match="more pairs"):
        MemoryPopulation(items, [Exposed(((0, 2**32),), 2**31)], SINGLE)
