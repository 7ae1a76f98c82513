"""Launches by the native twin, which our kernels have."""

from __future__ import annotations

from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel


def by_twin(kernel: Kernel, memory: DeviceMemory, arguments: Arguments) -> None:
    """A launch, in place."""
    assert kernel.twin is not None
    kernel.twin(memory, arguments)
