"""What a measurement needs of a GPU: `sassafras.hardening.gpu.cuda` does it with CUDA, tests without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Dim


@dataclass(frozen=True)
class Call:
    """A launch as a device takes it. ``function``: as the driver gave it; ``parameters``: the packed area;
    ``shared_bytes``: dynamic shared memory of a block.
    """

    function: object
    grid: Dim
    block: Dim
    parameters: bytes
    shared_bytes: int = 0


class Driver(Protocol):
    """One GPU. Addresses are the device's own. Every method raises DeviceError where the device refuses."""

    @property
    def name(self) -> str:
        """What the maker calls it: ``NVIDIA H200``."""

    @property
    def arch(self) -> str:
        """Its architecture as compilers call it."""

    def allocate(self, nbytes: int) -> int:
        """The address of new device memory, a multiple of 256."""

    def release(self, address: int) -> None:
        """Give memory back."""

    def upload(self, address: int, data: NDArray[np.uint8]) -> None:
        """Copy bytes to the device."""

    def download(self, address: int, nbytes: int) -> NDArray[np.uint8]:
        """Copy bytes from the device, when all launches before are done."""

    def load(self, cubin: bytes, kernel: str) -> object:
        """The function of that name in a cubin."""

    def run(self, groups: Sequence[Sequence[Call]]) -> list[float]:
        """Launch all calls in order, wait, and tell how many milliseconds each group took on the device."""

    def close(self) -> None:
        """Give everything back."""
