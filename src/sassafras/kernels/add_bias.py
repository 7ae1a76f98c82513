"""The kernel ``add_bias`` (``cuda/add_bias.cu``): output[image, filter, :] += biases[filter], in place."""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.channels import ByChannel
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.pieces import Map
from sassafras.native import address_of


def _add(_arguments: Arguments, values: Map, vectors: tuple[Map, ...]) -> None:
    native()["add_bias"](address_of(values), address_of(vectors[0]), *values.shape)


_WORK = ByChannel("output", ("biases",), _add)

ADD_BIAS = Kernel(
    name="add_bias",
    role=Role("convolution", "add the biases"),
    parameters=(
        ("output", ParameterType.POINTER),
        ("biases", ParameterType.POINTER),
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
    copied=Copied("output biases batch n size"),
)
