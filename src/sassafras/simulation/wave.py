"""Many faulty states of one frame, swept forward together (concurrent fault simulation, DESIGN section 8).
 The golden run moves through the launch plan once; every state goes through each launch as a patch of a
feature map. Convolutions and pooling recompute only what a patch can reach; all states go through a layer's
weights in one exact-order gemm; a state that has become golden leaves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sassafras.kernels.elementwise import native
from sassafras.kernels.exact_gemm import gemm
from sassafras.kernels.hardened.gemm_check import checksums_of, group_flags
from sassafras.kernels.hardened.variants import activate_values, pooling_start
from sassafras.kernels.kernel import Region
from sassafras.kernels.window_copy import copy_windows
from sassafras.network.plan import PlannedLaunch
from sassafras.simulation.entrance import Entrance, Piece
from sassafras.simulation.faulty_launch import Difference
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.patch import Columns, Map, Patch, Window, pool, shrink, unfold
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver
from sassafras.simulation.regions import Intervals, inside
from sassafras.simulation.stray import StrayBytes
from sassafras.simulation.sweepable import CHECKS, check_sweepable

WIDEST = 640  #: columns that go through one gemm at a time: they stay in the cache


@dataclass(eq=False)
class State:
    """A faulty state under way. ``piece``: what differs of a feature map; ``waiting``: faulty bytes elsewhere
    that a launch to come will read; None: nothing. ``alarm``: what has been raised. ``exact``: address of the
    last product that was made, from zero, of the factors that memory holds; 0: none, or not made so.
    """

    id: int
    piece: Piece | None
    waiting: Difference | None
    alarm: Outcome | None = None
    exact: int = 0
    corrupted: dict[int, int] = field(default_factory=dict)


class Wave:
    """The states of one frame. ``golden.memory`` must stand before the launch that is asked for, in every
    call. Raises UsageError for a network that it cannot sweep (`sweepable`).
    """

    def __init__(self, golden: GoldenRun, live: tuple[Intervals, ...]) -> None:
        check_sweepable(golden.network)
        self._golden = golden
        self._live = live
        self._memory = golden.memory
        self._entrance = Entrance(golden, live)
        self._stray = StrayBytes(golden, self._entrance)
        self._shapes = self._entrance.shapes
        self._scratch = np.empty(0, np.float32)
        self._states: dict[State, None] = {}  # in the order in which they came
        self.finished: dict[int, Propagation] = {}
        self._steps: dict[str, Callable[[PlannedLaunch, list[State]], None]] = {
            "im2col_gpu": self._im2col,
            "gemm": self._gemm,
            "add_bias": self._add_bias,
            "activate_array": self._activate,
            "forward_maxpool": self._maxpool,
            "gemm_check": self._check,
        }

    # entering -----------------------------------------------------------------------------------------

    def enter(self, number: int, fault: int, difference: Difference, alarm: Outcome | None = None) -> None:
        """Take the state that ``difference`` makes behind launch ``number``; ``alarm``: raised by it."""
        self._settle(State(fault, *self._entrance.split(number, difference), alarm), number, {})

    # moving -------------------------------------------------------------------------------------------

    def advance(self, number: int) -> None:
        """Take every state through launch ``number``."""
        launch = self._golden.plan[number]
        reads = launch.reads
        exact = self._exact(launch)
        waiting = [s for s in self._states if s not in exact and self._beside(launch, s)]
        reading = [s for s in self._states if not (s in exact or s in waiting) and _starts_in(s.piece, reads)]
        step = self._steps.get(launch.kernel)
        if step is None:
            waiting, reading = waiting + reading, []
        for state in waiting:
            state.piece, state.waiting, alarm = self._stray.through(launch, state.piece, state.waiting)
            state.alarm = graver(state.alarm, alarm)
        if reading and step is not None:
            step(launch, reading)
        maps: dict[int, Map] = {}
        for state in [*exact, *waiting, *reading]:
            self._settle(state, number, maps)

    def _beside(self, launch: PlannedLaunch, state: State) -> bool:
        """Whether a launch reads faulty bytes of a state elsewhere than in its piece. At a check: whether it,
        or the repair behind it, reads any that are not of the product.
        """
        number = launch.index
        if launch.kernel != "gemm_check":
            return self._stray.read_by(number, state.waiting)
        piece, product = state.piece, launch.arguments["c"]
        factors = piece is not None and piece.buffer != product and _starts_in(piece, launch.reads)
        return factors or any(self._stray.read_by(n, state.waiting) for n in (number, number + 1))

    def _exact(self, launch: PlannedLaunch) -> dict[State, None]:
        """The states that a check or a repair leaves as they are: those whose product is what the factors in
        memory give. Computed again it has the same bits, whatever the check says of it; its flags are read by
        nobody else.

        At a product itself: notes which states are such. A state is not whose product was not zero before.
        """
        if launch.kernel == "gemm":
            places = self._golden.writes[launch.index]
            for state in self._states:
                struck = _starts_in(state.piece, launch.writes) or (
                    state.waiting is not None and bool(inside(state.waiting.offsets, places).any())
                )
                state.exact = 0 if struck else int(launch.arguments["c"])
        if launch.kernel not in CHECKS:
            return {}
        found = {s: None for s in self._states if s.exact == launch.arguments["c"]}
        for state in found:
            if state.waiting is not None:
                state.waiting = self._entrance.still_read(launch.index, state.waiting)
            if state.piece is not None and not self._entrance.is_live(launch.index, state.piece):
                state.piece = None
        return found

    def _settle(self, state: State, number: int, maps: dict[int, Map]) -> None:
        """Shrink what really differs behind launch ``number``; a state that is golden leaves.

        ``maps``: golden maps behind the launch, by address; those that are missing are added.
        """
        layer = self._golden.plan[number].layer
        if isinstance(state.piece, Patch):
            address = state.piece.buffer
            if address not in maps:
                maps[address] = self._entrance.map_after(number, address)
            golden = maps[address]
            state.piece, differing = shrink(state.piece, golden)
            if differing and self._golden.finished_by[layer] == number:
                state.corrupted[layer] = differing
        if state.alarm is Outcome.DETECTED or (state.piece is None and state.waiting is None):
            self._leave(state, number)
        elif number == len(self._golden.plan) - 1:
            self._arrive(state)
        else:
            self._states[state] = None

    def _leave(self, state: State, number: int) -> None:
        self._states.pop(state, None)
        layer = self._golden.plan[number].layer
        self.finished[state.id] = Propagation(self._golden.probabilities, layer, state.corrupted, state.alarm)

    def _arrive(self, state: State) -> None:
        self._states.pop(state, None)
        assert isinstance(state.piece, Patch)  # behind the last launch only the probabilities are live
        output = self._golden.probabilities.reshape(self._shapes[state.piece.buffer])
        probabilities = state.piece.over(output).reshape(-1)
        self.finished[state.id] = Propagation(probabilities, None, state.corrupted, state.alarm)

    # launches -----------------------------------------------------------------------------------------

    def _map_now(self, address: int) -> Map:
        """The golden map at an address, before the launch. A view."""
        shape = self._shapes[address]
        view: Map = self._memory.array(address, math.prod(shape)).reshape(shape)
        return view

    def _im2col(self, launch: PlannedLaunch, states: list[State]) -> None:
        a = {name: int(value) for name, value in launch.arguments.items()}
        down = Window(a["ksize"], a["stride"], -a["pad"], a["height_col"])
        across = Window(a["ksize"], a["stride"], -a["pad"], a["width_col"])
        golden = self._map_now(a["image"])
        for state in states:
            assert isinstance(state.piece, Patch)
            state.piece = unfold(golden, state.piece, down, across, a["columns"])

    def _maxpool(self, launch: PlannedLaunch, states: list[State]) -> None:
        a = {name: int(value) for name, value in launch.arguments.items()}
        golden = self._map_now(a["input"])
        _, height, width = self._shapes[a["output"]]
        down = Window(a["size"], a["stride"], -(a["pad"] // 2), height)
        across = Window(a["size"], a["stride"], -(a["pad"] // 2), width)
        for state in states:
            assert isinstance(state.piece, Patch)
            state.piece = pool(golden, state.piece, down, across, a["output"], pooling_start(launch.spec))

    def _add_bias(self, launch: PlannedLaunch, states: list[State]) -> None:
        filters, biases = int(launch.arguments["n"]), int(launch.arguments["biases"])
        bias = self._memory.array(biases, filters)
        for state in states:
            assert isinstance(state.piece, Patch)
            values = state.piece.values
            native()["add_bias"](values.ctypes.data, bias.ctypes.data, 1, filters, values.size // filters)

    def _activate(self, launch: PlannedLaunch, states: list[State]) -> None:
        for state in states:
            assert isinstance(state.piece, Patch)
            activate_values(launch.spec, launch.arguments, state.piece.values)

    def _gemm(self, launch: PlannedLaunch, states: list[State]) -> None:
        if launch.arguments["transpose_b"]:
            self._connected(launch, states)
            return
        jobs = [self._columns_job(launch, state) for state in states]
        weights = self._matrix(launch, "a", "m", "k")
        address = int(launch.arguments["c"])
        for start, end in _batches([job.count for job in jobs], WIDEST):
            chosen = jobs[start:end]
            ends = list(itertools.accumulate(job.count for job in chosen))
            columns, c = (
                self._room(weights.shape[1], ends[-1]),
                np.empty((len(weights), ends[-1]), np.float32),
            )
            for job, stop in zip(chosen, ends, strict=True):
                part = slice(stop - job.count, stop)
                copy_windows(job.columns, columns[:, part])
                copy_windows(job.sums, c[:, part])
            gemm(weights, columns, c)
            for job, stop in zip(chosen, ends, strict=True):
                values = np.ascontiguousarray(c[:, stop - job.count : stop]).reshape(job.sums.shape)
                job.state.piece = Patch(address, job.top, job.left, values)

    def _check(self, launch: PlannedLaunch, states: list[State]) -> None:
        """Check and repair at once what a fault has left of a product whose factors are golden: a column of a
        group that is flagged becomes golden. Where the product is golden, a repair changes nothing.
        """
        a = launch.arguments
        golden = self._map_now(int(a["c"]))
        data = self._memory.array(int(a["d"]), int(a["k"]) * int(a["columns"]))
        data = data.reshape(int(a["k"]), *golden.shape[1:])
        checksums, group = checksums_of(self._memory, a), int(a["group"])
        for state in states:
            assert isinstance(state.piece, Patch)
            place = (slice(None), state.piece.rows, state.piece.columns)
            columns = np.ascontiguousarray(data[place]).reshape(int(a["k"]), -1)
            values, right = (
                state.piece.values.reshape(len(golden), -1),
                golden[place].reshape(len(golden), -1),
            )
            differs = values.view(np.uint32) != np.ascontiguousarray(right).view(np.uint32)
            for g in np.unique(np.flatnonzero(differs.any(axis=1)) // group).tolist():
                part = slice(g * group, (g + 1) * group)
                flagged = group_flags(a, checksums[g], columns, values[part]).astype(bool)
                if differs[part, flagged].any():
                    values[part, flagged] = right[part, flagged]
                    state.alarm = graver(state.alarm, Outcome.CORRECTED)
            state.exact = int(a["c"])  # or as good as that: the repair has been

    def _room(self, rows: int, columns: int) -> Map:
        """A matrix in memory that is used again and again: fresh pages cost as much as filling them."""
        if self._scratch.size < rows * columns:
            self._scratch = np.empty(rows * columns, np.float32)
        return self._scratch[: rows * columns].reshape(rows, columns)

    def _matrix(self, launch: PlannedLaunch, name: str, rows: str, columns: str) -> Map:
        """An operand of a gemm whose rows lie without gaps, as a view of golden memory."""
        shape = (int(launch.arguments[rows]), int(launch.arguments[columns]))
        view: Map = self._memory.array(int(launch.arguments[name]), shape[0] * shape[1]).reshape(shape)
        return view

    def _columns_job(self, launch: PlannedLaunch, state: State) -> _Job:
        """The columns of a convolution's product that a piece can change: their sums so far, and the unfolded
        image's columns.
        """
        a = {name: int(value) for name, value in launch.arguments.items()}
        piece = state.piece
        assert piece is not None
        sums = self._map_now(a["c"])[:, piece.rows, piece.columns]
        if isinstance(piece, Columns) or piece.buffer == a["b"]:
            columns = piece.values
        else:  # the product's own buffer was struck before the launch
            unfolded = self._memory.array(a["b"], a["k"] * a["n"]).reshape(a["k"], *self._shapes[a["c"]][1:])
            columns, sums = unfolded[:, piece.rows, piece.columns], piece.values
        return _Job(state, piece.top, piece.left, sums, columns)

    def _connected(self, launch: PlannedLaunch, states: list[State]) -> None:
        a = {name: int(value) for name, value in launch.arguments.items()}
        weights = self._matrix(launch, "b", "n", "k")
        before = self._memory.array(a["c"], a["n"])
        vectors = [s for s in states if s.piece is not None and s.piece.buffer == a["a"]]
        if vectors:
            golden = self._map_now(a["a"])
            inputs = np.stack(
                [s.piece.over(golden).reshape(-1) for s in vectors if isinstance(s.piece, Patch)]
            )
            sums = np.repeat(before[None], len(vectors), axis=0)
            gemm(inputs, weights, sums, transpose_b=True)
            for state, row in zip(vectors, sums, strict=True):
                state.piece = Patch(a["c"], 0, 0, row.copy().reshape(-1, 1, 1))
        golden_input = self._matrix(launch, "a", "m", "k")
        golden_output = self._entrance.floats_after(launch.index, a["c"], a["n"])
        for state in states:
            if state not in vectors:
                assert isinstance(state.piece, Patch)
                sums_now = state.piece.values.reshape(-1)
                changed = np.flatnonzero(sums_now.view(np.uint32) != before.view(np.uint32))
                part = sums_now[changed][None]
                gemm(golden_input, np.ascontiguousarray(weights[changed]), part, transpose_b=True)
                output = golden_output.copy()
                output[changed] = part[0]
                state.piece = Patch(a["c"], 0, 0, output.reshape(-1, 1, 1))


@dataclass(frozen=True)
class _Job:
    """Part of a convolution's product for one state: ``sums``, float32 (channels, height, width), +=
    weights x ``columns``, float32 (..., height, width), gives the pixels from (top, left) on.
    """

    state: State
    top: int
    left: int
    sums: Map
    columns: Map

    @property
    def count(self) -> int:
        """Pixels."""
        return math.prod(self.sums.shape[1:])


def _starts_in(piece: Piece | None, regions: Sequence[Region]) -> bool:
    """Whether a piece's buffer is one that begins inside the regions."""
    return piece is not None and any(r.address <= piece.buffer < r.end for r in regions)


def _batches(sizes: list[int], most: int) -> list[tuple[int, int]]:
    """Neighbours [start, end) whose sizes add up to at most ``most`` (a larger one stands alone)."""
    found, start, total = [], 0, 0
    for k, size in enumerate(sizes):
        if k > start and total + size > most:
            found.append((start, k))
            start, total = k, 0
        total += size
    if start < len(sizes):
        found.append((start, len(sizes)))
    return found
