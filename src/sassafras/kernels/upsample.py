"""The kernel ``upsample`` (``cuda/upsample.cu``): values stride times in both directions, times scale."""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.pieces import Map, Patch, Shape
from sassafras.kernels.rearranging import Rearranging, level


def _shape(arguments: Arguments) -> Shape:
    """Raises ValueError for a launch that makes part of a channel."""
    h, w, stride = (int(arguments[name]) for name in ("h", "w", "stride"))
    channels, rest = divmod(int(arguments["n"]), h * w * stride * stride)
    if rest:
        raise ValueError(f"upsample: n = {arguments['n']} is not a whole number of channels")
    return channels, h, w


def _larger(arguments: Arguments, values: Map) -> Map:
    stride = int(arguments["stride"])
    scaled = level(values, float(arguments["scale"]))
    return scaled.repeat(stride, axis=1).repeat(stride, axis=2)


def _carried(arguments: Arguments, piece: Patch) -> Patch:
    stride = int(arguments["stride"])
    values = _larger(arguments, piece.values)
    return Patch(int(arguments["output"]), piece.top * stride, piece.left * stride, values)


_WORK = Rearranging(_shape, _larger, _carried)

UPSAMPLE = Kernel(
    name="upsample",
    role=Role("upsample", "repeat values"),
    parameters=(
        ("n", ParameterType.INT),
        ("input", ParameterType.POINTER),
        ("h", ParameterType.INT),
        ("w", ParameterType.INT),
        ("stride", ParameterType.INT),
        ("scale", ParameterType.FLOAT),
        ("output", ParameterType.POINTER),
    ),
    geometry=_WORK.geometry,
    reads=_WORK.reads,
    writes=_WORK.writes,
    overwrites=True,
    twin=_WORK.twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_WORK.carry),
    copied=Copied("input output n h w stride scale"),
)
