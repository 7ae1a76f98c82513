"""Windows copied into columns against NumPy's own reshape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.kernels.window_copy import copy_windows


@given(
    channels=st.integers(1, 5), size=st.integers(1, 5), stride=st.integers(1, 3),
    height=st.integers(1, 6), width=st.integers(1, 40), gap=st.integers(0, 9),
)  # fmt: skip
def test_every_window_lands_in_its_column(
    channels: int, size: int, stride: int, height: int, width: int, gap: int
) -> None:
    rows, columns = (height - 1) * stride + size, (width - 1) * stride + size
    numbers = np.arange(channels * rows * columns, dtype=np.uint32)
    image = numbers.view(np.float32).reshape(channels, rows, columns)
    a, b, c = image.strides
    windows = np.lib.stride_tricks.as_strided(
        image, (channels, size, size, height, width), (a, b, c, b * stride, c * stride)
    )
    count = height * width
    matrix = np.full((channels * size * size, count + 2 * gap), 7, np.float32)
    expected = matrix.copy()
    expected[:, gap : gap + count] = windows.reshape(-1, count)
    copy_windows(windows, matrix[:, gap : gap + count])
    assert (matrix.view(np.uint32) == expected.view(np.uint32)).all()


@given(axes=st.integers(2, 5), data=st.data())
def test_any_number_of_leading_axes(axes: int, data: st.DataObject) -> None:
    shape = tuple(data.draw(st.integers(0, 4)) for _ in range(axes))
    source = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)[..., ::-1]
    target = np.zeros((int(np.prod(shape[:-2])), shape[-2] * shape[-1]), np.float32)
    copy_windows(source, target)
    assert (target == source.reshape(target.shape)).all()


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        copy_windows(np.zeros((2, 3, 4), np.float32), np.zeros((2, 11), np.float32))
    with pytest.raises(ValueError, match="do not fill"):
        copy_windows(np.zeros((2, 3, 4), np.float32), np.zeros((2, 24), np.float32)[:, ::2])
    with pytest.raises(ValueError, match="float32"):
        copy_windows(np.zeros((2, 3, 4)), np.zeros((2, 12), np.float32))  # type: ignore[arg-type]
