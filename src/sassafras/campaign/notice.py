"""What a hardened kernel itself said about the fault (DESIGN section 7: DETECTED and CORRECTED)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.faulty_launch import Difference
from sassafras.campaign.outcome import Outcome
from sassafras.network.network import Network

WORD = 4


@dataclass(frozen=True)
class Notice:
    """What the alarm words say. ``outcome``: DETECTED or CORRECTED, None where the rest decides;
    ``difference``: the bytes that differ apart from the alarm words.
    """

    outcome: Outcome | None
    difference: Difference


def read_notice(difference: Difference, network: Network) -> Notice:
    """Judge by the alarm words after the faulty launch (a network without them notices nothing).

    ``detected`` set: DETECTED, whatever else differs; the host discards the result. ``corrected`` set and
    everything else golden: CORRECTED. ``corrected`` set and something else differs: the repair was wrong,
    which is an SDC like any other.
    """
    if network.alarms is None:
        return Notice(None, difference)
    base = network.layout.base
    detected = _within(difference.offsets, network.alarms.detected - base)
    corrected = _within(difference.offsets, network.alarms.corrected - base)
    rest = ~(detected | corrected)
    other = Difference(difference.offsets[rest], difference.contents[rest])
    if detected.any():
        return Notice(Outcome.DETECTED, other)
    if corrected.any() and not rest.any():
        return Notice(Outcome.CORRECTED, other)
    return Notice(None, other)


def _within(offsets: NDArray[np.int64], start: int) -> NDArray[np.bool_]:
    return (offsets >= start) & (offsets < start + WORD)
