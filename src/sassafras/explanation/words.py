"""Words of memory that differ after the faulty launch, and what a thread is there to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import AccessKind
from sassafras.explanation.memory_map import WORD, MemoryMap, Spot
from sassafras.explanation.replay import Replay
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.regions import inside
from sassafras.simulation.struck_launch import Difference

MOST_WORDS = 256  #: of a difference that are told


@dataclass(frozen=True)
class WrongWord:
    """A word of memory that differs after the launch: where it lies, its golden and its faulty bits."""

    spot: Spot
    golden: int
    faulty: int


@dataclass(frozen=True)
class Makes:
    """What a thread writes in the golden run: how many values, and the first and last of them."""

    values: int
    first: Spot
    last: Spot


def wrong_words(replay: Replay, memory_map: MemoryMap) -> tuple[tuple[WrongWord, ...], int]:
    """The first of the words that differ after the launch, in order of address, and how many there are."""
    run, number = replay.golden, replay.planned.index
    return _wrong(run, replay.difference, memory_map, lambda starts: _golden_words(run, number, starts))


def words_of_memory(
    golden: GoldenRun, difference: Difference, memory_map: MemoryMap
) -> tuple[tuple[WrongWord, ...], int]:
    """The same of a difference to golden memory as it stands."""

    def held(starts: NDArray[np.int64]) -> NDArray[np.uint8]:
        rows: NDArray[np.uint8] = golden.memory.data[starts[:, None] + np.arange(WORD)]
        return rows

    return _wrong(golden, difference, memory_map, held)


def _wrong(
    run: GoldenRun,
    difference: Difference,
    memory_map: MemoryMap,
    golden_of: Callable[[NDArray[np.int64]], NDArray[np.uint8]],
) -> tuple[tuple[WrongWord, ...], int]:
    every = np.unique(difference.offsets // WORD) * WORD
    chosen = every[:MOST_WORDS]
    golden = golden_of(chosen)
    faulty = golden.copy()
    here = np.isin(difference.offsets // WORD * WORD, chosen)
    places = difference.offsets[here]
    rows = np.searchsorted(chosen, places // WORD * WORD)
    faulty[rows, places % WORD] = difference.contents[here]
    base = run.memory.layout.base
    words = zip(chosen.tolist(), _as_integers(golden), _as_integers(faulty), strict=True)
    found = tuple(WrongWord(memory_map.spot(base + offset), a, b) for offset, a, b in words)
    return found, len(every)


def _golden_words(golden: GoldenRun, number: int, starts: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Golden bytes (words, 4) after a launch; memory stands before it."""
    places = (starts[:, None] + np.arange(WORD)).reshape(-1)
    content: NDArray[np.uint8] = golden.memory.data[places]
    written = inside(places, golden.writes[number])
    content[written] = golden.golden_after(number, places[written])
    rows: NDArray[np.uint8] = content.reshape(-1, WORD)
    return rows


def _as_integers(words: NDArray[np.uint8]) -> list[int]:
    return [int.from_bytes(word.tobytes(), "little") for word in words]


def makes(replay: Replay, memory_map: MemoryMap) -> Makes | None:
    """What the struck thread writes in the golden run, None if it writes nothing."""
    log = replay.threads.accesses
    stores = log[(log["kind"] == AccessKind.GLOBAL_STORE) & (log["thread"] == replay.fault.site.thread)]
    if len(stores) == 0:
        return None
    addresses = np.unique(stores["offset"]) + replay.golden.memory.layout.base
    ends = (memory_map.spot(int(addresses[k])) for k in (0, -1))
    return Makes(len(addresses), *ends)
