"""Which value of which buffer lies at an address."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from sassafras.emulator.memory import Allocation
from sassafras.kernels.kernel import Axes
from sassafras.simulation.golden import GoldenRun
from sassafras.workload.buffer import FLOAT

MAP_AXES = ("channel", "row", "column")
_WEIGHT_AXES = ("filter", "channel", "row", "column")
_INTEGERS = ("indexes", "alarms", "flags")  #: buffers whose words are no floats, by the end of their names
WORD = 4


@dataclass(frozen=True)
class Spot:
    """A place in device memory: the buffer and the element that an address belongs to.

    ``buffer`` None: mapped, but nobody's (``nearest`` and ``distance`` in bytes say what lies before it), or
    not mapped at all. ``axes``: what the numbers of ``index`` count.
    """

    address: int
    buffer: str | None
    axes: tuple[str, ...]
    index: tuple[int, ...]
    is_float: bool
    mapped: bool
    nearest: str
    distance: int

    @property
    def name(self) -> str:
        """As people see it: ``layer0.output[3, 17, 2]``."""
        if self.buffer is not None:
            return f"{self.buffer}[{', '.join(map(str, self.index))}]"
        side = "behind" if self.distance >= 0 else "before"
        place = f"{abs(self.distance):,} bytes {side} {self.nearest}"
        return f"nobody's memory, {place}" if self.mapped else f"unmapped, {place}"


class MemoryMap:
    """The buffers of a network as they are used by launch ``number`` of its plan."""

    def __init__(self, golden: GoldenRun, number: int) -> None:
        self._layout = golden.memory.layout
        self._allocations = sorted(self._layout.allocations, key=lambda a: a.address)
        self._starts = [a.address for a in self._allocations]
        shaped = {b.name: b.shape for b in golden.workload.buffers if b.shape is not None}
        scratch = _scratch_axes(golden, number)
        sizes = {name: tuple(size for _, size in axes) for name, axes in scratch.items()}
        self._shapes: dict[str, tuple[int, ...]] = shaped | sizes
        self._dtypes = {b.name: b.dtype for b in golden.workload.buffers}
        self._plain_axes = any(seen is not None for seen in golden.observed)
        contents = shaped.keys() & golden.workload.contents.keys()
        self._axes = {name: _WEIGHT_AXES[: len(shaped[name])] for name in contents}
        self._axes |= {name: tuple(word for word, _ in axes) for name, axes in scratch.items()}

    def spot(self, address: int) -> Spot:
        """What lies at a device address."""
        before = self._before(address)
        base = self._layout.base
        mapped = base <= address < base + self._layout.nbytes
        if before is None or address >= before.end:
            nearest = self._nearest(address, before)
            distance = address - nearest.end if address >= nearest.end else address - nearest.address
            return Spot(address, None, (), (), False, mapped, nearest.name, distance)
        dtype = self._dtypes.get(before.name, FLOAT)
        element = (address - before.address) // dtype.itemsize
        axes, index = self._coordinates(before, element)
        is_float = dtype == FLOAT and not before.name.endswith(_INTEGERS)
        return Spot(address, before.name, axes, index, is_float, mapped, before.name, 0)

    def _before(self, address: int) -> Allocation | None:
        """The last allocation that begins at or before an address."""
        found = bisect_right(self._starts, address)
        return self._allocations[found - 1] if found else None

    def _nearest(self, address: int, before: Allocation | None) -> Allocation:
        after = bisect_right(self._starts, address)
        if before is None:
            return self._allocations[0]
        if after == len(self._allocations):
            return before
        follower = self._allocations[after]
        return before if address - before.end <= follower.address - address else follower

    def _coordinates(self, allocation: Allocation, element: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        shape = self._shapes.get(allocation.name, ())
        if len(shape) < 2 or element >= math.prod(shape) or shape[1:] == (1, 1):
            return ("element",), (element,)
        index: list[int] = []
        for size in reversed(shape):
            element, at = divmod(element, size)
            index.insert(0, at)
        if self._plain_axes:
            return tuple(f"axis {k}" for k in range(len(shape))), tuple(index)
        return self._axes.get(allocation.name, MAP_AXES), tuple(index)


def _scratch_axes(golden: GoldenRun, number: int) -> dict[str, Axes]:
    """Axes of buffers that have a shape only since a launch up to ``number`` gave it to them: the last one's.
    Such as the workspace, which holds an unfolded image.
    """
    named = {allocation.address: allocation.name for allocation in golden.memory.layout.allocations}
    found: dict[str, Axes] = {}
    for planned in golden.plan[: number + 1]:
        if planned.spec.axes is not None:
            found |= {named[a]: axes for a, axes in planned.spec.axes(planned.arguments).items()}
    return found
