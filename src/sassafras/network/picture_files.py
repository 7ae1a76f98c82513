"""A picture's file as numbers, at its own size."""

from __future__ import annotations

import logging
import os
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL.TiffImagePlugin import BITSPERSAMPLE, TiffImageFile

from sassafras.errors import NetworkError

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".tif", ".tiff", ".webp")
#: What Pillow raises for broken files, depending on where it notices.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)
_STDERR = 2  #: file descriptor
logging.getLogger("PIL").addHandler(logging.NullHandler())  # else Python prints what Pillow logs of a file
_ORIENTATION = 0x0112  #: of EXIF
_UPRIGHT = 1


@dataclass(frozen=True, eq=False)
class Decoded:
    """``pixels``: float32 (channels, h, w) in [0, 1], read-only. ``turned``: EXIF says that the picture is to
    be shown turned or mirrored, which is not done.
    """

    pixels: NDArray[np.float32]
    turned: bool


def decode(path: Path, channels: int) -> Decoded:
    """A picture in 1 channel (luminance) or 3 (RGB), divided by its largest possible value.

    Of grey pictures 16 bits are kept, of colours the upper 8. Alpha is dropped. Of several pages the first is
    taken. Luminance is that of stb_image, which Darknet reads with: a JPEG's own plane, else
    (77 R + 150 G + 29 B) >> 8. Pillow turns a TIFF as its orientation says; otherwise pixels stay as they are
    stored, as in stb_image. Raises NetworkError for anything else.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Pillow.open(path, formats=FORMATS) as picture:
            with _silent(picture):
                pixels = pixels_of(picture, channels)
            return Decoded(pixels, _is_turned(picture))
    except (
        Pillow.DecompressionBombError
    ) as error:  # its text: pixels and limit, then that it may be an attack
        reason = str(error).partition(", could be")[0]
        raise NetworkError(f"{path}: too large: {reason[:1].lower()}{reason[1:]}; make it smaller") from None
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None
    except _BROKEN as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NetworkError(
            f"{path}: not a readable PNG, JPEG, BMP, TIFF or WebP image ({reason}); repair or remove it"
        ) from None


def scaled(pixels: NDArray[np.uint8] | NDArray[np.uint16], full: int) -> NDArray[np.float32]:
    """Height x width x channels to float32 channels x height x width, divided by the largest value."""
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(full)
    planes.flags.writeable = False
    return planes


@contextmanager
def _silent(picture: Pillow.Image) -> Iterator[None]:
    """libtiff prints what it finds wrong; the error that follows says enough."""
    if not isinstance(picture, TiffImageFile):
        yield
        return
    try:
        kept = os.dup(_STDERR)
    except OSError:  # nobody listens
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR)
            yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def _is_turned(picture: Pillow.Image) -> bool:
    """Whether EXIF says so; one that cannot be read says nothing."""
    try:
        return bool(picture.getexif().get(_ORIENTATION, _UPRIGHT) != _UPRIGHT)
    except _BROKEN:
        return False


def pixels_of(picture: Pillow.Image, channels: int) -> NDArray[np.float32]:
    """The values of a decoded picture, as `decode` has them. Raises NetworkError."""
    if picture.mode == "F":
        raise NetworkError("floating-point values have no full scale; save it with 8 or 16 bits")
    if picture.mode.startswith("I"):
        deep = _deep(picture)
        return scaled(np.repeat(deep[:, :, np.newaxis], channels, axis=2), _full_scale(picture))
    if channels == 1:
        return scaled(_luminance(picture)[:, :, np.newaxis], 255)
    return scaled(np.asarray(picture.convert("RGB")), 255)


def _deep(picture: Pillow.Image) -> NDArray[np.uint16]:
    """Grey values of more than 8 bits."""
    values = np.asarray(picture)
    if values.size and not 0 <= int(values.min()) <= int(values.max()) <= 0xFFFF:
        raise NetworkError("values of 32 bits have no known full scale; save it with 8 or 16 bits")
    return values.astype(np.uint16)


def _full_scale(picture: Pillow.Image) -> int:
    """The largest value of a grey picture of more than 8 bits: a TIFF says how many bits it has."""
    if isinstance(picture, TiffImageFile) and picture.tag_v2.get(BITSPERSAMPLE) == (12,):
        return (1 << 12) - 1
    return 0xFFFF


def _luminance(picture: Pillow.Image) -> NDArray[np.uint8]:
    if picture.mode == "RGB":
        picture.draft("L", None)  # a JPEG then decodes its luminance alone; others know no drafts
    if picture.mode in ("1", "L", "LA"):
        return np.asarray(picture.convert("L"))
    red, green, blue = np.moveaxis(np.asarray(picture.convert("RGB")).astype(np.uint32), 2, 0)
    grey: NDArray[np.uint8] = ((77 * red + 150 * green + 29 * blue) >> 8).astype(np.uint8)
    return grey
