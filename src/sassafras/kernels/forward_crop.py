"""The kernel ``forward_crop`` (``cuda/forward_crop.cu``): a rectangle of every plane, scaled and shifted."""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.pieces import Map, Patch, Shape
from sassafras.kernels.rearranging import Rearranging, level

_NUMBERS = ("h", "w", "crop_h", "crop_w", "top", "left")


def _shape(arguments: Arguments) -> Shape:
    """Raises ValueError for a launch that makes part of a channel."""
    channels, rest = divmod(int(arguments["n"]), int(arguments["crop_h"]) * int(arguments["crop_w"]))
    if rest:
        raise ValueError(f"forward_crop: n = {arguments['n']} is not a whole number of channels")
    return channels, int(arguments["h"]), int(arguments["w"])


def _levels(arguments: Arguments, values: Map) -> Map:
    return level(values, float(arguments["scale"]), float(arguments["translate"]))


def _crop(arguments: Arguments, values: Map) -> Map:
    _, _, height, width, top, left = (int(arguments[name]) for name in _NUMBERS)
    return _levels(arguments, values[:, top : top + height, left : left + width])


def _carried(arguments: Arguments, piece: Patch) -> Patch | None:
    _, _, height, width, top, left = (int(arguments[name]) for name in _NUMBERS)
    box = piece.box
    first, last = max(box.top - top, 0), min(box.bottom - top, height)
    begin, end = max(box.left - left, 0), min(box.right - left, width)
    if first >= last or begin >= end:
        return None
    rows = slice(first + top - box.top, last + top - box.top)
    columns = slice(begin + left - box.left, end + left - box.left)
    return Patch(int(arguments["output"]), first, begin, _levels(arguments, piece.values[:, rows, columns]))


_WORK = Rearranging(_shape, _crop, _carried)

FORWARD_CROP = Kernel(
    name="forward_crop",
    role=Role("crop", "cut out and scale"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        *((name, ParameterType.INT) for name in _NUMBERS),
        ("scale", ParameterType.FLOAT),
        ("translate", ParameterType.FLOAT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_WORK.geometry,
    reads=_WORK.reads,
    writes=_WORK.writes,
    overwrites=True,
    twin=_WORK.twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_WORK.carry),
    copied=Copied("input output n h w crop_h crop_w top left scale translate"),
)
