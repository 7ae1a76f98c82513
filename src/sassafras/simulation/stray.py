"""States whose faulty bytes lie elsewhere too (in weights, say, where a stray store has hit them), and
launches of kernels that have no carry.

The bytes wait until a launch reads them. A kernel may know what changed weights change (`carry_bytes`); any
other launch runs its twin on the whole faulty memory.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sassafras.kernels.pieces import Piece
from sassafras.simulation.entrance import Entrance
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.maps import GoldenMaps
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.raised_alarms import read_notice
from sassafras.simulation.regions import inside
from sassafras.simulation.struck_launch import Difference
from sassafras.workload.launches import PlannedLaunch

Faulty = tuple[dict[int, Piece], Difference | None, Outcome | None]
"""Pieces by address, bytes elsewhere, and an alarm that a launch raised."""


class StrayBytes:
    """Takes states through launches that read waiting bytes, or that have no way of their own. Memory stands
    golden before the launch, and does so again afterwards.
    """

    def __init__(self, golden: GoldenRun, entrance: Entrance, maps: GoldenMaps) -> None:
        self._golden = golden
        self._entrance = entrance
        self._maps = maps
        self._memory = golden.memory

    def read_by(self, number: int, waiting: Difference | None) -> bool:
        """Whether launch ``number`` reads any of the bytes."""
        return waiting is not None and bool(inside(waiting.offsets, self._golden.reads[number]).any())

    def through(
        self, launch: PlannedLaunch, pieces: Mapping[int, Piece], waiting: Difference | None
    ) -> Faulty:
        """The state behind a launch."""
        number, carry = launch.index, launch.spec.carry_bytes
        if carry is not None and waiting is not None and not self._maps.touched(number) & pieces.keys():
            addresses = waiting.offsets + self._memory.layout.base
            carried = carry(self._maps.around(number), addresses, waiting.contents, launch.arguments)
            if carried is not None:
                alarm = Outcome.CORRECTED if carried.corrected else None
                return {**pieces, **carried.pieces}, self._entrance.still_read(number, waiting), alarm
        return self._through_twin(launch, pieces, waiting)

    def _through_twin(
        self, launch: PlannedLaunch, pieces: Mapping[int, Piece], waiting: Difference | None
    ) -> Faulty:
        golden, memory, number = self._golden, self._memory, launch.index
        faulty = self._entrance.bytes_of(number, pieces, waiting)
        kept = memory.data[faulty.offsets]
        memory.data[faulty.offsets] = faulty.contents
        golden.run_whole(launch)
        written = [np.flatnonzero(differs) + start for start, differs in golden.differences(number)]
        outside = ~inside(faulty.offsets, golden.writes[number])
        places = np.sort(np.concatenate([*written, faulty.offsets[outside]]))
        difference = Difference(places, memory.data[places])
        golden.put_before(number)
        memory.data[faulty.offsets] = kept
        notice = read_notice(difference, golden.workload)
        return *self._entrance.split(number, notice.difference), notice.alarm
