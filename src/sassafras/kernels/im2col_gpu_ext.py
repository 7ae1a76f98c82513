"""The kernel ``im2col_gpu_ext`` (``cuda/im2col_gpu_ext.cu``): receptive fields of any height, width, stride,
padding and dilation -> columns of a matrix.
"""

from __future__ import annotations

from sassafras.kernels import owners
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import one_by_one
from sassafras.kernels.copied import Copied
from sassafras.kernels.kernel import Kernel, ParameterType, Role
from sassafras.kernels.unfolding import Unfolding
from sassafras.kernels.windows import Window

_NUMBERS = (
    *("height", "width", "kernel_h", "kernel_w", "pad_h", "pad_w", "stride_h", "stride_w"),
    *("dilation_h", "dilation_w", "height_col", "width_col"),
)


def _along(arguments: Arguments, axis: str, count: str) -> Window:
    size, stride, pad, dilation = (
        int(arguments[f"{name}_{axis}"]) for name in ("kernel", "stride", "pad", "dilation")
    )
    return Window(size, stride, -pad, int(arguments[count]), dilation)


def _windows(arguments: Arguments) -> tuple[Window, Window]:
    return _along(arguments, "h", "height_col"), _along(arguments, "w", "width_col")


_WORK = Unfolding("im2col_gpu_ext", _windows)

IM2COL_GPU_EXT = Kernel(
    name="im2col_gpu_ext",
    role=Role("convolution", "patches of any form to columns"),
    parameters=(
        ("n", ParameterType.INT),
        ("image", ParameterType.POINTER),
        *((name, ParameterType.INT) for name in _NUMBERS),
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
    copied=Copied(f"image columns n {' '.join(_NUMBERS)}"),
)
