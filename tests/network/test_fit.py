"""From a picture's own size to the network's: three ways, against Darknet's loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from tests.network.darknet_pictures import cropped, letterboxed, resized

from sassafras.errors import NetworkError
from sassafras.network.fit import Fit, fit_image
from sassafras.network.resize import resize_image

SMALL = arrays(
    np.float32,
    st.tuples(st.sampled_from([1, 3]), st.integers(1, 9), st.integers(1, 9)),
    elements=st.floats(0, 1, width=32),
)
SIDE = st.integers(2, 9)


def noise(height: int, width: int, channels: int = 1) -> NDArray[np.float32]:
    """Different values, none of them zero or grey."""
    dice = np.random.Generator(np.random.Philox(7))
    return dice.uniform(0.6, 1, (channels, height, width)).astype(np.float32)


@given(SMALL, SIDE, SIDE)
def test_stretch_is_darknets_resize(image: NDArray[np.float32], height: int, width: int) -> None:
    found = fit_image(image, height, width, Fit.STRETCH)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, resized(image, height, width))
    np.testing.assert_array_equal(found, resize_image(image, height, width))


@given(SMALL, SIDE, SIDE)
@example(noise(5, 9), 9, 9)
@example(noise(9, 5, 3), 9, 9)
@example(noise(4, 4), 9, 5)
def test_letterbox_is_darknets(image: NDArray[np.float32], height: int, width: int) -> None:
    _, rows, columns = image.shape
    assume(rows * width // columns and columns * height // rows)
    found = fit_image(image, height, width, Fit.LETTERBOX)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, letterboxed(image, height, width))


@given(SMALL, SIDE, SIDE)
@example(noise(5, 9), 9, 9)
@example(noise(9, 5, 3), 9, 9)
@example(noise(8, 8), 9, 4)  # higher than the picture becomes: its edges are repeated
@example(noise(9, 9), 4, 9)
def test_crop_is_darknets(image: NDArray[np.float32], height: int, width: int) -> None:
    found = fit_image(image, height, width, Fit.CROP)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, cropped(image, height, width))


def test_a_wide_picture_by_hand() -> None:
    """4 x 2 into 2 x 2. Letterbox: its rows become one, the last (Darknet divides by zero there); the row of
    grey that is left over lies below. Crop: the two columns in the middle, for it is as high already.
    """
    ramp = np.arange(8, dtype=np.float32).reshape(1, 2, 4) / np.float32(8)
    assert fit_image(ramp, 2, 2, Fit.STRETCH).tolist() == [[[0, 0.375], [0.5, 0.875]]]
    assert fit_image(ramp, 2, 2, Fit.LETTERBOX).tolist() == [[[0.5, 0.875], [0.5, 0.5]]]
    assert fit_image(ramp, 2, 2, Fit.CROP).tolist() == [[[0.125, 0.25], [0.625, 0.75]]]


@pytest.mark.parametrize("fit", Fit)
def test_a_picture_of_the_right_size_stays_as_it_is(fit: Fit) -> None:
    image = noise(7, 5, 3)
    np.testing.assert_array_equal(fit_image(image, 7, 5, fit), image)


@pytest.mark.parametrize(("rows", "columns", "new"), [(480, 854, (127, 227)), (854, 480, (227, 127))])
def test_the_band_of_a_letterboxed_film_frame(rows: int, columns: int, new: tuple[int, int]) -> None:
    found = fit_image(noise(rows, columns), 227, 227, Fit.LETTERBOX)[0]
    inside = found != 0.5
    assert (int(inside.any(1).sum()), int(inside.any(0).sum())) == new
    assert inside.sum() == new[0] * new[1]
    assert np.argwhere(inside)[0].tolist() == [(227 - new[0]) // 2, (227 - new[1]) // 2]


def test_the_last_row_is_the_pictures_where_darknet_leaves_it_black() -> None:
    """854 x 480 to 227 x 227: 226 x (479/226) is 478.99997 in binary32. Everything else is Darknet's."""
    image = noise(480, 854)
    found, darknets = fit_image(image, 227, 227, Fit.STRETCH), resized(image, 227, 227, literal=True)
    assert darknets[0, -1].max() < 1e-4
    assert found[0, -1].min() > 0.5
    np.testing.assert_array_equal(found[0, -1, [0, -1]], image[0, -1, [0, -1]])
    np.testing.assert_array_equal(found[:, :-1], darknets[:, :-1])


@pytest.mark.parametrize(("rows", "columns"), [(1, 1000), (1000, 1)])
def test_a_picture_that_a_letterbox_would_lose_is_refused(rows: int, columns: int) -> None:
    with pytest.raises(NetworkError, match=f"{columns}x{rows} pixels: nothing is left of it in a letterbox"):
        fit_image(noise(rows, columns), 227, 227, Fit.LETTERBOX)


def test_a_crop_of_a_long_picture_does_not_make_the_whole_of_it() -> None:
    """1 x 20,000 becomes 227 x 4,540,000 before it is cropped: 4 GB."""
    image = np.linspace(0, 1, 20_000, dtype=np.float32).reshape(1, -1, 1)
    found = fit_image(image, 227, 227, Fit.CROP)
    assert found.shape == (1, 227, 227)
    np.testing.assert_allclose(found, 0.5, atol=1e-4)
