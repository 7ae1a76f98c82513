"""Device memory: one arena, laid out as the architecture's CUDA allocator does it.
 Its rules are the architecture's (`sassafras.architectures.allocator`). Chunks follow each other without
gaps. Whatever lies inside a chunk is mapped, whoever owns it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.allocator import Allocator
from sassafras.architectures.registry import default_architecture

_WIDEST_ACCESS = 16  #: bytes that one instruction moves at most


@dataclass(frozen=True)
class Allocation:
    """A named piece of device memory: its address (bytes) and its size as asked for (bytes)."""

    name: str
    address: int
    nbytes: int

    @property
    def end(self) -> int:
        """First address behind the allocation."""
        return self.address + self.nbytes


@dataclass(frozen=True)
class MemoryLayout:
    """Where every allocation lies. ``nbytes`` is the mapped size; addresses run from ``base`` to ``base +
    nbytes``.
    """

    base: int
    nbytes: int
    allocations: tuple[Allocation, ...]

    def __getitem__(self, name: str) -> Allocation:
        """The allocation of that name. Raises KeyError."""
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, Allocation]:
        return {a.name: a for a in self.allocations}


def _round_up(value: int, unit: int) -> int:
    return -(-value // unit) * unit


def lay_out(requests: Sequence[tuple[str, int]], rules: Allocator | None = None) -> MemoryLayout:
    """Place allocations (name, bytes) in the order of the application's requests.

    ``rules``: of the architecture; None: of the default one. Returns the layout. Raises ValueError for
    an empty or repeated request.
    """
    rules = rules or default_architecture().allocation_rules()
    placed: list[Allocation] = []
    top = base = rules.base
    small_at = small_end = base
    for name, nbytes in requests:
        if nbytes <= 0 or any(a.name == name for a in placed):
            raise ValueError(
                f"allocation {name!r} of {nbytes} bytes: sizes are positive and names are unique"
            )
        if nbytes > rules.chunk:
            placed.append(Allocation(name, top, nbytes))
            top += _round_up(nbytes, rules.granule)
            continue
        if small_at + nbytes > small_end:
            small_at, small_end = top, top + rules.chunk
            top = small_end
        placed.append(Allocation(name, small_at, nbytes))
        small_at += _round_up(nbytes, rules.alignment)
    return MemoryLayout(base, top - base, tuple(placed))


class DeviceMemory:
    """The bytes behind a layout. ``data`` is a writable uint8 array of ``layout.nbytes`` bytes (for example a
    private memory map).
    """

    def __init__(self, layout: MemoryLayout, data: NDArray[np.uint8] | None = None) -> None:
        self.layout = layout
        self.data: NDArray[np.uint8] = np.zeros(layout.nbytes, np.uint8) if data is None else data
        if self.data.shape != (layout.nbytes,) or layout.nbytes < _WIDEST_ACCESS:
            raise ValueError(
                f"device memory needs {layout.nbytes} (at least {_WIDEST_ACCESS}) bytes, "
                f"not {self.data.shape}"
            )
        if self.data.dtype != np.uint8 or not self.data.flags.c_contiguous or not self.data.flags.writeable:
            raise ValueError("device memory needs a writable, contiguous array of bytes")
        if self.data.ctypes.data % _WIDEST_ACCESS:
            raise ValueError(f"device memory must start at a multiple of {_WIDEST_ACCESS} bytes")

    def at(self, address: int, nbytes: int) -> NDArray[np.uint8]:
        """The bytes from a device address on (a view). Raises IndexError outside the mapped range."""
        start = address - self.layout.base
        if start < 0 or start + nbytes > self.layout.nbytes:
            raise IndexError(f"device address {address:#x} (+{nbytes}) is not mapped")
        return self.data[start : start + nbytes]

    def array(self, address: int, count: int, dtype: Any = np.float32) -> NDArray[Any]:
        """``count`` elements from a device address on, as a view. The address must be aligned."""
        dtype = np.dtype(dtype)
        return self.at(address, count * dtype.itemsize).view(dtype)
