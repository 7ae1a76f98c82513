"""The kernel ``im2col_gpu`` (``cuda/im2col_gpu.cu``): receptive fields of an image -> columns of a matrix."""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Axes, Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Patch, Shape
from sassafras.kernels.windows import Window, unfold


def _channels(arguments: Arguments) -> int:
    """Channels of the image; a launch covers whole channels. Raises ValueError for one that does not."""
    channels, rest = divmod(int(arguments["n"]), int(arguments["height_col"]) * int(arguments["width_col"]))
    if rest:
        raise ValueError(f"im2col_gpu: n = {arguments['n']} is not a whole number of channels")
    return channels


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.line(int(arguments["n"]))


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    count = _channels(arguments) * int(arguments["height"]) * int(arguments["width"])
    return regions.words(int(arguments["image"]), count)


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["columns"]), int(arguments["n"]) * int(arguments["ksize"]) ** 2)


def _inside(first: int, stride: int, size: int, count: int) -> tuple[slice, slice]:
    """The positions p of 0..count-1 for which 0 <= first + p * stride < size, and those places, as slices."""
    low = -(min(first, 0) // stride)
    high = min(count, max(low, -((first - size) // stride)))
    start = first + low * stride
    return slice(low, high), slice(start, start + max(0, (high - low - 1) * stride + 1), stride)


def _fits(size: int, count: int, stride: int, ksize: int) -> bool:
    """Whether ``count`` windows end within ``size``."""
    return (count - 1) * stride + ksize <= size


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    channels, ksize, pad = _channels(arguments), int(arguments["ksize"]), int(arguments["pad"])
    height, width, stride = (int(arguments[name]) for name in ("height", "width", "stride"))
    height_col, width_col = int(arguments["height_col"]), int(arguments["width_col"])
    # As integers: a copy of bits, whatever they mean.
    image = memory.array(int(arguments["image"]), channels * height * width, np.uint32)
    image = image.reshape(channels, height, width)
    columns = memory.array(int(arguments["columns"]), int(arguments["n"]) * ksize * ksize, np.uint32)
    columns = columns.reshape(channels, ksize, ksize, height_col, width_col)
    if pad or not (_fits(height, height_col, stride, ksize) and _fits(width, width_col, stride, ksize)):
        columns[...] = 0
    for i in range(ksize):
        to_rows, from_rows = _inside(i - pad, stride, height, height_col)
        for j in range(ksize):
            to_columns, from_columns = _inside(j - pad, stride, width, width_col)
            columns[:, i, j, to_rows, to_columns] = image[:, from_rows, from_columns]


def _scratch(arguments: Arguments) -> dict[int, Shape]:
    """The unfolded image: a row for each value under a window, a pixel for each output pixel."""
    rows = _channels(arguments) * int(arguments["ksize"]) ** 2
    return {int(arguments["columns"]): (rows, int(arguments["height_col"]), int(arguments["width_col"]))}


def _axes(arguments: Arguments) -> dict[int, Axes]:
    """The unfolded image with its rows told apart."""
    sizes = (int(arguments[name]) for name in ("ksize", "ksize", "height_col", "width_col"))
    names = ("channel", "window row", "window column", "row", "column")
    found = tuple(zip(names, (_channels(arguments), *sizes), strict=True))
    return {int(arguments["columns"]): found}


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    source, target = int(arguments["image"]), int(arguments["columns"])
    ksize, stride, pad = (int(arguments[name]) for name in ("ksize", "stride", "pad"))
    shape, piece = golden.shape(source), pieces.get(source)
    if shape != (_channels(arguments), int(arguments["height"]), int(arguments["width"])):
        return None
    if piece is None:  # what the launch overwrites was faulty
        return Carried({})
    if not isinstance(piece, Patch):
        return None
    down = Window(ksize, stride, -pad, int(arguments["height_col"]))
    across = Window(ksize, stride, -pad, int(arguments["width_col"]))
    unfolded = unfold(golden.map(source), piece, down, across, target)
    return Carried({} if unfolded is None else {target: unfolded})


IM2COL_GPU = Kernel(
    name="im2col_gpu",
    role=Role("convolution", "patches to columns"),
    parameters=(
        ("n", ParameterType.INT),
        ("image", ParameterType.POINTER),
        ("height", ParameterType.INT),
        ("width", ParameterType.INT),
        ("ksize", ParameterType.INT),
        ("pad", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("height_col", ParameterType.INT),
        ("width_col", ParameterType.INT),
        ("columns", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=True,
    twin=_twin,
    owner_of=owners.unfolded_window,
    carry=one_by_one(_carry),
    scratch=_scratch,
    axes=_axes,
    copied=Copied("image columns n height width ksize pad stride height_col width_col"),
)
