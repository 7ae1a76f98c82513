"""Damaged files of every format: read or refused in one line, and nothing else on the screen."""

from __future__ import annotations

import io
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.images import load_images
from sassafras.network.picture_files import decode


def noise() -> Pillow.Image:
    dice = np.random.Generator(np.random.Philox(1))
    return Pillow.fromarray(dice.integers(0, 256, (12, 16, 3), np.uint8))


def encoded(kind: str, compression: str | None = None) -> bytes:
    """With an orientation."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    if kind == "BMP":
        noise().save(buffer, kind)
    else:
        noise().save(buffer, kind, exif=exif, **({"compression": compression} if compression else {}))
    return buffer.getvalue()


FILES = [encoded(kind) for kind in ("PNG", "JPEG", "BMP", "TIFF", "WEBP")] + [
    encoded("TIFF", way) for way in ("tiff_lzw", "jpeg", "tiff_adobe_deflate")
]


@pytest.mark.parametrize("whole", FILES, ids=lambda data: data[:3].hex())
@given(data=st.data())
def test_damage_is_read_or_refused_in_one_line(
    whole: bytes, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "a.png"
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    try:
        decoded = decode(path, data.draw(st.sampled_from([1, 3])))
    except NetworkError as error:
        assert re.fullmatch(r".*a\.png: .*", str(error))  # noqa: PT017 - some damage is harmless
    else:
        assert 0 <= decoded.pixels.min() <= decoded.pixels.max() <= 1


def test_a_type_that_pillow_did_not_expect(tmp_path: Path) -> None:
    """A strip's offset as a fraction: TypeError."""
    content = bytearray(encoded("TIFF"))
    (table,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, table)
    (at,) = [p for p in range(table + 2, table + 2 + 12 * entries, 12) if content[p : p + 2] == b"\x11\x01"]
    content[at + 2 : at + 4] = struct.pack("<H", 11)
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(NetworkError, match=r"a\.tif: not a readable"):
        load_images(tmp_path)


def test_what_libtiff_says_is_not_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(encoded("TIFF", "tiff_lzw"))
    content[8:60] = b"\xff" * 52
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(NetworkError, match=r"a\.tif: not a readable"):
        load_images(tmp_path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "body", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0nonsense"]
)
def test_a_picture_is_read_whatever_its_exif_is(tmp_path: Path, body: bytes) -> None:
    buffer = io.BytesIO()
    noise().save(buffer, "JPEG")
    plain = buffer.getvalue()
    (tmp_path / "a.jpg").write_bytes(plain)
    app1 = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    (tmp_path / "b.jpg").write_bytes(plain[:2] + app1 + plain[2:])
    one, two = load_images(tmp_path, (3, 12, 16))
    np.testing.assert_array_equal(one.pixels, two.pixels)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_of_sixteen_bit_colours_the_upper_eight_are_read(tmp_path: Path) -> None:
    values = np.random.Generator(np.random.Philox(3)).integers(0, 1 << 16, (4, 5, 3), np.uint16)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", 5, 4, 16, 2, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    (image,) = load_images(tmp_path, (3, 4, 5))
    expected = (values >> 8).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(image.pixels, expected)


def test_the_orientation_of_a_tiff_is_applied(tmp_path: Path) -> None:
    """6: a quarter turn clockwise shows it upright."""
    (tmp_path / "a.tif").write_bytes(encoded("TIFF"))
    (image,) = load_images(tmp_path, (3, 16, 12))
    turned = np.rot90(np.asarray(noise()), -1).transpose(2, 0, 1)
    np.testing.assert_array_equal(image.pixels, turned.astype(np.float32) / np.float32(255))


def test_alpha_is_dropped_without_a_background(tmp_path: Path) -> None:
    clear = noise().copy()
    clear.putalpha(0)
    clear.save(tmp_path / "a.png")
    (image,) = load_images(tmp_path, (3, 12, 16))
    expected = np.asarray(noise()).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(image.pixels, expected)
