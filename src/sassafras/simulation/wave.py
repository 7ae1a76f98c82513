"""Many faulty states of one frame, swept forward together (concurrent fault simulation, DESIGN section 8).

The golden run moves through the launch plan once; every state goes through each launch as pieces of feature
maps, one for each map that differs, each kept as long as a later launch still reads its map. How a launch
changes pieces stands beside its kernel (`sassafras.kernels.carry`); a state that has become golden leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sassafras.kernels.carry import Carried
from sassafras.kernels.pieces import Map, Patch, Piece, shrink
from sassafras.simulation.entrance import Entrance
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.maps import GoldenMaps
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import graver
from sassafras.simulation.regions import Intervals, inside
from sassafras.simulation.stray import StrayBytes
from sassafras.simulation.struck_launch import Difference
from sassafras.workload.launches import PlannedLaunch


@dataclass(eq=False)
class State:
    """A faulty state under way. ``pieces``: what differs of feature maps, by address; ``waiting``: faulty
    bytes elsewhere that a launch to come will read; None: nothing. ``alarm``: what has been raised.
    ``exact``: address of the last product that was made, from zero, of the factors that memory holds; 0:
    none, or not made so. ``read``: of each piece a place that is still read, see `Entrance.read_at`.
    """

    id: int
    pieces: dict[int, Piece]
    waiting: Difference | None
    alarm: Outcome | None = None
    exact: int = 0
    corrupted: dict[int, int] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)


class Wave:
    """The states of one frame. ``golden.memory`` must stand before the launch that is asked for, in every
    call.
    """

    def __init__(self, golden: GoldenRun, live: tuple[Intervals, ...]) -> None:
        self._golden = golden
        self._maps = GoldenMaps(golden)
        self._entrance = Entrance(live, self._maps)
        self._stray = StrayBytes(golden, self._entrance, self._maps)
        self._states: dict[State, None] = {}  # in the order in which they came
        self._after: tuple[int, dict[int, Map]] = (-1, {})
        self.finished: dict[int, Propagation] = {}

    def enter(self, number: int, fault: int, difference: Difference, alarm: Outcome | None = None) -> None:
        """Take the state that ``difference`` makes behind launch ``number``; ``alarm``: raised by it."""
        state = State(fault, *self._entrance.split(number, difference), alarm)
        self._settle(state, number, state.pieces.keys())

    def enter_before(self, number: int, fault: int, difference: Difference) -> None:
        """Take the state that ``difference`` makes before launch ``number``: of bytes that are still read."""
        self._states[State(fault, *self._entrance.split_before(number, difference))] = None

    def advance(self, number: int) -> None:
        """Take every state through launch ``number``."""
        launch = self._golden.plan[number]
        self._note_exact(launch)
        through: list[State] = []
        carried: list[State] = []
        for state in list(self._states):
            if self._unchanged(launch, state):
                self._settle(state, number, ())
            elif self._by_twin(launch, state):
                through.append(state)
            elif self._maps.touched(number) & state.pieces.keys():
                carried.append(state)
        through += self._carry(launch, carried)
        for state in through:
            state.pieces, state.waiting, alarm = self._stray.through(launch, state.pieces, state.waiting)
            state.alarm = graver(state.alarm, alarm)
            self._settle(state, number, state.pieces.keys())
        if number == len(self._golden.plan) - 1:
            for state in list(self._states):  # outputs that this launch does not touch
                self._arrive(state)

    def _carry(self, launch: PlannedLaunch, states: Sequence[State]) -> list[State]:
        """Take states through a launch by the kernel's own way. Returns those that it does not take."""
        carry, number = launch.spec.carry, launch.index
        if carry is None or not states:
            return list(states)
        touched = self._maps.touched(number)
        pieces = [{a: p for a, p in state.pieces.items() if a in touched} for state in states]
        found = carry(self._maps.around(number), pieces, launch.arguments)
        for state, carried in zip(states, found, strict=True):
            if carried is not None:
                self._take(launch, state, carried)
        return [state for state, carried in zip(states, found, strict=True) if carried is None]

    def _take(self, launch: PlannedLaunch, state: State, carried: Carried) -> None:
        written, found = self._maps.written(launch.index), dict(carried.pieces)
        if not state.pieces.keys() <= written:  # most often all of it is
            kept = {address: piece for address, piece in state.pieces.items() if address not in written}
            found = kept | found
        state.pieces = found
        if carried.corrected:
            state.alarm = graver(state.alarm, Outcome.CORRECTED)
        if launch.spec.mends is not None:
            state.exact = int(launch.arguments[launch.spec.mends])  # or as good as that: repaired
        self._settle(state, launch.index, carried.pieces.keys())

    def _by_twin(self, launch: PlannedLaunch, state: State) -> bool:
        """Whether a launch reads faulty bytes of a state elsewhere than in its pieces. At a check: whether a
        repair behind it does.
        """
        numbers = [launch.index]
        if launch.spec.mends is not None:
            place = launch.arguments[launch.spec.mends]
            behind = self._golden.plan[launch.index + 1 :]
            numbers += [p.index for p in behind if p.spec.mends and p.arguments[p.spec.mends] == place]
        return any(self._stray.read_by(number, state.waiting) for number in numbers)

    # products -----------------------------------------------------------------------------------------

    def _note_exact(self, launch: PlannedLaunch) -> None:
        """At a product: notes which states have it as the factors in memory give it. A state has not whose
        product was not zero before.
        """
        if launch.spec.product is None:
            return
        address, places = int(launch.arguments[launch.spec.product]), self._golden.writes[launch.index]
        written = self._maps.written(launch.index)  # a product may be part of a map
        for state in self._states:
            waiting = state.waiting is not None and bool(inside(state.waiting.offsets, places).any())
            state.exact = 0 if waiting or written & state.pieces.keys() else address

    def _unchanged(self, launch: PlannedLaunch, state: State) -> bool:
        """Whether a check or a repair leaves a state as it is: one whose product is what the factors in
        memory give. Computed again it has the same bits, whatever the check says of it; its flags are read by
        nobody else.
        """
        mends = launch.spec.mends
        if mends is None or state.exact != launch.arguments[mends]:
            return False
        if state.waiting is not None:
            state.waiting = self._entrance.still_read(launch.index, state.waiting)
        return True

    # settling -----------------------------------------------------------------------------------------

    def _map_after(self, number: int, address: int) -> Map:
        """The golden map behind a launch; remembered for the launch asked for last."""
        if self._after[0] != number:
            self._after = number, {}
        known = self._after[1]
        if address not in known:
            known[address] = self._maps.map_after(number, address)
        return known[address]

    def _settle(self, state: State, number: int, changed: Collection[int]) -> None:
        """Keep what really differs behind launch ``number``, which ``changed`` pieces at these addresses, and
        is still read; a state that is golden leaves.
        """
        layer = self._golden.plan[number].part
        finished = self._golden.finished_by[layer] == number
        for address, piece in list(state.pieces.items()):
            smaller: Piece | None = piece
            known = None if address in changed else state.read.get(address)
            if address in changed and isinstance(piece, Patch):
                smaller, differing = shrink(piece, self._map_after(number, address))
                if differing and finished and address == self._golden.output_address(layer):
                    state.corrupted[layer] = differing
            place = None if smaller is None else self._entrance.read_at(number, smaller, known)
            if smaller is None or place is None:
                del state.pieces[address]
            else:
                state.pieces[address], state.read[address] = smaller, place
        if state.alarm is Outcome.DETECTED or (not state.pieces and state.waiting is None):
            self._leave(state, number)
        elif number == len(self._golden.plan) - 1:
            self._arrive(state)
        else:
            self._states[state] = None

    def _leave(self, state: State, number: int) -> None:
        self._states.pop(state, None)
        layer = self._golden.plan[number].part
        self.finished[state.id] = Propagation(self._golden.result, layer, state.corrupted, state.alarm)

    def _arrive(self, state: State) -> None:
        self._states.pop(state, None)
        golden = self._golden
        result = golden.result.copy()
        for output in golden.workload.outputs:  # behind the last launch nothing else is live
            region = golden.workload.region(output)
            piece = state.pieces.get(region.address)
            if piece is not None:
                assert isinstance(piece, Patch)
                shape = self._maps.after(len(golden.plan) - 1)[piece.buffer].shape
                values = result[output.name].reshape(-1)
                values[:] = piece.over(golden.result[output.name].reshape(shape)).reshape(-1)
            if state.waiting is not None:  # a result that is no map
                places = state.waiting.offsets - (region.address - golden.memory.layout.base)
                here = (places >= 0) & (places < output.nbytes)
                result.raw[result.start(output.name) + places[here]] = state.waiting.contents[here]
        self.finished[state.id] = Propagation(result, None, state.corrupted, state.alarm)
