from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.frames import CLASS_NAMES, Frame
from sassafras.network.images import ImageWarning, image_from_frame, load_images
from sassafras.network.resize import resize_image


@given(st.integers(1, 40), st.integers(1, 40))
def test_resizing_keeps_a_plain_colour_and_the_corners(size: int, wanted: int) -> None:
    plain = np.full((3, size, size), 0.3, np.float32)
    np.testing.assert_allclose(resize_image(plain, wanted, wanted), 0.3, rtol=1e-6)
    ramp = np.arange(size * size, dtype=np.float32).reshape(1, size, size)
    if wanted > 1:
        corners = resize_image(ramp, wanted, wanted)[0, [0, 0, -1, -1], [0, -1, 0, -1]]
        np.testing.assert_array_equal(corners, ramp[0, [0, 0, -1, -1], [0, -1, 0, -1]])


def picture(height: int, width: int, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.Generator(np.random.Philox(seed)).integers(0, 256, (height, width, 3), np.uint8)


def test_a_frame_becomes_an_input() -> None:
    pixels = picture(227, 227)
    image = image_from_frame(Frame(pixels, 4, "some-name"))
    assert (image.name, image.label) == ("some-name", 4)
    assert image.pixels.shape == (3, 227, 227)
    assert image.pixels.dtype == np.float32
    assert image.pixels.flags.c_contiguous
    np.testing.assert_array_equal(image.pixels[1, 5, 9], np.float32(pixels[5, 9, 1] / 255.0))
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1


def test_bytes_scale_as_in_darknet() -> None:
    """Darknet divides in double and rounds once more: the same 256 numbers."""
    every = np.arange(256)
    np.testing.assert_array_equal(
        every.astype(np.float32) / np.float32(255), (every / 255.0).astype(np.float32)
    )


def test_a_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    exact = picture(227, 227)
    Pillow.fromarray(exact).save(tmp_path / "b-hook.PNG")
    Pillow.fromarray(picture(40, 60)).save(tmp_path / "c_specimen_bag.jpeg")
    Pillow.fromarray(picture(300, 500)).save(tmp_path / "a.jpg")
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "._a.jpg").write_bytes(b"left by another system")
    (tmp_path / "folder.png").mkdir()
    with pytest.warns(ImageWarning, match=r"2 entries are left out .*: folder\.png/, notes\.txt$"):
        images = load_images(tmp_path, classes=CLASS_NAMES)
    (tmp_path / "notes.txt").unlink()
    (tmp_path / "folder.png").rmdir()
    assert [image.name for image in images] == ["a.jpg", "b-hook.PNG", "c_specimen_bag.jpeg"]
    assert [image.label for image in images] == [
        None,
        CLASS_NAMES.index("hook"),
        CLASS_NAMES.index("specimen_bag"),
    ]
    for image in images:
        assert image.pixels.shape == (3, 227, 227)
        assert image.pixels.dtype == np.float32
        assert image.pixels.min() >= 0
        assert image.pixels.max() <= 1
    np.testing.assert_array_equal(images[1].pixels, image_from_frame(Frame(exact, 0, "")).pixels)
    assert [image.label for image in load_images(tmp_path)] == [None] * 3
    assert load_images(tmp_path, (3, 8, 9))[0].pixels.shape == (3, 8, 9)


def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path) -> None:
    colour = Pillow.fromarray(picture(9, 9))
    for mode in ("L", "P", "RGBA", "1", "LA"):
        colour.convert(mode).save(tmp_path / f"{mode}.png")
    colour.convert("CMYK").save(tmp_path / "CMYK.jpg")
    deep = (np.arange(81, dtype=np.uint16).reshape(9, 9) * 800)[::-1]
    Pillow.fromarray(deep.copy()).save(tmp_path / "deep.png")
    images = {image.name: image.pixels for image in load_images(tmp_path, (3, 9, 9))}
    assert len(images) == 7
    np.testing.assert_array_equal(images["deep.png"][2], deep.astype(np.float32) / np.float32(65535))
    grey = np.asarray(colour.convert("L")).astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(images["L.png"], np.stack([grey] * 3))


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(picture(50, 50)).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("suffix", ["png", "jpg"])
@pytest.mark.parametrize("part", ["nothing", "text", "start", "half", "other kind"])
def test_what_is_no_image_is_named(tmp_path: Path, suffix: str, part: str) -> None:
    whole = encoded({"png": "PNG", "jpg": "JPEG"}[suffix])
    content = {
        "nothing": b"",
        "text": b"a picture of a hook\n",
        "start": whole[:20],
        "half": whole[: len(whole) // 2],
        "other kind": encoded("GIF"),
    }[part]
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(content)
    with pytest.raises(
        NetworkError, match=f"bad.{suffix}: not a readable PNG, JPEG, BMP, TIFF or WebP image"
    ) as caught:
        load_images(tmp_path)
    assert "\n" not in str(caught.value)


@given(data=st.data())
def test_a_damaged_png_is_read_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content = bytearray(encoded("PNG")[:400] if data.draw(st.booleans()) else encoded("PNG"))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / "a.png").write_bytes(content)
    try:
        load_images(folder, (3, 4, 4))
    except NetworkError as error:
        assert "a.png" in str(error)  # noqa: PT017 - some damage is harmless


def test_folders_without_images_are_named(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"none: No such file or directory; give a folder"):
        load_images(tmp_path / "none")
    with pytest.raises(NetworkError, match=r"no images in this folder; expected .png"):
        load_images(tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(NetworkError, match="give a folder"):
        load_images(file)
