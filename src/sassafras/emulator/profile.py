"""What a fault-free launch did, thread by thread: the population from which faults are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LaunchProfile:
    """Dynamic instruction counts of one golden launch (DESIGN section 6).

    Threads that executed every static instruction equally often form a class. ``thread_class``:
    (threads,), class of each thread of the launch in linear order, in the smallest unsigned type (there are
    many threads and few classes). ``issued``: int64 (classes, instructions), how often a thread of the class
    reached each instruction, predicated-off included. ``executed``: the same with the guard true.
    """

    thread_class: NDArray[np.unsignedinteger]
    issued: NDArray[np.int64]
    executed: NDArray[np.int64]

    @cached_property
    def longest(self) -> int:
        """Dynamic instructions of the longest thread: the unit of the watchdog."""
        return int(self.issued.sum(axis=1).max())

    def equals(self, other: LaunchProfile) -> bool:
        """Whether the other says the same."""
        arrays = ("issued", "executed", "thread_class")
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays)

    @cached_property
    def threads_per_class(self) -> NDArray[np.int64]:
        """Threads in each class."""
        return np.bincount(self.thread_class, minlength=len(self.issued)).astype(np.int64)

    @cached_property
    def threads_by_class(self) -> NDArray[np.int64]:
        """Linear thread numbers, class by class, ascending within a class."""
        return np.argsort(self.thread_class, kind="stable")  # a radix sort where the type is small


class ProfileBuilder:
    """Collects rows of counters, a block of threads at a time, and sorts equal rows into classes."""

    def __init__(self, counters: int) -> None:
        # Odd multipliers from a fixed stream: equal rows hash equally, unequal rows are compared below.
        generator = np.random.Generator(np.random.Philox(key=counters))
        self._multipliers = generator.integers(0, 2**63, counters, dtype=np.uint64) * np.uint64(
            2
        ) + np.uint64(1)
        self._class_of_hash: dict[int, int] = {}
        self._rows: list[NDArray[np.int32]] = []
        self._classes: list[NDArray[np.int32]] = []

    def add(
        self,
        rows: NDArray[np.int32],
        places: Sequence[int] | None = None,
        which: NDArray[np.intp] | None = None,
    ) -> None:
        """Rows (threads, counters) of further threads, in order. ``places``: which counter of these rows each
        of ours is; None: they are the same. ``which``: the row of each thread, each being one's; None: each
        has its own.
        """
        multipliers = self._multipliers
        if places is not None:
            multipliers = np.zeros(rows.shape[1], np.uint64)
            np.add.at(multipliers, places, self._multipliers)
        # Most counters are equal in all rows: a program with a jump through a table has many, and each thread
        # passes few. Only the others tell threads apart.
        differs = (rows.min(axis=0) != rows.max(axis=0)) & (multipliers != 0)
        telling = rows[:, differs]
        hashes = _hashes(telling, multipliers[differs]) + _hashes(rows[:1, ~differs], multipliers[~differs])
        distinct, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        inverse = inverse.reshape(-1)
        numbers = np.empty(len(distinct), np.int32)
        collide = bool((telling != telling[first][inverse]).any())
        examples = rows[first] if places is None else rows[first][:, places]
        for k, (value, row) in enumerate(zip(distinct.tolist(), examples, strict=True)):
            if value not in self._class_of_hash:
                self._class_of_hash[value] = len(self._rows)
                self._rows.append(row)
            numbers[k] = self._class_of_hash[value]
            collide |= bool((row != self._rows[numbers[k]]).any())
        if collide:
            raise ArithmeticError("two different counter rows have one hash")
        classes = numbers[inverse]
        self._classes.append(classes if which is None else classes[which])

    def finish(self, issued: list[int], executed: list[int]) -> LaunchProfile:
        """The profile; ``issued`` and ``executed`` give each instruction's counter."""
        rows = np.array(self._rows, np.int64).reshape(len(self._rows), -1)
        classes = np.concatenate(self._classes).astype(np.min_scalar_type(max(len(rows) - 1, 0)))
        return LaunchProfile(classes, rows[:, issued], rows[:, executed])


def _hashes(rows: NDArray[np.int32], multipliers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What some counters give to the hashes of rows."""
    products = rows.astype(np.uint64) * multipliers
    found: NDArray[np.uint64] = products.sum(axis=1, dtype=np.uint64)
    return found
