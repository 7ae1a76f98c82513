"""Single-bit faults of results (mode IOV) by what they provably do: a population in classes.

The faults of a class leave the same memory, or the same trap (`simulation.fates`): one of them is run, and
says how all of them end. What a class weighs is the probability that a drawn fault is one of it: a site is
drawn uniformly, one of its parts uniformly, a bit of that uniformly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sassafras.faults.model import Draw, FaultModel, Mode, Scope
from sassafras.faults.targets import Selection, targets
from sassafras.isa.program import Program


@dataclass(frozen=True)
class FaultClass:
    """``frame`` to ``ordinal``: the site of its first fault, as a `Draw` names it; which of the ``targets``
    of the instruction it strikes, and which of the ``bits``. ``longest``: dynamic instructions of the
    launch's longest thread. ``faults``: how many it stands for; ``weight``: what they weigh, in parts of a
    site (`parts_of_site`).
    """

    frame: int
    launch: int
    block: int
    thread: int
    ordinal: int
    target: int
    targets: int
    bit: int
    bits: int
    longest: int
    faults: int
    weight: int

    def draw(self, fault: int) -> Draw:
        """The draw of the fault that is run, with its id."""
        where = (self.frame, self.launch, self.block, self.thread, self.ordinal)
        words = (_word(self.target, self.targets), _word(self.bit, self.bits), 0)
        kind = (fault, Mode.IOV, FaultModel.SINGLE_BIT, Scope.THREAD)
        return Draw(*kind, *where, *words, longest=self.longest)


def _word(index: int, count: int) -> int:
    """The lowest word from which `pick` takes the index."""
    return -((-index << 64) // count)


def parts_of_site(programs: Iterable[Program], selection: Selection) -> int:
    """Into how many parts a site is divided, so that every fault weighs a whole number of them."""
    found = {1}
    for program in programs:
        for instruction in program.instructions:
            choices = targets(instruction, selection)
            found.update(len(choices) * target.bits for target in choices)
    return math.lcm(*found)


def stored_classes(classes: Sequence[FaultClass]) -> list[list[int]]:
    """As JSON."""
    return [list(astuple(one)) for one in classes]


def classes_from(stored: Iterable[Sequence[Any]] | None) -> tuple[FaultClass, ...]:
    """From JSON."""
    return tuple(FaultClass(*one) for one in stored or ())
