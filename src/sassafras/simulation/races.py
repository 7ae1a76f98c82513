"""Races: two threads touch a byte, one stores, and nothing orders them.

Threads of different warps race between two barriers of their block, threads of different blocks throughout a
launch (in global memory). Threads of one warp do not: their lock step orders them. Neither do atomics, with
each other or with anything else. Stores that leave the same value, and loads that an atomic orders (both
sides use one word atomically, one behind its store, the other before its load), are told apart: the result
does not depend on who comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import AccessKind
from sassafras.isa.program import Program, of_program

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max
_THREAD_BITS, _PC_BITS = 10, 20
SHARED = np.int64(1) << 60  #: added to places in shared memory
WORD = 4


@of_program
def atomic_instructions(program: Program) -> NDArray[np.bool_]:
    """Which instructions change memory atomically."""
    return np.array([i.is_atomic for i in program.instructions])


@of_program
def unit_of(program: Program) -> int:
    """Bytes that all accesses of a program are made of: 1, 2 or 4."""
    sizes = [i.access.nbytes for i in program.instructions if i.access is not None]
    return min([WORD, *sizes])


def moment(order: Ints, thread: Ints, pc: Ints) -> Ints:
    """When, who and where in one number, ordered by when."""
    return ((order << _THREAD_BITS | thread) << _PC_BITS) | pc


def thread_and_pc(when: int) -> tuple[int, int]:
    """Of a moment."""
    return when >> _PC_BITS & ((1 << _THREAD_BITS) - 1), when & ((1 << _PC_BITS) - 1)


@dataclass(frozen=True)
class Touched:
    """Who touched what, other than atomically: a row for each place and actor. ``place``: number of the unit;
    ``actor``: warp or block; ``store``: moment of its last store, -1: none; ``load``: of its first load,
    `NEVER`: none; ``value``: what its last store left.
    """

    place: Ints
    actor: Ints
    store: Ints
    load: Ints
    value: Ints

    def __len__(self) -> int:
        return len(self.place)

    def by(self, actor: Ints) -> Touched:
        """The same, by other actors."""
        return Touched(self.place, actor, self.store, self.load, self.value).merged()

    def rows(self, chosen: NDArray[np.bool_] | Ints) -> Touched:
        """Some rows."""
        return Touched(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @classmethod
    def nothing(cls) -> Touched:
        """No rows."""
        return cls(*(np.empty(0, np.int64) for _ in cls.__dataclass_fields__))

    @classmethod
    def joined(cls, parts: Sequence[Touched]) -> Touched:
        """All rows of several."""
        columns = (
            np.concatenate([getattr(p, name) for p in parts or [cls.nothing()]])
            for name in cls.__dataclass_fields__
        )
        return cls(*columns)

    def merged(self) -> Touched:
        """One row for each place and actor."""
        if len(self) == 0:
            return self
        # By moment of the store, so that the last row of a group holds its value.
        order = np.lexsort((self.store, self.actor, self.place))
        rows = self.rows(order)
        starts = np.flatnonzero(_changes(rows.place) | _changes(rows.actor))
        ends = np.append(starts[1:], len(rows)) - 1
        load = np.minimum.reduceat(rows.load, starts)
        return Touched(rows.place[starts], rows.actor[starts], rows.store[ends], load, rows.value[ends])


def _changes(column: Ints) -> NDArray[np.bool_]:
    """Where a value differs from the one before."""
    return np.concatenate([[True], column[1:] != column[:-1]])


@dataclass
class Atomics:
    """When actors used words atomically: by word, by actor, the first and the last time."""

    times: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)

    def add(self, places: Iterable[int], actors: Iterable[int], orders: Iterable[int]) -> None:
        """Further ones, in order."""
        for place, actor, order in zip(places, actors, orders, strict=True):
            known = self.times.setdefault(place, {})
            first, _ = known.get(actor, (order, order))
            known[actor] = first, order

    def order(self, storing: int, stored: int, loading: int, loaded: int) -> bool:
        """Whether a store of one actor comes before a load of another."""
        for known in self.times.values():
            if storing in known and loading in known:
                behind, before = known[storing][1] > stored, known[loading][0] < loaded
                if behind and before:
                    return True
        return False


@dataclass(frozen=True)
class Race:
    """Two accesses to a place: actor and moment of each, the first one a store. ``harmless``: why nobody can
    tell, "" where that is not known.
    """

    place: int
    actors: tuple[int, int]
    moments: tuple[int, int]
    harmless: str


def is_shared(touched: Touched) -> bool:
    """Whether two actors touch a place that one of them stores to. ``touched``: merged."""
    if len(touched) == 0:
        return False
    rows = touched.rows(np.argsort(touched.place, kind="stable"))
    starts = np.flatnonzero(_changes(rows.place))
    several = np.diff(np.append(starts, len(rows))) > 1
    return bool((several & (np.maximum.reduceat(rows.store, starts) >= 0)).any())


SAME_VALUE = "they store the same value"
BY_ATOMIC = "an atomic orders them"


def races_of(touched: Touched, atomics: Atomics) -> list[Race]:
    """The races between actors; of harmless ones the first of each kind. ``touched``: merged."""
    found: dict[str, Race] = {}
    if len(touched) == 0:
        return []
    order = np.argsort(touched.place, kind="stable")
    rows = touched.rows(order)
    starts = np.flatnonzero(_changes(rows.place))
    several = np.diff(np.append(starts, len(rows))) > 1
    stored = np.maximum.reduceat(rows.store, starts) >= 0
    ends = np.append(starts[1:], len(rows))
    for start, end in zip(starts[several & stored].tolist(), ends[several & stored].tolist(), strict=True):
        race = _race_at(rows.rows(np.arange(start, end)), atomics)
        if race is not None:
            found.setdefault(race.harmless, race)
            if not race.harmless:
                break
    return list(found.values())


def _race_at(rows: Touched, atomics: Atomics) -> Race | None:
    """The race at one place; one that matters, if there is one."""
    found: Race | None = None
    shift = _THREAD_BITS + _PC_BITS
    for a in np.flatnonzero(rows.store >= 0).tolist():
        for b in range(len(rows)):
            if a == b:
                continue
            store, load = int(rows.store[a]), int(rows.load[b])
            place, actors = int(rows.place[a]), (int(rows.actor[a]), int(rows.actor[b]))
            if load != NEVER:
                ordered = atomics.order(actors[0], store >> shift, actors[1], load >> shift)
                race = Race(place, actors, (store, load), BY_ATOMIC if ordered else "")
            else:
                same = int(rows.value[a]) == int(rows.value[b])
                race = Race(place, actors, (store, int(rows.store[b])), SAME_VALUE if same else "")
            if not race.harmless:
                return race
            found = race
    return found


class Accesses:
    """The accesses of a log, unit by unit. ``first``: order of the first entry."""

    def __init__(
        self, program: Program, log: NDArray[np.void], first: int, images: Mapping[bool, NDArray[np.uint8]]
    ) -> None:
        """``images``: shared (True) and global memory as the log leaves them."""
        unit = unit_of(program)
        log = log[log["kind"] != AccessKind.LOCAL_STORE]  # no other thread sees it
        widths = log["nbytes"].astype(np.int64) // unit
        entry = np.repeat(np.arange(len(log)), widths)
        lane = np.arange(len(entry)) - np.repeat(np.cumsum(widths) - widths, widths)
        kind = log["kind"][entry]
        self.shared = (kind == AccessKind.SHARED_STORE) | (kind == AccessKind.SHARED_LOAD)
        self.stores = (kind == AccessKind.GLOBAL_STORE) | (kind == AccessKind.SHARED_STORE)
        self.atomic = atomic_instructions(program)[log["pc"]][entry]
        self.place = log["offset"][entry] // unit + lane + SHARED * self.shared
        self.thread = log["thread"][entry].astype(np.int64)
        self.order = first + entry
        self.moment = moment(self.order, self.thread, log["pc"][entry].astype(np.int64))
        old = np.ascontiguousarray(log["old"]).view(f"<u{unit}")
        self._old = old[entry, lane].astype(np.int64) if len(log) else np.empty(0, np.int64)
        self._images = {
            key: image[: len(image) // unit * unit].view(f"<u{unit}") for key, image in images.items()
        }

    def values(self) -> Ints:
        """What each store leaves (0 for loads): what the next one to its place finds, or what is there."""
        value = np.zeros(len(self.place), np.int64)
        stores = np.flatnonzero(self.stores)
        if len(stores) == 0:
            return value
        ordered = stores[np.lexsort((self.order[stores], self.place[stores]))]
        last = np.append(_changes(self.place[ordered])[1:], True)
        value[ordered[:-1]] = self._old[ordered[1:]]
        for shared, image in self._images.items():
            ends = ordered[last & (self.shared[ordered] == shared)]
            value[ends] = image[self.place[ends] - SHARED * shared]
        return value

    def touched(self, actor: Ints) -> Touched:
        """Other than atomically, by these actors (one for each access)."""
        plain = ~self.atomic
        stores = self.stores[plain]
        when = self.moment[plain]
        table = Touched(
            self.place[plain],
            actor[plain],
            np.where(stores, when, -1),
            np.where(stores, NEVER, when),
            self.values()[plain],
        )
        return table.merged()

    def note_atomics(self, atomics: Atomics, actor: Ints) -> None:
        """Add the atomic ones."""
        chosen = np.flatnonzero(self.atomic)
        atomics.add(self.place[chosen].tolist(), actor[chosen].tolist(), self.order[chosen].tolist())

    def unready(self, ready: NDArray[np.bool_]) -> list[int]:
        """The moments of loads from shared memory that nobody has stored to, the first of each instruction;
        ``ready``: units that somebody has, brought up to date.
        """
        places = self.place - SHARED
        loads = np.flatnonzero(self.shared & ~self.stores)
        open_ = loads[~ready[places[loads]]]
        stores = np.flatnonzero(self.shared & self.stores)
        found: list[int] = []
        if len(open_):
            first = np.full(len(ready), NEVER)
            np.minimum.at(first, places[stores], self.order[stores])
            early = np.sort(self.moment[open_[self.order[open_] < first[places[open_]]]])
            _, each = np.unique(early & ((1 << _PC_BITS) - 1), return_index=True)
            found = early[np.sort(each)].tolist()
        ready[places[stores]] = True
        return found
