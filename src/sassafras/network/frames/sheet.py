"""Many frames on one picture, to look at."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

from sassafras.network.frames.fields import SIZE
from sassafras.network.frames.frame import Frame, FrameError
from sassafras.network.frames.instruments import CLASS_NAMES

_CAPTION = 16
_GAP = 4


def contact_sheet(frames: Sequence[Frame], columns: int = 7) -> Image.Image:
    """The frames in reading order, each over its class name. Raises FrameError when there are none."""
    if not frames or columns < 1:
        raise FrameError("a contact sheet needs at least one frame and one column")
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    wide, high = SIZE + _GAP, SIZE + _CAPTION + _GAP
    sheet = Image.new("RGB", (columns * wide + _GAP, rows * high + _GAP), (250, 250, 250))
    pen = ImageDraw.Draw(sheet)
    for place, frame in enumerate(frames):
        x, y = _GAP + place % columns * wide, _GAP + place // columns * high
        sheet.paste(Image.fromarray(frame.pixels), (x, y))
        pen.text((x + 2, y + SIZE + 2), CLASS_NAMES[frame.label].replace("_", " "), fill=(40, 40, 40))
    return sheet
