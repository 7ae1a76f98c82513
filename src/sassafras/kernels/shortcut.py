"""The kernel ``shortcut`` (``cuda/shortcut.cu``): the first channels of a map += every stride-th row and
column of a larger one, in place.
"""

from __future__ import annotations

import numpy as np

from sassafras.emulator.launch import Dim
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels import geometry, owners, regions
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Golden, Pieces, one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Region, Role
from sassafras.kernels.pieces import Box, Map, Patch, put_over
from sassafras.kernels.windows import Window


def _geometry(arguments: Arguments) -> tuple[Dim, Dim]:
    return geometry.linear(int(arguments["n"]))


def _added(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["add"]), int(arguments["n"]) * int(arguments["stride"]) ** 2)


def _reads(arguments: Arguments) -> tuple[Region, ...]:
    return (*_writes(arguments), *_added(arguments))


def _writes(arguments: Arguments) -> tuple[Region, ...]:
    return regions.words(int(arguments["output"]), int(arguments["n"]))


def _add(values: Map, added: Map) -> None:
    """``values += added``, as the machine adds. ``values`` is contiguous."""
    added = np.ascontiguousarray(added)
    native()["add"](values.ctypes.data, added.ctypes.data, values.ctypes.data, values.size)


def _twin(memory: DeviceMemory, arguments: Arguments) -> None:
    n, stride, w = (int(arguments[name]) for name in ("n", "stride", "w"))
    added = memory.array(int(arguments["add"]), n * stride * stride).reshape(-1, w * stride)
    _add(memory.array(int(arguments["output"]), n), added[::stride, ::stride])


def _carry(golden: Golden, pieces: Pieces, arguments: Arguments) -> Carried | None:
    """A piece of the sum, and where a piece of what is added comes to lie."""
    source, target, stride = (int(arguments[name]) for name in ("add", "output", "stride"))
    larger, shape = golden.shape(source), golden.shape(target)
    if source == target or larger is None or shape is None:
        return None
    _, h, w = shape
    channels, rest = divmod(int(arguments["n"]), h * w)
    fit = rest == 0 and w == int(arguments["w"]) and larger[1:] == (h * stride, w * stride)
    if not fit or channels > min(shape[0], larger[0]):
        return None
    added, so_far = pieces.get(source), pieces.get(target)
    boxes = [] if so_far is None else [so_far.box]
    if added is not None:
        top, bottom = Window(1, stride, 0, h).touching(added.box.top, added.box.bottom)
        left, right = Window(1, stride, 0, w).touching(added.box.left, added.box.right)
        if top < bottom and left < right:
            boxes.append(Box(top, bottom, left, right))
    if not boxes:
        return Carried({})
    box = Box(
        min(b.top for b in boxes),
        max(b.bottom for b in boxes),
        min(b.left for b in boxes),
        max(b.right for b in boxes),
    )
    values = np.array(put_over(golden.map(target), so_far, box)).reshape(shape[0], *_extent(box))
    whole = golden.map(source)
    if isinstance(added, Patch):
        whole = added.over(whole)
    elif added is not None:
        return None
    sampled = whole[:channels, ::stride, ::stride][box.place]
    _add(values[:channels], sampled)
    return Carried({target: Patch(target, box.top, box.left, values)})


def _extent(box: Box) -> tuple[int, int]:
    return box.bottom - box.top, box.right - box.left


SHORTCUT = Kernel(
    name="shortcut",
    role=Role("shortcut", "add part of a larger map"),
    parameters=(
        ("n", ParameterType.INT),
        ("add", ParameterType.POINTER),
        ("stride", ParameterType.INT),
        ("w", ParameterType.INT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_geometry,
    reads=_reads,
    writes=_writes,
    overwrites=False,
    twin=_twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_carry),
    copied=Copied("add output n stride w"),
)
