"""The kernel ``scale_bias`` (``cuda/scale_bias.cu``): output[image, filter, :] *= scales[filter]."""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.channels import ByChannel
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.pieces import Map


def _scale(_arguments: Arguments, values: Map, vectors: tuple[Map, ...]) -> None:
    native()["scale_bias"](values.ctypes.data, vectors[0].ctypes.data, *values.shape)


_WORK = ByChannel("output", ("scales",), _scale)

SCALE_BIAS = Kernel(
    name="scale_bias",
    role=Role("batch normalisation", "scale"),
    parameters=(
        ("output", ParameterType.POINTER),
        ("scales", ParameterType.POINTER),
        ("batch", ParameterType.INT),
        ("n", ParameterType.INT),
        ("size", ParameterType.INT),
    ),
    geometry=_WORK.geometry,
    reads=_WORK.reads,
    writes=_WORK.writes,
    overwrites=False,
    twin=_WORK.twin,
    owner_of=owners.element_of("output"),
    carry=one_by_one(_WORK.carry),
    copied=Copied("output scales batch n size"),
)
