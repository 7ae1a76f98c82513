"""States whose faulty bytes lie elsewhere too: in weights, say, where a stray store has hit them.

The bytes wait until a launch reads them. Of a layer's product, changed weights change whole rows and nothing
else: only those are computed again. Any other launch runs its twin on the whole faulty memory.
"""

from __future__ import annotations

import numpy as np

from sassafras.kernels.exact_gemm import gemm
from sassafras.network.plan import PlannedLaunch
from sassafras.simulation.entrance import Entrance, Piece
from sassafras.simulation.faulty_launch import Difference
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.patch import Map, Patch
from sassafras.simulation.raised_alarms import read_notice
from sassafras.simulation.regions import inside

Faulty = tuple[
    Piece | None, Difference | None, Outcome | None
]  #: a piece, bytes elsewhere, and an alarm that a launch raised


class StrayBytes:
    """Takes states through launches that read waiting bytes, or that have no way of their own. Memory stands
    golden before the launch, and does so again afterwards.
    """

    def __init__(self, golden: GoldenRun, entrance: Entrance) -> None:
        self._golden = golden
        self._entrance = entrance
        self._memory = golden.memory

    def read_by(self, number: int, waiting: Difference | None) -> bool:
        """Whether launch ``number`` reads any of the bytes."""
        return waiting is not None and bool(inside(waiting.offsets, self._golden.reads[number]).any())

    def through(self, launch: PlannedLaunch, piece: Piece | None, waiting: Difference | None) -> Faulty:
        """The state behind a launch."""
        if piece is None and waiting is not None and launch.kernel == "gemm":
            rows = self._changed_rows(launch, waiting)
            if rows is not None:
                return rows, self._entrance.still_read(launch.index, waiting), None
        return self._through_twin(launch, piece, waiting)

    # weights ------------------------------------------------------------------------------------------

    def _changed_rows(self, launch: PlannedLaunch, waiting: Difference) -> Patch | None:
        """The output of a layer whose weights alone are faulty; None if other bytes are."""
        a = {name: int(value) for name, value in launch.arguments.items()}
        connected = bool(a["transpose_b"])
        address, outputs = (a["b"], a["n"]) if connected else (a["a"], a["m"])
        start = address - self._memory.layout.base
        if waiting.offsets[0] < start or waiting.offsets[-1] >= start + 4 * outputs * a["k"]:
            return None
        weights: Map = self._memory.array(address, outputs * a["k"]).reshape(outputs, a["k"])
        rows = np.unique((waiting.offsets - start) // 4 // a["k"])
        faulty = weights[rows]
        row, byte = np.divmod(waiting.offsets - start, 4 * a["k"])
        faulty.view(np.uint8)[np.searchsorted(rows, row), byte] = waiting.contents
        after = self._entrance.map_after(launch.index, a["c"]).copy()
        before = self._memory.array(a["c"], after.size).reshape(after.shape)
        sums = before[rows].reshape(len(rows), -1)
        if connected:
            vector, part = self._memory.array(a["a"], a["k"]).reshape(1, -1), sums.reshape(1, -1)
            gemm(vector, faulty, part, transpose_b=True)
            sums = part
        else:
            gemm(faulty, self._memory.array(a["b"], a["k"] * a["n"]).reshape(a["k"], a["n"]), sums)
        after[rows] = sums.reshape(len(rows), *after.shape[1:])
        return Patch(a["c"], 0, 0, after)

    # anything -----------------------------------------------------------------------------------------

    def _through_twin(self, launch: PlannedLaunch, piece: Piece | None, waiting: Difference | None) -> Faulty:
        golden, memory, number = self._golden, self._memory, launch.index
        faulty = self._entrance.bytes_of(number, piece, waiting)
        kept = memory.data[faulty.offsets]
        memory.data[faulty.offsets] = faulty.contents
        launch.spec.twin(memory, launch.arguments)
        written = [np.flatnonzero(differs) + start for start, differs in golden.differences(number)]
        outside = ~inside(faulty.offsets, golden.writes[number])
        places = np.sort(np.concatenate([*written, faulty.offsets[outside]]))
        difference = Difference(places, memory.data[places])
        golden.put_before(number)
        memory.data[faulty.offsets] = kept
        notice = read_notice(difference, golden.network)
        return *self._entrance.split(number, notice.difference), notice.alarm
