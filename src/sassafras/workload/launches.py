"""The launches of a workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import machine_of
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import GoldenTrap
from sassafras.kernels.kernel import Geometry, Kernel, Region
from sassafras.kernels.registry import KERNELS
from sassafras.kernels.work import traffic


@dataclass(frozen=True)
class PlannedLaunch:
    """A launch of the plan. ``index``: position in the plan. ``invocation``: how many launches of the kernel
    come before.

    ``part``: the part that it works for, of a network the layer. ``arguments``: by parameter name of the CUDA
    source; pointers are device addresses. ``launch``: grid, block and packed parameters. ``variant``: a
    kernel that runs instead of the bundled one of that name (``kernel`` is still the plain one's name), or
    None.
    """

    index: int
    kernel: str
    invocation: int
    part: int
    arguments: Mapping[str, int | float]
    launch: Launch
    variant: Kernel | None = None

    @classmethod
    def of(
        cls,
        index: int,
        kernel: str,
        invocation: int,
        part: int,
        arguments: Mapping[str, int | float],
        variant: Kernel | None = None,
        geometry: Geometry | None = None,
    ) -> PlannedLaunch:
        """With the launch that follows from the rest. ``geometry``: grid and block; None: as the kernel
        splits its work.
        """
        launch = (variant or KERNELS[kernel]).launch(arguments, geometry)
        return cls(index, kernel, invocation, part, arguments, launch, variant)

    def run(self, memory: DeviceMemory, target: Architecture) -> None:
        """The whole fault-free launch, in place: by the kernel's twin, or emulated where there is none.
        Raises GoldenTrap where the emulated launch traps.
        """
        if self.spec.twin is not None:
            self.spec.twin(memory, self.arguments)
            return
        result = machine_of(self.spec.code(target)).run(self.launch, memory)
        if result.trap is not None:
            raise GoldenTrap(f"kernel {self.program}: a launch without a fault trapped: {result.trap}")

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
    def reads(self) -> tuple[Region, ...]:
        """Memory that a fault-free run may load from."""
        return self.spec.reads(self.arguments)

    @cached_property
    def writes(self) -> tuple[Region, ...]:
        """Memory that a fault-free run may store to."""
        return self.spec.writes(self.arguments)
