"""Pictures of feature maps: golden, faulty and their difference, as PNG inside the page.

Values go from dark blue to yellow (cividis, which colour-blind readers see alike), differences from blue
(lower) over white to vermilion (higher). Values that are not finite are magenta. A frame surrounds what
differs.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sassafras.explanation.layers import LayerMaps
from sassafras.report.explain_values import many, number

Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SMALLEST = 224  #: pixels of a picture's longer side, at least
NOT_FINITE = (204, 0, 153)
FRAME = ((0, 0, 0), (255, 255, 255))  #: from the inside out
_DIFFERENCE = LinearSegmentedColormap.from_list(
    "difference",
    ["#0072B2", "#FFFFFF", "#D55E00"],
    N=257,  # an odd number: no difference is white
)


@dataclass(frozen=True)
class Picture:
    """A PNG as a ``data:`` address, what it shows, and its size in pixels."""

    source: str
    alt: str
    caption: str
    width: int
    height: int


def layer_pictures(maps: LayerMaps) -> tuple[Picture, ...]:
    """Golden, faulty and difference of the channel that the fault changed most; a vector is folded into rows.

    Empty where nothing differs.
    """
    if maps.golden.tobytes() == maps.faulty.tobytes():
        return ()
    channels, height, width = maps.golden.shape
    vector = height == width == 1
    channel = 0 if vector else _worst(maps)
    golden, faulty = (_plane(part, channel, vector=vector) for part in (maps.golden, maps.faulty))
    differs = golden.view(np.uint32) != faulty.view(np.uint32)
    what = f"folded into rows of {golden.shape[1]}" if vector else f"channel {channel} of {channels}"
    name = f"Layer {maps.layer} ({maps.kind}), {what}"
    total = maps.golden.size if vector else golden.size
    low, high = _range(golden)
    span = f"{number(low)} (dark) to {number(high)} (light)"
    counted = f"{many(int(differs.sum()), 'value')} of {total:,}"
    change = _largest(golden, faulty)
    return (
        _picture(_values(golden, low, high), f"{name}: golden, {span}", f"{what}: golden, {span}"),
        _picture(_framed(_values(faulty, low, high), differs), f"{name}: faulty, same colours", "faulty"),
        _picture(
            _framed(_differences(golden, faulty, change), differs),
            f"{name}: difference, {counted} differ, at most by {number(change)}",
            f"difference: {counted}, at most {number(change)}",
        ),
    )


def frame_picture(image: Plane, alt: str) -> Picture:
    """An input, float32 (channels, height, width) from 0 to 1: three channels are red, green and blue."""
    planes = image if image.shape[0] == 3 else np.repeat(image[:1], 3, axis=0)
    pixels = (np.clip(planes, 0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    return _picture(Image.fromarray(np.ascontiguousarray(pixels)), alt, alt, larger=False)


def _worst(maps: LayerMaps) -> int:
    """The channel with the most differing values; among equals the one with the largest change."""
    differs = (maps.golden.view(np.uint32) != maps.faulty.view(np.uint32)).sum(axis=(1, 2))
    with np.errstate(all="ignore"):
        change = np.nan_to_num(np.abs(maps.faulty - maps.golden), nan=np.inf).max(axis=(1, 2))
    best = np.flatnonzero(differs == differs.max())
    return int(best[int(np.argmax(change[best]))])


def _plane(part: Plane, channel: int, *, vector: bool) -> Plane:
    """One channel, or a vector in rows; what is left of the last row is zero."""
    if not vector:
        return np.ascontiguousarray(part[channel])
    values = part.reshape(-1)
    across = math.ceil(math.sqrt(len(values)))
    rows = -(-len(values) // across)
    folded = np.zeros(rows * across, np.float32)
    folded[: len(values)] = values
    return folded.reshape(rows, across)


def _range(plane: Plane) -> tuple[float, float]:
    finite = plane[np.isfinite(plane)]
    return (float(finite.min()) + 0.0, float(finite.max()) + 0.0) if len(finite) else (0.0, 0.0)


def _largest(golden: Plane, faulty: Plane) -> float | None:
    """The largest finite change."""
    change = np.abs(faulty.astype(np.float64) - golden.astype(np.float64))
    finite = change[np.isfinite(change)]
    return float(finite.max()) if len(finite) else None


def _values(plane: Plane, low: float, high: float) -> Image.Image:
    with np.errstate(all="ignore"):
        scaled = (plane.astype(np.float64) - low) / (high - low or 1.0)
    return _coloured(mpl.colormaps["cividis"](np.clip(np.nan_to_num(scaled), 0, 1)), np.isfinite(plane))


def _differences(golden: Plane, faulty: Plane, largest: float | None) -> Image.Image:
    with np.errstate(all="ignore"):
        change = faulty.astype(np.float64) - golden.astype(np.float64)
        scaled = np.clip(np.nan_to_num(change) / (largest or 1.0), -1, 1) / 2 + 0.5
    return _coloured(_DIFFERENCE(scaled), np.isfinite(change))


def _coloured(colours: NDArray[np.float64], finite: NDArray[np.bool_]) -> Image.Image:
    pixels = (np.asarray(colours)[..., :3] * 255).round().astype(np.uint8)
    pixels[~finite] = NOT_FINITE
    return _enlarged(Image.fromarray(np.ascontiguousarray(pixels)))


def _enlarged(image: Image.Image) -> Image.Image:
    """Every value as a square of pixels."""
    scale = max(1, -(-SMALLEST // max(image.size)))
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


def _framed(image: Image.Image, differs: NDArray[np.bool_]) -> Image.Image:
    """A frame around what differs: black, and white around that, to be seen on any colour."""
    if not differs.any():
        return image
    scale = image.height // differs.shape[0]
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    left, right = int(columns[0]) * scale, int(columns[-1] + 1) * scale - 1
    top, bottom = int(rows[0]) * scale, int(rows[-1] + 1) * scale - 1
    draw = ImageDraw.Draw(image)
    for away, colour in enumerate(FRAME, 1):
        low = max(0, left - away), max(0, top - away)
        high = min(image.width - 1, right + away), min(image.height - 1, bottom + away)
        draw.rectangle([low, high], outline=colour)
    return image


def _picture(image: Image.Image, alt: str, caption: str, *, larger: bool = True) -> Picture:
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=larger)
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    return Picture(source, alt, caption, image.width, image.height)
