"""The launches of a workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sassafras.emulator.launch import Launch
from sassafras.kernels.kernel import Kernel, Region
from sassafras.kernels.registry import KERNELS
from sassafras.kernels.work import traffic


@dataclass(frozen=True)
class PlannedLaunch:
    """A launch of the plan. ``index``: position in the plan. ``invocation``: how many launches of the kernel
    come before.

    ``part``: the part that it works for, of a network the layer. ``arguments``: by parameter name of the CUDA
    source; pointers are device addresses. ``variant``: a kernel that runs instead of the bundled one of that
    name (``kernel`` is still the plain one's name), or None.
    """

    index: int
    kernel: str
    invocation: int
    part: int
    arguments: Mapping[str, int | float]
    variant: Kernel | None = None

    @property
    def spec(self) -> Kernel:
        """What the house knows of the kernel that runs."""
        return self.variant or KERNELS[self.kernel]

    @property
    def program(self) -> str:
        """Name of the machine code that runs."""
        return self.spec.name

    @property
    def nbytes(self) -> int:
        """Bytes that a launch on golden data must move: distinct ones read, and distinct ones written."""
        spec = self.spec
        return traffic(
            (spec.fetches or spec.reads)(self.arguments), (spec.stores or spec.writes)(self.arguments)
        )

    @cached_property
    def launch(self) -> Launch:
        """Grid, block and packed parameters."""
        return self.spec.launch(self.arguments)

    @cached_property
    def reads(self) -> tuple[Region, ...]:
        """Memory that a fault-free run may load from."""
        return self.spec.reads(self.arguments)

    @cached_property
    def writes(self) -> tuple[Region, ...]:
        """Memory that a fault-free run may store to."""
        return self.spec.writes(self.arguments)
