"""What hardened kernels themselves said about the fault (DESIGN section 7: DETECTED and CORRECTED).

A kernel raises an alarm by storing to one of two words that no kernel reads; so an alarm, once raised, stays
raised to the end of the inference. The struck launch may raise one, and so may any launch behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.struck_launch import Difference
from sassafras.workload.workload import Workload

WORD = 4


@dataclass(frozen=True)
class Notice:
    """What the alarm words say. ``alarm``: DETECTED or CORRECTED, the graver of those that are raised;
    ``difference``: the bytes that differ apart from the alarm words.
    """

    alarm: Outcome | None
    difference: Difference

    @property
    def outcome(self) -> Outcome | None:
        """How the fault has ended already: DETECTED, whatever else differs (the host discards the result);
        CORRECTED where everything else is golden. None: the rest of the inference decides.
        """
        return verdict(self.alarm, golden=not len(self.difference.offsets))


def verdict(alarm: Outcome | None, *, golden: bool) -> Outcome | None:
    """DETECTED where that alarm is raised; CORRECTED where that one is and what is left is ``golden``; else
    None: a repair that left something wrong is an SDC like any other.
    """
    if alarm is Outcome.CORRECTED and not golden:
        return None
    return alarm


def graver(one: Outcome | None, other: Outcome | None) -> Outcome | None:
    """What two alarms say together."""
    return one if one is Outcome.DETECTED or other is None else other


def read_notice(difference: Difference, workload: Workload) -> Notice:
    """Read the alarm words after a launch (a network without them notices nothing)."""
    if workload.alarms is None:
        return Notice(None, difference)
    base = workload.layout.base
    detected = _within(difference.offsets, workload.alarms.detected - base)
    corrected = _within(difference.offsets, workload.alarms.corrected - base)
    rest = ~(detected | corrected)
    other = Difference(difference.offsets[rest], difference.contents[rest])
    if detected.any():
        return Notice(Outcome.DETECTED, other)
    return Notice(Outcome.CORRECTED if corrected.any() else None, other)


def read_alarms(memory: DeviceMemory, workload: Workload) -> Outcome | None:
    """The alarm that is raised in memory."""
    if workload.alarms is None:
        return None
    if memory.at(workload.alarms.detected, WORD).any():
        return Outcome.DETECTED
    return Outcome.CORRECTED if memory.at(workload.alarms.corrected, WORD).any() else None


def _within(offsets: NDArray[np.int64], start: int) -> NDArray[np.bool_]:
    return (offsets >= start) & (offsets < start + WORD)
