"""What is read of a picture's file: formats, channels, depth, orientation, and what is refused."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.fit import Fit
from sassafras.network.images import load_images, read_images

COLOUR, GREY = (3, 9, 9), (1, 9, 9)


def noise(height: int = 9, width: int = 9, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.Generator(np.random.Philox(seed)).integers(0, 256, (height, width, 3), np.uint8)


def planes(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)).astype(np.float32) / np.float32(255)


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """stb_image's ``stbi__compute_y``, in Python's integers."""
    rows = [[(77 * int(r) + 150 * int(g) + 29 * int(b)) >> 8 for r, g, b in row] for row in pixels]
    return np.asarray([rows], np.float32) / np.float32(255)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.png", "PNG"), ("a.BMP", "BMP"), ("a.tif", "TIFF"), ("a.tiff", "TIFF"), ("a.webp", "WEBP")],
)
def test_formats_without_loss(tmp_path: Path, name: str, kind: str) -> None:
    Pillow.fromarray(noise()).save(tmp_path / name, kind, lossless=True)
    (image,) = load_images(tmp_path, COLOUR)
    assert image.name == name
    np.testing.assert_array_equal(image.pixels, planes(noise()))


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "jpe", "jfif", "JPG"])
def test_every_suffix_of_jpeg(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Pillow.fromarray(noise()).save(path, "JPEG")
    (image,) = load_images(tmp_path, COLOUR)
    np.testing.assert_array_equal(image.pixels, planes(np.asarray(Pillow.open(path))))


def test_a_network_of_one_channel_gets_luminance(tmp_path: Path) -> None:
    Pillow.fromarray(noise()).save(tmp_path / "colour.png")
    Pillow.fromarray(noise()).convert("P").save(tmp_path / "palette.png")
    clear = np.dstack([noise(), noise(seed=2)[:, :, :1]])
    Pillow.fromarray(clear).save(tmp_path / "clear.png")
    grey = noise()[:, :, 0].copy()
    Pillow.fromarray(grey).save(tmp_path / "grey.png")
    Pillow.fromarray(grey).convert("1").save(tmp_path / "line.png")
    deep = np.arange(81, dtype=np.uint16).reshape(9, 9) * 800
    Pillow.fromarray(deep).save(tmp_path / "deep.png")
    found = {image.name: image.pixels for image in load_images(tmp_path, GREY)}
    assert {pixels.shape for pixels in found.values()} == {GREY}
    np.testing.assert_array_equal(found["colour.png"], luminance(noise()))
    np.testing.assert_array_equal(found["clear.png"], luminance(noise()))
    few = np.asarray(Pillow.fromarray(noise()).convert("P").convert("RGB"))
    np.testing.assert_array_equal(found["palette.png"], luminance(few))
    np.testing.assert_array_equal(found["grey.png"][0], grey.astype(np.float32) / np.float32(255))
    assert set(np.unique(found["line.png"])) == {0, 1}
    np.testing.assert_array_equal(found["deep.png"][0], deep.astype(np.float32) / np.float32(65535))


def test_of_a_jpeg_the_luminance_is_its_own_plane(tmp_path: Path) -> None:
    """As stb_image: no way through colour, which rounds and clips."""
    path = tmp_path / "a.jpg"
    Pillow.fromarray(noise()).save(path, "JPEG", quality=95, subsampling=0)
    with Pillow.open(path) as stored:
        stored.draft("YCbCr", (9, 9))
        plane = np.asarray(stored)[:, :, 0]
    (image,) = load_images(tmp_path, GREY)
    np.testing.assert_array_equal(image.pixels[0], plane.astype(np.float32) / np.float32(255))


def test_other_numbers_of_channels_are_refused(tmp_path: Path) -> None:
    Pillow.fromarray(noise()).save(tmp_path / "a.png")
    with pytest.raises(NetworkError, match="images have 3 channels or 1, the network takes 4"):
        load_images(tmp_path, (4, 9, 9))


def twelve_bits(values: NDArray[np.uint16]) -> bytes:
    """A TIFF of one strip with 12 bits per sample (Pillow writes none)."""
    height, width = values.shape
    bits = "".join(f"{'':0<0}{''.join(f'{v:012b}' for v in row)}" for row in values)
    strip = int(bits, 2).to_bytes(len(bits) // 8, "big")
    entries = [(256, width), (257, height), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, height)]
    entries.append((279, len(strip)))
    table = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", t, 4, 1, v) for t, v in entries)
    return b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + table + bytes(4)


def test_a_tiff_of_twelve_bits_is_divided_by_its_own_largest_value(tmp_path: Path) -> None:
    values = (np.arange(96, dtype=np.uint16) * 43).reshape(8, 12)
    (tmp_path / "a.tif").write_bytes(twelve_bits(values))
    read = read_images(tmp_path, (1, 8, 12))
    expected = values.astype(np.float32) / np.float32(4095)
    np.testing.assert_array_equal(read.images[0].pixels[0], expected)
    assert read.notes == ()


def test_twelve_bits_in_a_file_of_sixteen_are_nearly_black_and_said_so(tmp_path: Path) -> None:
    values = np.linspace(0, 4095, 81).astype(np.uint16).reshape(9, 9)
    Pillow.fromarray(values).save(tmp_path / "deep.png")
    Pillow.fromarray(noise()).save(tmp_path / "light.png")
    read = read_images(tmp_path, COLOUR)
    np.testing.assert_array_equal(read.images[0].pixels[1], values.astype(np.float32) / np.float32(65535))
    (line,) = read.notes
    assert "1 image is nearly black" in line
    assert "deep.png" in line
    assert "12-bit" in line
    Pillow.fromarray((values + 1).astype(np.uint16)).save(tmp_path / "deep.png")
    assert read_images(tmp_path, COLOUR).notes == ()


@pytest.mark.parametrize("fit", Fit)
def test_grey_around_a_dark_picture_makes_it_no_lighter(tmp_path: Path, fit: Fit) -> None:
    Pillow.fromarray(np.full((9, 20), 4095, np.uint16)).save(tmp_path / "deep.png")
    (line,) = read_images(tmp_path, COLOUR, fit=fit).notes
    assert "nearly black" in line


@pytest.mark.parametrize("order", [1, 6])
def test_an_orientation_is_not_applied_and_said_so(tmp_path: Path, order: int) -> None:
    turned = Pillow.Exif()
    turned[0x0112] = order
    Pillow.fromarray(noise()).save(tmp_path / "a.png", exif=turned)
    read = read_images(tmp_path, COLOUR)
    np.testing.assert_array_equal(read.images[0].pixels, planes(noise()))
    assert len(read.notes) == (order != 1)
    if order != 1:
        assert "EXIF" in read.notes[0]
        assert "a.png" in read.notes[0]


def test_the_first_page_of_a_tiff_is_taken(tmp_path: Path) -> None:
    first, second = (Pillow.fromarray(noise(seed=seed)) for seed in (1, 2))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second])
    np.testing.assert_array_equal(load_images(tmp_path, COLOUR)[0].pixels, planes(noise()))


@pytest.mark.parametrize("mode", ["F", "I"])
def test_values_without_a_full_scale_are_refused(tmp_path: Path, mode: str) -> None:
    values = np.full((9, 9), 70000, np.float32 if mode == "F" else np.int32)
    Pillow.fromarray(values).save(tmp_path / "a.tif")
    with pytest.raises(NetworkError, match=r"a\.tif: .*full scale") as caught:
        load_images(tmp_path, COLOUR)
    assert "\n" not in str(caught.value)


def huge(side: int) -> bytes:
    """The start of a PNG that says it is so large."""
    whole = io.BytesIO()
    Pillow.new("L", (1, 1)).save(whole, "PNG")
    data = bytearray(whole.getvalue())
    data[16:24] = struct.pack(">II", side, side)
    import zlib

    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


def test_a_decompression_bomb_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(huge(30_000))
    with pytest.raises(NetworkError) as caught:
        load_images(tmp_path, COLOUR)
    line = str(caught.value)
    assert "bomb.png: too large" in line
    assert "900000000 pixels" in line
    assert str(2 * (Pillow.MAX_IMAGE_PIXELS or 0)) in line
    assert "readable" not in line
    assert "\n" not in line


def test_what_pillow_warns_of_does_not_reach_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its two limits Pillow only warns: such a picture is read."""
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 60)
    Pillow.fromarray(noise()).save(tmp_path / "a.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(load_images(tmp_path, COLOUR)) == 1
