"""Pictures as the network takes them: float32, channels first, values 0 to 1 or made `Normal`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.fit import Fit, fit_image
from sassafras.network.frames.frame import Frame
from sassafras.network.labels import classes_inside, label_of
from sassafras.network.normal import Normal
from sassafras.network.picture_files import SUFFIXES, decode, scaled
from sassafras.network.picture_folders import PictureFile, PictureFolder, few, list_pictures
from sassafras.network.tensor import Shape

ALEXNET_INPUT: Shape = (3, 227, 227)
CHANNELS = (3, 1)  #: colour, luminance
DARK = 1 / 16  #: of the full scale: 12-bit values stored in 16 bits do not reach it


class ImageWarning(UserWarning):
    """Something about a folder of images that its owner may not expect."""


@dataclass(frozen=True, eq=False)
class Image:
    """An input of a network: ``pixels`` float32 (c, h, w) in [0, 1] (or normal), read-only; ``label`` indexes
    the classes, None where unknown; ``fit``: how a picture was put into this shape, None where it was not
    loaded.
    """

    name: str
    pixels: NDArray[np.float32]
    label: int | None = None
    fit: Fit | None = None

    @property
    def arrays(self) -> tuple[NDArray[np.float32]]:
        """Of the one input buffer that a network has."""
        return (self.pixels,)


@dataclass(frozen=True, eq=False)
class FolderImages:
    """Images of a folder, and one line each about what was left out or may surprise."""

    images: tuple[Image, ...]
    notes: tuple[str, ...]


def image_from_frame(frame: Frame) -> Image:
    """A rendered frame (uint8, height x width x 3) as an input."""
    return Image(frame.name, scaled(frame.pixels, 255), frame.label)


def load_images(
    folder: Path | str,
    shape: Shape = ALEXNET_INPUT,
    classes: Sequence[str] = (),
    fit: Fit | str = Fit.STRETCH,
    normal: Normal | None = None,
) -> list[Image]:
    """The PNG, JPEG, BMP, TIFF and WebP files of a folder (or, where it holds none, of its sub-folders), in
    order of their names, made to fit ``shape`` (`Fit`), whose channels are 3 (RGB) or 1 (luminance), then
    ``normal``.

    How values are read: `sassafras.network.picture_files.decode`. Labels come from sub-folders and names:
    `sassafras.network.labels.label_of`. Hidden files are passed over; what else is left out, and what may
    surprise in a picture, is an ImageWarning. Raises NetworkError when the folder is missing or has no
    images, and for a file that is no image.
    """
    read = read_images(Path(folder), shape, classes, fit, normal=normal)
    for note in read.notes:
        warnings.warn(note, ImageWarning, stacklevel=2)
    return list(read.images)


def read_images(
    folder: Path,
    shape: Shape,
    classes: Sequence[str] = (),
    fit: Fit | str = Fit.STRETCH,
    count: int | None = None,
    normal: Normal | None = None,
) -> FolderImages:
    """As `load_images`, the first ``count`` alone (None: all), with notes in place of warnings. Raises
    NetworkError for fewer, too.
    """
    if fit not in tuple(Fit):
        raise NetworkError(f"unknown fit {fit!r}; known: {', '.join(Fit)}")
    if shape[0] not in CHANNELS:
        raise NetworkError(f"images have 3 channels or 1, the network takes {shape[0]}")
    listed = list_pictures(folder)
    if count is not None and count > len(listed.files):
        raise NetworkError(f"{folder} has {len(listed.files)} images, {count} are asked for")
    files = listed.files[:count]
    loaded = [_load(file, shape, classes, Fit(fit), normal) for file in files]
    lines = (*_about_folder(listed, classes), *_about_images(files, loaded, classes))
    return FolderImages(
        tuple(one.image for one in loaded), tuple(f"{few([str(folder)])}: {line}" for line in lines)
    )


@dataclass(frozen=True, eq=False)
class _Loaded:
    """An image, and what its picture was before it was made to fit: nearly black; turned, as EXIF says."""

    image: Image
    dark: bool
    turned: bool


def _load(
    file: PictureFile, shape: Shape, classes: Sequence[str], fit: Fit, normal: Normal | None
) -> _Loaded:
    decoded = decode(file.path, shape[0])
    try:
        pixels = fit_image(decoded.pixels, shape[1], shape[2], fit)
        pixels = pixels if normal is None else normal.of(pixels)
    except NetworkError as error:
        raise NetworkError(f"{file.path}: {error}") from None
    pixels.flags.writeable = False
    image = Image(file.name, pixels, label_of(file.folder, file.path.stem, classes), fit)
    return _Loaded(image, bool(decoded.pixels.max() < DARK), decoded.turned)


def _about_folder(listed: PictureFolder, classes: Sequence[str]) -> Iterator[str]:
    if out := listed.left_out:
        are = "1 entry is" if len(out) == 1 else f"{len(out)} entries are"
        yield f"{are} left out (read are {', '.join(SUFFIXES)}): {few(out)}"
    folders = dict.fromkeys(file.folder for file in listed.files if file.folder)
    strange = [f"{folder}/" for folder in folders if folder not in classes]
    if strange and classes:
        are, its = (
            ("1 sub-folder is", "its") if len(strange) == 1 else (f"{len(strange)} sub-folders are", "their")
        )
        yield f"{are} no class of the network: {few(strange)}; {its} images take labels from names"


def _about_images(
    files: Sequence[PictureFile], loaded: Sequence[_Loaded], classes: Sequence[str]
) -> Iterator[str]:
    dark = [one.image.name for one in loaded if one.dark]
    turned = [one.image.name for one in loaded if one.turned]
    if dark:
        are = "1 image is" if len(dark) == 1 else f"{len(dark)} images are"
        yield f"{are} nearly black (below 1/16 of full scale, as 12-bit values in 16 bits): {few(dark)}"
    if turned:
        have = "1 image has" if len(turned) == 1 else f"{len(turned)} images have"
        yield f"{have} an EXIF orientation, which is not applied: {few(turned)}"
    several = [
        file.name
        for file, one in zip(files, loaded, strict=True)
        if one.image.label is None and classes_inside(file.folder, file.path.stem, classes)
    ]
    if several:
        have, its = (
            ("1 image has", "its name")
            if len(several) == 1
            else (f"{len(several)} images have", "their names")
        )
        yield f"{have} no label, for several classes are in {its}: {few(several)}"
