"""The kernel ``forward_maxpool`` (``cuda/forward_maxpool.cu``): largest value of each window, and where it
was.
"""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Carry, Golden, Pieces, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.maxpool_ir import Start
from sassafras.kernels.pieces import Patch
from sassafras.kernels.windows import Window, pool


def _planes(arguments: Arguments) -> tuple[int, int, int]:
    """Planes (images x channels), rows and columns of the output. Raises ValueError where n is no whole
    number of planes.
    """
    pad, size, stride = (int(arguments[name]) for name in ("pad", "size", "stride"))
    h = (int(arguments["in_h"]) + pad - size) // stride + 1
    w = (int(arguments["in_w"]) + pad - size) // stride + 1
    planes, rest = divmod(int(arguments["n"]), h * w)
    if rest:
        raise ValueError(f"forward_maxpool: n = {arguments['n']} is not a whole number of {h} x {w} planes")
    return planes, h, w


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    count = _planes(arguments)[0] * int(arguments["in_h"]) * int(arguments["in_w"])
    return regions.words(int(arguments["input"]), count)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    n = int(arguments["n"])
    return (*regions.words(int(arguments["output"]), n), *regions.words(int(arguments["indexes"]), n))


def pool_maps(memory: DeviceMemory, arguments: Arguments, start: Start = Start.MINUS_INFINITY) -> None:
    """Max-pooling on device memory. ``start``: what a window's maximum is before its first value.

    Positions outside the map are left out. That is what ``first-valid`` computes too, although it holds them
    inside: it then sees rows and columns of the window again, in order, and neither the first of the largest
    values nor the last of NaN alone is another for that.
    """
    planes, h, w = _planes(arguments)
    in_h, in_w, stride, size, pad = (
        int(arguments[name]) for name in ("in_h", "in_w", "stride", "size", "pad")
    )
    source = memory.array(int(arguments["input"]), planes * in_h * in_w)
    output = memory.array(int(arguments["output"]), planes * h * w)
    indexes = memory.array(int(arguments["indexes"]), planes * h * w, np.int32)
    pointers = (source.ctypes.data, output.ctypes.data, indexes.ctypes.data)
    native()[start](planes, in_h, in_w, h, w, stride, size, -(pad // 2), *pointers)


def carry_windows(start: Start) -> Carry:
    """How max-pooling takes pieces through a launch. ``start``: which kernel."""

    def carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
        source, target = int(arguments["input"]), int(arguments["output"])
        planes, height, width = _planes(arguments)
        size, stride, before = (
            int(arguments["size"]), int(arguments["stride"]), int(arguments["pad"]) // 2
        )  # fmt: skip
        shape, piece = (planes, int(arguments["in_h"]), int(arguments["in_w"])), pieces.get(source)
        if golden.shape(source) != shape or golden.shape(target) != (planes, height, width):
            return None
        if piece is None:  # what the launch overwrites was faulty
            return Carried({})
        if not isinstance(piece, Patch):
            return None
        down, across = (Window(size, stride, -before, count) for count in (height, width))
        pooled = pool(golden.map(source), piece, down, across, target, start)
        return Carried({} if pooled is None else {target: pooled})

    return one_by_one(carry)


FORWARD_MAXPOOL = Kernel(
    name="forward_maxpool",
    role=Role("max pooling", "window maxima"),
    parameters=(
        ("n", ParameterType.INT),
        ("in_h", ParameterType.INT),
        ("in_w", ParameterType.INT),
        ("in_c", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("size", ParameterType.INT),
        ("pad", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("output", ParameterType.POINTER),
        ("indexes", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=pool_maps,
    owner_of=owners.pooled_element,
    carry=carry_windows(Start.MINUS_INFINITY),
    copied=Copied("input output indexes n in_h in_w stride size pad"),
)
