"""All plans there are, what each would leave and cost, and which of them nobody beats."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.hardening.fates import FATES, Fate, Numbers, Weights, place
from sassafras.hardening.plan import Protection, protect
from sassafras.kernels.hardened.technique import Technique

RESOLUTION = 1e-4  #: overheads are told apart to 0.01 %, as they are printed
SAME = 1e-3  #: where correction costs at most so much more than detection (0.1 %), it costs the same


@dataclass(frozen=True, eq=False)
class Choice:
    """One way to treat a slot: a kernel, or the network as a whole.

    ``technique``: None: left alone; ``left``: what becomes of the faults in the kernel, as shares of all
    faults of the unhardened program, exposure included: float64 (fates,); ``seconds`` that it adds to an
    inference; ``elsewhere``: by struck kernel, what it makes of the faults in others: float64 (fates, fates).
    """

    technique: Technique | None
    left: Numbers
    seconds: float
    elsewhere: Mapping[str, Numbers] | None = None


@dataclass(frozen=True)
class Scored:
    """A plan: what is predicted of it. ``overhead``: added time / unhardened time; ``failures``: weighted;
    ``critical``, ``due``, ``detected``: of them, in shares of the unhardened program's faults.
    """

    protection: Protection
    overhead: float
    failures: float
    critical: float
    due: float
    detected: float

    def beats(self, other: Scored) -> bool:
        """At least as good in overhead and weighted failures, and better in one."""
        mine, its = (self.overhead, self.failures), (other.overhead, other.failures)
        return mine != its and mine[0] <= its[0] and mine[1] <= its[1]


@dataclass(frozen=True, eq=False)
class Plans:
    """Every plan. ``fates``: float64 (plans, fates); ``overhead``: float64 (plans,); plan 0 protects
    nothing.
    """

    slots: tuple[str, ...]
    choices: tuple[tuple[Choice, ...], ...]
    weights: Weights
    seconds: float
    fates: Numbers
    overhead: Numbers

    def __len__(self) -> int:
        return len(self.overhead)

    @cached_property
    def failures(self) -> Numbers:
        """Weighted failures, float64 (plans,)."""
        # Term by term, so that equal fates give equal bits whatever their place.
        terms = zip(self.weights.vector.tolist(), self.fates.T, strict=True)
        found: Numbers = sum((weight * share for weight, share in terms), np.zeros(len(self)))
        return found

    @cached_property
    def critical(self) -> Numbers:
        """Critical faults left, float64 (plans,)."""
        found: Numbers = self.fates[:, [place(Fate.CRITICAL), place(Fate.INVALID)]].sum(axis=1)
        return found

    def plan(self, number: int) -> Scored:
        """Plan ``number``: its digits, in the mixed base of the numbers of choices, are the choices."""
        chosen: dict[str, Technique] = {}
        rest = number
        for slot, ways in zip(reversed(self.slots), reversed(self.choices), strict=True):
            rest, digit = divmod(rest, len(ways))
            technique = ways[digit].technique
            if technique is not None:
                chosen[slot] = technique
        due, detected = (float(self.fates[number, place(fate)]) for fate in (Fate.DUE, Fate.DETECTED))
        return Scored(
            protect(chosen),
            float(self.overhead[number]),
            float(self.failures[number]),
            float(self.critical[number]),
            due,
            detected,
        )

    def find(self, protection: Protection) -> Scored | None:
        """The plan with this protection; None where it protects what is not planned for."""
        number, wanted = 0, dict(protection.chosen)
        for slot, ways in zip(self.slots, self.choices, strict=True):
            technique = wanted.pop(slot, None)
            digits = [k for k, way in enumerate(ways) if way.technique is technique]
            if not digits:
                return None
            number = number * len(ways) + digits[0]
        return None if wanted else self.plan(number)

    @cached_property
    def front(self) -> tuple[Scored, ...]:
        """Plans that no plan beats, from the cheapest to the safest: for each overhead (to RESOLUTION) the
        one with the fewest failures, where no cheaper one has as few. Of equal ones that with fewer faults
        detected, then with fewer techniques. One that detects gives way to the next where that detects less,
        leaves fewer failures and costs the SAME.
        """
        detected = self.fates[:, place(Fate.DETECTED)]
        best = pareto(self.overhead, self.failures, (detected, self._techniques()))
        kept: list[int] = []
        for number in reversed(best.tolist()):
            dearer = self.overhead[kept[-1]] - self.overhead[number] if kept else np.inf
            if not (dearer <= SAME and detected[number] > detected[kept[-1]]):
                kept.append(number)
        return tuple(self.plan(number) for number in reversed(kept))

    def _techniques(self) -> NDArray[np.int64]:
        """How many techniques each plan has."""
        found = np.zeros(1, np.int64)
        for ways in self.choices:
            found = np.add.outer(found, [way.technique is not None for way in ways]).reshape(-1)
        return found

    def better(self, plan: Scored) -> Scored | None:
        """The plan of the front with the fewest failures of those that leave fewer than a plan and cost no
        more (to RESOLUTION); None where none does.
        """
        most = plan.overhead + RESOLUTION / 2
        found = [o for o in self.front if o.failures < plan.failures and o.overhead <= most]
        return min(found, key=lambda other: other.failures) if found else None


def enumerate_plans(choices: Mapping[str, Sequence[Choice]], seconds: float, weights: Weights) -> Plans:
    """Every combination. ``choices``: for each slot at least the choice to leave it alone, which comes
    first; ``seconds``: time of the unhardened inference.

    Times add up. So do faults, struck in kernels that are independent of each other, once those techniques
    that act on faults elsewhere have done so, in the order of the slots.
    """
    slots = tuple(choices)
    shape = tuple(len(choices[slot]) for slot in slots)
    spreading = [k for k, slot in enumerate(slots) if any(c.elsewhere for c in choices[slot])]
    found = np.empty((*shape, len(FATES)))
    for digits in itertools.product(*(range(shape[k]) for k in spreading)):
        fixed = dict(zip(spreading, digits, strict=True))
        acting = [(slots[k], choices[slots[k]][digit]) for k, digit in fixed.items()]
        total = np.zeros((1, len(FATES)))
        for k, slot in enumerate(slots):
            ways = choices[slot] if k not in fixed else [choices[slot][fixed[k]]]
            left = np.array([way.left for way in ways]) @ _acting_on(slot, acting)
            total = (total[:, None] + left[None]).reshape(-1, len(FATES))
        where = tuple(fixed.get(k, slice(None)) for k in range(len(slots)))
        found[where] = total.reshape(found[where].shape)
    added = np.zeros(1)
    for slot in slots:
        added = np.add.outer(added, [way.seconds for way in choices[slot]]).reshape(-1)
    ways_of = tuple(tuple(choices[slot]) for slot in slots)
    return Plans(slots, ways_of, weights, seconds, found.reshape(-1, len(FATES)), added / seconds)


def _acting_on(slot: str, acting: Sequence[tuple[str, Choice]]) -> Numbers:
    """What the techniques of other slots together make of the faults in one."""
    found = np.eye(len(FATES))
    for other, choice in acting:
        if other != slot and choice.elsewhere is not None and slot in choice.elsewhere:
            found = found @ choice.elsewhere[slot]
    return found


def pareto(
    cost: Numbers, harm: Numbers, ties: Sequence[NDArray[np.generic]] = (), resolution: float = RESOLUTION
) -> NDArray[np.int64]:
    """Positions of points that no other beats, by rising cost (and so by falling harm): at each multiple of
    ``resolution`` of the cost the least harm, and of equal ones the cheapest, then the least in ``ties``.

    Whoever is beaten is left out: who beats it has a cost that is not above it, rounded or not, and less harm
    or (as much, and) a lower cost.
    """
    rounded = np.round(cost / resolution)
    order = np.lexsort((np.arange(len(cost)), *reversed(ties), cost, harm, rounded))
    sorted_harm = harm[order]
    best_before = np.concatenate([[np.inf], np.minimum.accumulate(sorted_harm)[:-1]])
    return order[sorted_harm < best_before]
