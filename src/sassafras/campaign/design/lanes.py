"""Which faults a campaign asks for: how many of each mode and stratum, and when a goal lets it stop.

A lane is a mode, or with strata a mode in one of them: faults 0, 1, 2 ... which are asked for in that order.
In the store all lanes are woven together: fault ``index`` of stratum ``s`` of ``S`` has the number ``index *
S + s`` within its mode. With a goal, a lane is looked at after fixed numbers of its faults (`looks`), and
ends at the first look at which every outcome's share is known well enough. What is asked for therefore
depends on nothing but the settings and the rows of earlier faults: never on workers, interruptions or the
order of work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sassafras.campaign.design.confidence_sequence import anytime_bounds
from sassafras.campaign.design.shard import Shard
from sassafras.faults.classes import FaultClass
from sassafras.faults.ids import fault_id
from sassafras.faults.model import Mode
from sassafras.simulation.outcome import Outcome, Severity

CONFIDENCE = 0.95
STEP = 240  #: faults between looks at first: whole turns of up to four fault models, and worth a round
GROWTH = 1.2  #: from look to look, later on

#: How an injection may end; SDCs by their severity. Every one of these shares must be known well enough.
ENDINGS = tuple(o.value for o in Outcome if o is not Outcome.SDC) + tuple(s.value for s in Severity)

Endings = Mapping[int, str | None]  #: of the faults that are stored, by id; None: an error of ours


def looks(cap: int) -> Iterator[int]:
    """Numbers of faults after which a lane is looked at: every 240, later every 1.2-fold; the last is
    ``cap``.
    """
    number = STEP
    while number < cap:
        yield number
        number = max(number + STEP, int(number * GROWTH) // STEP * STEP)
    yield cap


def certain_number(goal: float) -> int:
    """The look by which no share can be less known than the goal, whatever is found: a share of one half is
    the hardest to know.
    """
    for number in looks(10**10):
        half = np.array([number // 2], np.float64)
        low, high = anytime_bounds(half, np.array([number], np.float64), 1 - CONFIDENCE)
        if float((high - low)[0]) / 2 <= goal:
            return number
    raise ValueError(f"no number of injections reaches a half-width of {goal}")


@dataclass(frozen=True)
class Lane:
    """Faults of a mode, in one stratum if there are any. ``stratum``: its number; ``label``: its name (""
    without strata). ``cap``: most faults.
    """

    mode: Mode
    stratum: int
    label: str
    cap: int


@dataclass(frozen=True)
class Standing:
    """How far a lane is. It asks for its faults up to ``end`` so far; ``asked``: how many these are (of a
    shard fewer); ``finished``: all of them are stored and no more will be asked for. With a goal:
    ``half_width`` of the least known share (at the last look; None before the first), ``reached``: it is at
    most the goal.
    """

    lane: Lane
    end: int
    asked: int
    finished: bool
    half_width: float | None = None
    reached: bool = False


@dataclass(frozen=True)
class Design:
    """The lanes of a campaign. ``strata``: how many (1 without any). ``until``: the goal, a half-width;
    a campaign with one has no ``shard``. ``classes``: of a whole population, one for each number.
    """

    lanes: tuple[Lane, ...]
    strata: int
    until: float | None
    shard: Shard | None = None
    classes: tuple[FaultClass, ...] = ()

    def number(self, lane: Lane, index: int) -> int:
        """Number within its mode of a lane's fault."""
        return index * self.strata + lane.stratum

    def place(self, number: int) -> tuple[int, int]:
        """(Stratum, index) of a number: the inverse of `number`."""
        index, stratum = divmod(number, self.strata)
        return stratum, index

    def ids(self, lane: Lane, start: int, end: int) -> Iterator[int]:
        """Ids of the faults [start, end) of a lane, as far as they belong to the shard."""
        numbers = range(self.number(lane, start), self.number(lane, end), self.strata)
        part = self.shard
        return (fault_id(lane.mode, n) for n in numbers if part is None or n % part.of == part.index - 1)

    def standings(self, known: Endings) -> tuple[Standing, ...]:
        """How far each lane is, given what is stored."""
        return tuple(self.standing(lane, known) for lane in self.lanes)

    def asked(self, standings: Iterable[Standing], modes: Iterable[Mode]) -> dict[Mode, set[int]]:
        """Ids of the faults that are asked for (with a goal: so far), by mode."""
        found: dict[Mode, set[int]] = {mode: set() for mode in modes}
        for standing in standings:
            found[standing.lane.mode].update(self.ids(standing.lane, 0, standing.end))
        return found

    def standing(self, lane: Lane, known: Endings) -> Standing:
        """How far a lane is, given what is stored."""
        if self.until is None:
            ids = list(self.ids(lane, 0, lane.cap))
            return Standing(lane, lane.cap, len(ids), all(i in known for i in ids))
        seen: Counter[str | None] = Counter()
        start, widest = 0, None
        for end in looks(lane.cap):
            ids = list(self.ids(lane, start, end))
            if any(i not in known for i in ids):
                return Standing(lane, end, end, finished=False, half_width=widest)
            seen.update(known[i] for i in ids)
            start, widest = end, half_width(seen)
            if widest <= self.until:
                return Standing(lane, end, end, finished=True, half_width=widest, reached=True)
        return Standing(lane, lane.cap, lane.cap, finished=True, half_width=widest)


def half_width(seen: Mapping[str | None, int]) -> float:
    """Half the width of the widest anytime-valid interval among the shares of all endings. Errors of ours
    (None) do not count as trials.
    """
    events = np.array([seen.get(ending, 0) for ending in ENDINGS], np.float64)
    strange = sorted(str(e) for e in seen if e is not None and e not in ENDINGS)
    if strange:
        raise ValueError(f"unknown endings: {', '.join(strange)}")
    low, high = anytime_bounds(events, np.full_like(events, events.sum()), 1 - CONFIDENCE)
    return float((high - low).max()) / 2
