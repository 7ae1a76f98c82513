"""What a worker holds: the network in device memory, compiled kernels, and the golden run of the frame it
works on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

from sassafras.emulator.machine import Machine, machine_of
from sassafras.kernels.kernel import Kernel
from sassafras.simulation.golden import GoldenRun, live_after
from sassafras.simulation.regions import Intervals
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload

REMEMBERED_BYTES = 1 << 29  #: of golden runs kept (about 40 MB each for AlexNet), and at least two runs


class Workbench:
    """Arena, machines and golden runs of one process. ``inputs``: those of the campaign."""

    def __init__(self, workload: Workload, inputs: Sequence[Input], *, shared: bool = True) -> None:
        self.workload = workload
        self.inputs = inputs
        self._memory = workload.fresh_memory(shared=shared)
        self._runs: OrderedDict[int, GoldenRun] = OrderedDict()
        self._current: GoldenRun | None = None

    def machine(self, kernel: Kernel) -> Machine:
        """The compiled kernel (made when first asked for)."""
        return machine_of(kernel.code(self.workload.architecture))

    def golden(self, frame: int) -> GoldenRun:
        """The golden run of a frame, made or remembered; memory is moved to it."""
        run = self._runs.get(frame)
        if run is not None and run is self._current:
            return run
        if self._current is not None:
            self._current.leave()
        if run is None:
            run = self._runs[frame] = GoldenRun(self.workload, self._memory, self.inputs[frame].arrays)
            while len(self._runs) > max(2, REMEMBERED_BYTES // max(run.nbytes, 1)):
                self._runs.popitem(last=False)
        else:
            self._runs.move_to_end(frame)
            run.come_back()
        self._current = run
        return run

    @cached_property
    def live(self) -> tuple[Intervals, ...]:
        """For each launch, the bytes that later launches still read."""
        return live_after(self.workload, self._memory)
