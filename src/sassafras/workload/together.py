"""Judging results in which several classes can be present together, each by a probability of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import overload

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.workload.judgement import Judgement
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict, verdict_on

MOST = 30  #: classes: the number of a set is one word, in the store and on the page
NONE = "none"  #: the empty set's name
WITH = " + "  #: between the names of a set


@dataclass(frozen=True)
class Sets(Sequence[str]):
    """Names of all sets of classes: bit k of a set's number says whether class k is in it."""

    classes: tuple[str, ...]

    def __len__(self) -> int:
        return 1 << len(self.classes)

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    @overload
    def __getitem__(self, number: int) -> str: ...

    @overload
    def __getitem__(self, number: slice) -> list[str]: ...

    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[k] for k in range(*number.indices(len(self)))]
        places = members(range(len(self))[number])
        return WITH.join(self.classes[place] for place in places) or NONE


def members(number: int) -> tuple[int, ...]:
    """The classes in a set, by the set's number."""
    return tuple(place for place in range(number.bit_length()) if number >> place & 1)


@dataclass(frozen=True)
class Together(Judgement):
    """Of a result that holds one probability per class, each by itself (a sigmoid's): present are those of at
    least ``threshold`` (rounded to binary32), and the answer is their set. A changed set is a malfunction;
    other severities are those of `Classes`. A set's confidence is its probability if the classes
    are independent: the product of p of those in it and 1 - p of the others (p held within 0 and 1).

    Raises UsageError for a threshold that is not between 0 and 1, and for more than `MOST` classes.
    """

    names: tuple[str, ...]
    threshold: float = 0.5
    answers: Sequence[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise UsageError(f"a threshold of {self.threshold:g}: give one between 0 and 1, such as 0.5")
        if not 0 < len(self.names) <= MOST:
            raise UsageError(f"{len(self.names)} classes cannot be judged together: {MOST} can at most")
        object.__setattr__(self, "answers", Sets(self.names))

    @property
    def classes(self) -> tuple[str, ...]:
        """As given."""
        return self.names

    @property
    def said(self) -> str:
        """As `Judgement` says."""
        return f"together from {self.threshold!r}"

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """As `Judgement` says."""
        before, now = golden.numbers, faulty.numbers
        answers = self._present(before), self._present(now)
        return verdict_on(before, now, answers, self.certainty(answers[0], now.tolist()))

    def scores(self, golden: Result, faulty: Result) -> Sequence[float]:
        """The probabilities."""
        found: list[float] = faulty.numbers.tolist()
        return found

    def certainty(self, answer: int, scores: Sequence[float]) -> float:
        """The product."""
        shares: list[float] = np.clip(np.array(scores, np.float64), 0, 1).tolist()
        return prod(share if answer >> place & 1 else 1 - share for place, share in enumerate(shares))

    def named(self, answer: int) -> tuple[int, ...]:
        """As `members` says."""
        return members(answer)

    def number_of(self, names: Collection[str]) -> int | None:
        """As `Judgement` says."""
        if not set(names) <= set(self.names):
            return None
        return sum(1 << self.names.index(name) for name in set(names))

    def _present(self, values: NDArray[np.float32]) -> int:
        """Number of the set; NaN is not present."""
        return sum(1 << int(place) for place in np.flatnonzero(values >= self.threshold))
