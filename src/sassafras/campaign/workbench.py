"""What a worker holds: the network in device memory, compiled kernels, and the golden run of the frame it
works on.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.golden import GoldenRun, live_after
from sassafras.campaign.regions import Intervals
from sassafras.emulator.machine import Machine, compile_program
from sassafras.kernels.programs import load_program
from sassafras.network.network import Network


class Workbench:
    """Arena, machines and golden runs of one process. ``images``: float32 (c, h, w) each, one per frame of
    the campaign.
    """

    def __init__(
        self, network: Network, images: Sequence[NDArray[np.float32]], arch: str, *, shared: bool = True
    ) -> None:
        self.network = network
        self.arch = arch
        self._images = images
        self._memory = network.fresh_memory(shared=shared)
        self._machines: dict[str, Machine] = {}
        self._golden: tuple[int, GoldenRun] | None = None

    def machine(self, kernel: str) -> Machine:
        """The compiled kernel (made when first asked for)."""
        if kernel not in self._machines:
            self._machines[kernel] = compile_program(load_program(kernel, self.arch))
        return self._machines[kernel]

    def golden(self, frame: int) -> GoldenRun:
        """The golden run of a frame; the one before is left."""
        if self._golden is None or self._golden[0] != frame:
            if self._golden is not None:
                self._golden[1].leave()
            self._golden = (frame, GoldenRun(self.network, self._memory, self._images[frame]))
        return self._golden[1]

    @cached_property
    def live(self) -> tuple[Intervals, ...]:
        """For each launch, the bytes that later launches still read."""
        return live_after(self.network, self._memory)
