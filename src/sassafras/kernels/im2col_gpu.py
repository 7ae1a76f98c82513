"""The kernel ``im2col_gpu`` (``cuda/im2col_gpu.cu``): receptive fields of an image -> columns of a matrix."""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.unfolding import Unfolding
from sassafras.kernels.windows import Window


def _windows(arguments: Arguments) -> tuple[Window, Window]:
    ksize, stride, pad = (int(arguments[name]) for name in ("ksize", "stride", "pad"))
    down, across = (Window(ksize, stride, -pad, int(arguments[name])) for name in ("height_col", "width_col"))
    return down, across


_WORK = Unfolding("im2col_gpu", _windows)

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
    geometry=_WORK.geometry,
    reads=_WORK.reads,
    writes=_WORK.writes,
    overwrites=True,
    twin=_WORK.twin,
    owner_of=owners.unfolded_window(_windows),
    carry=one_by_one(_WORK.carry),
    scratch=_WORK.scratch,
    axes=_WORK.axes,
    copied=Copied("image columns n height width ksize pad stride height_col width_col"),
)
