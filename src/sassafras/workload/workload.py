"""What faults strike: buffers, launches, what goes in, what comes out, and how a result is judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.memory import DeviceMemory, MemoryLayout, lay_out
from sassafras.kernels.kernel import Region
from sassafras.workload.alarms import Alarms
from sassafras.workload.arena import Fill, open_arena, open_early
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.inputs import Input, check_arrays
from sassafras.workload.judgement import Judgement
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict
from sassafras.workload.vocabulary import NETWORK, Vocabulary


class Workload(ABC):
    """One run of launches over device memory. ``name``: for people. ``architecture``: whose machine code
    runs.
    """

    name: str
    architecture: Architecture

    @abstractmethod
    def on(self, target: Architecture) -> Self:
        """The same for another architecture, whose machine code runs and whose allocator places buffers."""

    @property
    @abstractmethod
    def buffers(self) -> tuple[Buffer, ...]:
        """Every buffer, in the order in which it is asked for."""

    @property
    @abstractmethod
    def contents(self) -> Mapping[str, NDArray[Any]]:
        """What buffers hold at the start, by name; all others are zero."""

    @property
    @abstractmethod
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """Every launch, in order."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """The parts that its launches work for."""

    @property
    @abstractmethod
    def inputs(self) -> tuple[Buffer, ...]:
        """What goes in: buffers with their shapes and dtypes."""

    @property
    @abstractmethod
    def outputs(self) -> tuple[Buffer, ...]:
        """What comes out: buffers with their shapes and dtypes."""

    @property
    @abstractmethod
    def judgement(self) -> Judgement:
        """What a faulty result is worth."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """A digest of all that decides a result, but the frame."""

    @property
    def parameters_digest(self) -> str:
        """A digest that stands for the contents, whatever kernels run on them."""
        return self.digest

    @property
    def golden_digest(self) -> str:
        """A digest that stands for what memory holds before every launch of a fault-free run, by frame."""
        return self.parameters_digest

    @property
    def brought_inputs(self) -> tuple[Input, ...] | None:
        """What goes in, where the workload comes with it; None: that is chosen elsewhere."""
        return None

    @property
    def vocabulary(self) -> Vocabulary:
        """What its things are called."""
        return NETWORK

    @property
    def alarms(self) -> Alarms | None:
        """Where hardened kernels say what they noticed; None where there are none."""
        return None

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """What a faulty result is worth beside the golden one."""
        return self.judgement.judge(golden, faulty)

    # memory -------------------------------------------------------------------------------------------

    @cached_property
    def layout(self) -> MemoryLayout:
        """Where every buffer lies."""
        return lay_out(requests(self.buffers), self.architecture.allocation_rules())

    def region(self, buffer: Buffer) -> Region:
        """Where a buffer lies."""
        return Region(self.layout[buffer.name].address, buffer.nbytes)

    @cached_property
    def maps(self) -> dict[int, tuple[int, int, int]]:
        """The feature maps: channels, height, width by device address."""
        return {self.layout[b.name].address: b.map_shape for b in self.buffers if b.is_map}

    def fresh_memory(self, *, shared: bool = False) -> DeviceMemory:
        """Device memory before a run: contents in place, everything else zero.

        ``shared``: take the bytes from a cached file, mapped privately (copy on write), so that processes
        share the contents. The content is the same.
        """
        if shared:
            return DeviceMemory(self.layout, open_arena(*self._arena))
        memory = DeviceMemory(self.layout)
        self.put_contents(memory)
        return memory

    def put_contents(self, memory: DeviceMemory) -> None:
        """What memory holds before a run, into memory that is zero."""
        for name, values in self.contents.items():
            place = memory.array(self.layout[name].address, values.size, values.dtype)
            place[:] = values.reshape(-1)

    def open_early(self) -> None:
        """Begin to check or make the cached file of ``fresh_memory(shared=True)``, beside other work."""
        open_early(*self._arena)

    @property
    def _arena(self) -> tuple[str, int, Fill]:
        def fill(data: NDArray[np.uint8]) -> None:
            self.put_contents(DeviceMemory(self.layout, data))

        return self._arena_key, self.layout.nbytes, fill

    @property
    def _arena_key(self) -> str:
        """What the bytes are: the contents, and where they lie (hardened and plain alike)."""
        places = [self.layout[name].address for name in self.contents]
        return f"{self.parameters_digest} {self.layout.base} {self.layout.nbytes} {places}"

    def load(self, memory: DeviceMemory, *arrays: NDArray[Any]) -> None:
        """Fill the input buffers, in their order. Raises UsageError for other shapes or dtypes."""
        check_arrays("an input", self.name, self.inputs, arrays)
        for buffer, values in zip(self.inputs, arrays, strict=True):
            place = memory.array(self.layout[buffer.name].address, values.size, values.dtype)
            place[:] = values.reshape(-1)

    def result(self, memory: DeviceMemory) -> Result:
        """What the outputs hold, a copy."""
        regions = [self.region(buffer) for buffer in self.outputs]
        return Result(np.concatenate([memory.at(r.address, r.nbytes) for r in regions]), self.outputs)


def requests(buffers: Iterable[Buffer]) -> list[tuple[str, int]]:
    """Names and bytes, as memory is asked for."""
    return [(buffer.name, buffer.nbytes) for buffer in buffers]
