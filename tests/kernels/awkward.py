"""What launches are tested with: memory full of awkward values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.arguments import Arguments

SPECIAL_BITS = (
    *(0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000, 0x80800000),  # zeros, denormals
    *(0x3F800000, 0xBF800000, 0x3F800001, 0xBF7FFFFF, 0x7F7FFFFF, 0xFF7FFFFF),  # ones, largest
    *(
        0x7F800000,
        0xFF800000,
        0x7F800001,
        0x7FC01234,
        0xFFC00000,
        0xFF812345,
    ),  # infinities, NaNs of every kind
)
EXPONENTIAL_BORDERS = (
    *(-104.0, -103.97, -103.2, -89.5, -88.8, -88.72284, -88.72283, -88.5, -88.37627, -88.1, -87.33655),
    *(-87.33654, -87.0, -44.3, 43.9, 44.36, 63.8, 87.33, 88.37, 88.7228, 88.7229, 89.0, 128.0, 1e30, -1e30),
    *(2**-149 * 3, 1e-8, -1e-8, 6e-8, 0.34657359, -0.34657359, 0.5, 1.5, -17.5, 9.01, -9.01),
)
"""Where expf, 1 / (1 + expf) and the flushing of 2^x change behaviour."""


def bits(*words: int) -> NDArray[np.float32]:
    """float32 values from their bits."""
    return np.array(words, np.uint32).view(np.float32)


SPECIAL = bits(*SPECIAL_BITS)


def tame(count: int, seed: int = 1, scale: float = 1.0) -> NDArray[np.float32]:
    """Ordinary values around zero."""
    generator = np.random.Generator(np.random.Philox(seed))
    return (scale * generator.standard_normal(count)).astype(np.float32)


def wild(count: int, seed: int = 2, share: float = 0.2) -> NDArray[np.float32]:
    """Ordinary values, a share of them replaced by zeros, denormals, infinities, NaN of many payloads, any
    bits.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    values = tame(count, seed + 1000)
    anything = generator.integers(0, 1 << 32, count, np.uint32).view(np.float32)
    special = SPECIAL[generator.integers(0, SPECIAL.size, count)]
    kind = generator.random(count)
    return np.where(kind < share / 2, special, np.where(kind < share, anything, values))


Named = dict[str, int | float | str]


@dataclass(frozen=True)
class Case:
    """One launch: ``arguments`` with allocation names for pointers, ``contents`` of the allocations (in their
    order).
    """

    name: str
    kernel: str
    arguments: Mapping[str, int | float | str]
    contents: Mapping[str, NDArray[np.float32]]

    def build(self) -> tuple[DeviceMemory, Arguments]:
        """Fresh memory and the arguments with device addresses. Bytes outside the allocations are 0xA5."""
        layout = lay_out([(name, max(4, values.nbytes)) for name, values in self.contents.items()])
        memory = DeviceMemory(layout, np.full(layout.nbytes, 0xA5, np.uint8))
        for name, values in self.contents.items():
            memory.at(layout[name].address, values.nbytes)[...] = values.view(np.uint8)
        arguments: Arguments = {
            name: layout[value].address if isinstance(value, str) else value
            for name, value in self.arguments.items()
        }
        return memory, arguments

    def __str__(self) -> str:
        return f"{self.kernel}-{self.name}"
