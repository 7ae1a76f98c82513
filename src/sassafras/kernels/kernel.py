"""What the house knows of a kernel besides its machine code: parameters, work split, the memory it touches,
its native twin.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.launch import Dim, Launch
from sassafras.emulator.memory import DeviceMemory
from sassafras.isa.program import Program
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carry, CarryBytes
from sassafras.kernels.copied import Copied
from sassafras.kernels.pieces import Shape
from sassafras.kernels.programs import load_program


class ParameterType(Enum):
    """C types of kernel parameters; the value is the ``struct`` code."""

    INT = "i"
    FLOAT = "f"
    POINTER = "Q"
    # of kernels that are not ours
    DOUBLE = "d"
    HALF = "e"
    INT8 = "b"
    INT16 = "h"
    INT64 = "q"
    UINT8 = "B"
    UINT16 = "H"
    UINT32 = "I"
    BOOL = "?"


@dataclass(frozen=True)
class Region:
    """A stretch of device memory: address and size in bytes."""

    address: int
    nbytes: int

    @property
    def end(self) -> int:
        """First address behind the region."""
        return self.address + self.nbytes


Axes = tuple[tuple[str, int], ...]  #: name and size of each


@dataclass(frozen=True)
class Role:
    """What a kernel is for, after the paper's Table 1: the layer of the network, and the task. ``library``:
    the paper names none, and its Table 2 is without (it multiplies by a library, we infer a closed one).
    """

    layer: str
    task: str
    library: bool = False


Geometry = tuple[Dim, Dim]  #: grid and block
Twin = Callable[[DeviceMemory, Arguments], None]


@cache
def _made(source: Callable[[Architecture], Program], target: Architecture) -> Program:
    """Once: what is found out about a program stays with it. Nobody has shown that the lanes of its warps
    tell each other nothing through memory, as those of bundled kernels do not.
    """
    return source(target).in_lock_step


@dataclass(frozen=True)
class Kernel:
    """A CUDA kernel of ours.

    ``parameters``: name and type in the order of the CUDA source. ``geometry``: arguments -> (grid, block),
    as Darknet splits the work. ``reads`` / ``writes``: the regions that a fault-free launch may load from /
    stores to. ``overwrites``: True when every byte of ``writes`` is replaced without having been read (False
    for kernels that work in place). ``twin``: computes on device memory exactly what the emulated launch
    computes, bit for bit; None: whole launches are emulated. ``source``: architecture -> machine code, of a
    kernel that is not bundled. ``owner_of``: see ``kernels.owners``; None where a byte's owner is not known.
    ``fetches`` / ``stores``: what a launch on golden data does load / store, where that is less than
    ``reads`` / ``writes`` (a repair reads a matrix only where it finds something wrong); None: the same.
    ``observed``: nobody knows of the kernel what it touches on which data; then ``reads`` and ``writes`` are
    what it may be given, for the model of cost, and golden runs are watched (`simulation.observed`).
    ``shared_bytes``: dynamic shared memory of a block; None: none. ``role``: for tables. ``copied``: how
    copies of it are made to harden it; None: they are not.

    How the sweep takes faults through a launch (`sassafras.kernels.carry`): ``carry`` pieces of feature maps,
    ``carry_bytes`` bytes that lie elsewhere, such as weights; None: by the twin, on the whole faulty memory.
    ``scratch``: arguments -> shape by address, of buffers that have one only from this launch to the next
    that gives them another; ``axes``: the same as people count them, name and size of each axis (an unfolded
    image has more than a map). ``product``: the parameter that points to a result which the launch adds to;
    ``mends``: the parameter that points to such a result which the launch checks or computes again.
    """

    name: str
    parameters: tuple[tuple[str, ParameterType], ...]
    geometry: Callable[[Arguments], Geometry]
    reads: Callable[[Arguments], tuple[Region, ...]]
    writes: Callable[[Arguments], tuple[Region, ...]]
    overwrites: bool
    twin: Twin | None
    owner_of: Callable[[Arguments, NDArray[np.int64]], NDArray[np.int64]] | None = None
    fetches: Callable[[Arguments], tuple[Region, ...]] | None = None
    stores: Callable[[Arguments], tuple[Region, ...]] | None = None
    shared_bytes: Callable[[Arguments], int] | None = None
    carry: Carry | None = None
    carry_bytes: CarryBytes | None = None
    scratch: Callable[[Arguments], Mapping[int, Shape]] | None = None
    axes: Callable[[Arguments], Mapping[int, Axes]] | None = None
    product: str | None = None
    mends: str | None = None
    source: Callable[[Architecture], Program] | None = None
    role: Role | None = None
    copied: Copied | None = None
    observed: bool = False

    @property
    def is_watched(self) -> bool:
        """Whether its golden runs are watched for races: nobody has shown that it has none."""
        return self.source is not None and self.twin is None

    def code(self, target: Architecture) -> Program:
        """Its machine code for an architecture. Raises UsageError where there is none."""
        return load_program(self.name, target.name) if self.source is None else _made(self.source, target)

    def pack(self, arguments: Arguments) -> bytes:
        """The parameter area: each value at its natural alignment, as the CUDA ABI lays it out."""
        area = b""
        for name, kind in self.parameters:
            size = struct.calcsize("<" + kind.value)
            area += b"\0" * (-len(area) % size)
            area += struct.pack("<" + kind.value, arguments[name])
        return area

    def launch(self, arguments: Arguments, geometry: Geometry | None = None) -> Launch:
        """The launch for these arguments. ``geometry``: instead of the kernel's own."""
        grid, block = geometry or self.geometry(arguments)
        shared = 0 if self.shared_bytes is None else self.shared_bytes(arguments)
        return Launch(grid, block, self.pack(arguments), shared)
