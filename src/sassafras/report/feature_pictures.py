"""Pictures of feature maps: golden, faulty and their difference, as PNG inside the page.

Values go from dark blue to yellow (cividis, which colour-blind readers see alike), differences from blue
(lower) over white to vermilion (higher). NaN is magenta, an infinity green. A frame surrounds what differs;
what is no value is left out.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass, replace

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sassafras.explanation.layers import LayerMaps
from sassafras.report.explain_values import many, number

Plane = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SMALLEST = 224  #: pixels of a picture's longer side, at least
NAN = (204, 0, 153)
INFINITE = (0, 170, 0)
FRAME = ((0, 0, 0), (255, 255, 255))  #: from the inside out
_DIFFERENCE = LinearSegmentedColormap.from_list(
    "difference",
    ["#0072B2", "#FFFFFF", "#D55E00"],
    N=257,  # an odd number: no difference is white
)


@dataclass(frozen=True)
class Scale:
    """A colour bar: what its ends mean, and its colours as CSS writes them."""

    low: str
    high: str
    colours: str


@dataclass(frozen=True)
class Picture:
    """A PNG as a ``data:`` address, what it shows, its size in pixels, and what its colours mean."""

    source: str
    alt: str
    caption: str
    width: int
    height: int
    scale: Scale | None = None


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
    there = np.arange(golden.size).reshape(golden.shape) < total
    change = _change(golden, faulty)
    low, high = _range(golden[there])
    below, above = _beyond(faulty[there], low, high)
    values = Scale(f"{number(low)}{below}", f"{number(high)}{above}", _css(mpl.colormaps["cividis"]))
    largest = _largest(change)
    ends, span = number(largest or 0.0), f"{values.low} (dark) to {values.high} (light)"
    counted = f"{many(int(differs.sum()), 'value')} of {total:,} differ, at most by {number(largest)}"
    shown = (
        (_values(golden, low, high), False, f"golden, {span}{_strange(golden)}", values),
        (_values(faulty, low, high), True, f"faulty, {span}{_strange(faulty)}", values),
        (
            _differences(change, largest),
            True,
            f"difference, {counted}{_strange(change)}",
            Scale(f"-{ends}", f"+{ends}", _css(_DIFFERENCE)),
        ),
    )
    found = []
    for pixels, framed, words, scale in shown:
        image = _enlarged(pixels, there)
        drawn = _framed(image, differs) if framed else image
        found.append(replace(_picture(drawn, f"{name}: {words}", words), scale=scale))
    return tuple(found)


def _change(golden: Plane, faulty: Plane) -> NDArray[np.float64]:
    """Faulty less golden; nothing where they are the same, NaN and infinities too."""
    with np.errstate(all="ignore"):
        change = faulty.astype(np.float64) - golden.astype(np.float64)
    return np.where(golden.view(np.uint32) == faulty.view(np.uint32), 0.0, change)


def _beyond(faulty: Plane, low: float, high: float) -> tuple[str, str]:
    """What the ends of the scale also stand for: the scale is the golden values'."""
    finite = faulty[np.isfinite(faulty)]
    return (
        " and below" if len(finite) and finite.min() < low else "",
        " and above" if len(finite) and finite.max() > high else "",
    )


def _strange(plane: NDArray[np.floating]) -> str:
    """How many values are NaN or infinite: ", 2 NaN (magenta), 1 infinite (green)"."""
    counts = (int(np.isnan(plane).sum()), "NaN (magenta)"), (int(np.isinf(plane).sum()), "infinite (green)")
    return "".join(f", {n:,} {word}" for n, word in counts if n)


def _css(colours: Colormap) -> str:
    """A colour map as a gradient."""
    stops = (to_hex(colours(k / 8)) for k in range(9))
    return f"linear-gradient(to right, {', '.join(stops)})"


def frame_picture(image: Plane, alt: str) -> Picture:
    """An input, float32 (channels, height, width) from 0 to 1: three channels are red, green and blue."""
    planes = image if image.shape[0] == 3 else np.repeat(image[:1], 3, axis=0)
    pixels = (np.clip(planes, 0, 1) * 255).round().astype(np.uint8).transpose(1, 2, 0)
    return _picture(Image.fromarray(np.ascontiguousarray(pixels)), alt, alt, larger=False)


def _worst(maps: LayerMaps) -> int:
    """The channel with the most differing values; among equals the one with the largest change."""
    differs = (maps.golden.view(np.uint32) != maps.faulty.view(np.uint32)).sum(axis=(1, 2))
    change = np.nan_to_num(np.abs(_change(maps.golden, maps.faulty)), nan=np.inf).max(axis=(1, 2))
    best = np.flatnonzero(differs == differs.max())
    return int(best[int(np.argmax(change[best]))])


def _plane(part: Plane, channel: int, *, vector: bool) -> Plane:
    """One channel, or a vector in rows; what is left of the last row is zero, and not shown."""
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


def _largest(change: NDArray[np.float64]) -> float | None:
    """The largest finite change."""
    finite = np.abs(change[np.isfinite(change)])
    return float(finite.max()) if len(finite) else None


def _values(plane: Plane, low: float, high: float) -> Pixels:
    with np.errstate(all="ignore"):
        scaled = (plane.astype(np.float64) - low) / (high - low or 1.0)
    return _coloured(mpl.colormaps["cividis"](np.clip(np.nan_to_num(scaled), 0, 1)), plane)


def _differences(change: NDArray[np.float64], largest: float | None) -> Pixels:
    scaled = np.clip(np.nan_to_num(change, posinf=0, neginf=0) / (largest or 1.0), -1, 1) / 2 + 0.5
    return _coloured(_DIFFERENCE(scaled), change)


def _coloured(colours: NDArray[np.float64], values: NDArray[np.floating]) -> Pixels:
    """RGBA, a pixel for every value."""
    pixels = (np.asarray(colours) * 255).round().astype(np.uint8)
    pixels[np.isnan(values), :3] = NAN
    pixels[np.isinf(values), :3] = INFINITE
    return pixels


def _enlarged(pixels: Pixels, there: NDArray[np.bool_]) -> Image.Image:
    """Every value as a square of pixels; transparent where there is no value."""
    shown = pixels.copy()
    shown[~there] = 0
    image = Image.fromarray(np.ascontiguousarray(shown))
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
