"""Pictures as the network takes them: float32, channels first, values 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.frames.frame import Frame
from sassafras.network.layers import Shape
from sassafras.network.resize import resize_image

SUFFIXES = (".png", ".jpg", ".jpeg")
ALEXNET_INPUT: Shape = (3, 227, 227)


@dataclass(frozen=True, eq=False)
class Image:
    """An input of a network: ``pixels`` float32 (c, h, w) in [0, 1], read-only; ``label`` indexes the
    classes, None where unknown.
    """

    name: str
    pixels: NDArray[np.float32]
    label: int | None = None


def image_from_frame(frame: Frame) -> Image:
    """A rendered frame (uint8, height x width x 3) as an input."""
    return Image(frame.name, _scaled(frame.pixels, 255), frame.label)


def load_images(folder: Path | str, shape: Shape = ALEXNET_INPUT, classes: Sequence[str] = ()) -> list[Image]:
    """The PNG and JPEG files of a folder, in order of their names, resized to ``shape`` (3 channels) as
    Darknet does.

    Colours are read as RGB; an alpha channel is dropped, 16-bit grey keeps its depth; the aspect ratio is not
    kept. An image has the label of the class whose name its own name ends in ("000003-hook.png"). Other and
    hidden files are left alone. Raises NetworkError when the folder is missing or has no images, and for a
    file that is no image.
    """
    folder = Path(folder)
    if shape[0] != 3:
        raise NetworkError(f"images have 3 channels, the network takes {shape[0]}")
    try:
        paths = sorted(path for path in folder.iterdir() if _looks_like_an_image(path))
    except OSError as error:
        reason = error.strerror or error
        raise NetworkError(f"{folder}: {reason}; give a folder with PNG or JPEG images") from None
    if not paths:
        raise NetworkError(f"{folder}: no images in this folder; expected {', '.join(SUFFIXES)} files")
    return [_load(path, shape, classes) for path in paths]


def _looks_like_an_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _load(path: Path, shape: Shape, classes: Sequence[str]) -> Image:
    pixels = resize_image(_decode(path), shape[1], shape[2])
    pixels.flags.writeable = False
    return Image(path.name, pixels, _label(path.stem, classes))


def _decode(path: Path) -> NDArray[np.float32]:
    """The pixels at their own size. Pillow reports broken files with many kinds of error."""
    try:
        with Pillow.open(path, formats=("PNG", "JPEG")) as picture:
            if picture.mode.startswith("I"):
                grey = np.asarray(picture).astype(np.uint16)
                return _scaled(np.repeat(grey[:, :, np.newaxis], 3, axis=2), 65535)
            return _scaled(np.asarray(picture.convert("RGB")), 255)
    except (OSError, ValueError, SyntaxError, EOFError, Pillow.DecompressionBombError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NetworkError(
            f"{path}: not a readable PNG or JPEG image ({reason}); repair or remove it"
        ) from None


def _scaled(pixels: NDArray[np.uint8] | NDArray[np.uint16], full: int) -> NDArray[np.float32]:
    """Height x width x channels to float32 channels x height x width, divided by the largest value."""
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32) / np.float32(full)
    planes.flags.writeable = False
    return planes


def _label(stem: str, classes: Sequence[str]) -> int | None:
    """The longest class name that the stem is, or ends in behind a "-" or "_"."""
    fitting = [name for name in classes if stem == name or stem.endswith(("-" + name, "_" + name))]
    return list(classes).index(max(fitting, key=len)) if fitting else None
