"""The kernel ``normalize`` (``cuda/normalize.cu``): x[image, filter, :] less the mean, by the root of
variance plus epsilon, in place.
"""

from __future__ import annotations

import numpy as np

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.channels import ByChannel
from sassafras.kernels.copied import Copied
from sassafras.kernels.elementwise import native
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.pieces import Map


def _normalize(arguments: Arguments, values: Map, vectors: tuple[Map, ...]) -> None:
    mean, variance = vectors
    with np.errstate(all="ignore"):  # a NaN becomes the machine's in the loop
        roots = np.sqrt(variance + np.float32(arguments["epsilon"]))
    native()["normalize"](values.ctypes.data, mean.ctypes.data, roots.ctypes.data, *values.shape)


_WORK = ByChannel("x", ("mean", "variance"), _normalize)

NORMALIZE = Kernel(
    name="normalize",
    role=Role("batch normalisation", "mean to 0, variance to 1"),
    parameters=(
        ("x", ParameterType.POINTER),
        ("mean", ParameterType.POINTER),
        ("variance", ParameterType.POINTER),
        ("batch", ParameterType.INT),
        ("n", ParameterType.INT),
        ("size", ParameterType.INT),
        ("epsilon", ParameterType.FLOAT),
    ),
    geometry=_WORK.geometry,
    reads=_WORK.reads,
    writes=_WORK.writes,
    overwrites=False,
    twin=_WORK.twin,
    owner_of=owners.element_of("x"),
    carry=one_by_one(_WORK.carry),
    copied=Copied("x mean variance batch n size epsilon"),
)
