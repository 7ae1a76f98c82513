"""A small data set of the layout of Cholec80: a few videos of some seconds; pictures show what they are of.

The upper half of a frame has a bar for each tool, bright where it is present; the lower half is grey, by the
frame's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

TOOLS = ("grasper", "bipolar", "hook", "scissors", "clipper", "irrigator", "specimen_bag")
HEADING = "Frame\tGrasper\tBipolar\tHook\tScissors\tClipper\tIrrigator\tSpecimenBag\n"
RATE, WIDTH, HEIGHT = 25, 84, 48
Seconds = Sequence[str]  #: names of the tools of each second, separated by spaces

SMALL: Mapping[int, Seconds] = {
    1: ("grasper", "grasper hook", "hook", ""),
    2: ("bipolar", "clipper", "grasper scissors", "irrigator"),
    41: ("specimen_bag", "grasper hook", "hook"),
    42: ("", "irrigator grasper bipolar", "clipper", "scissors", "hook"),
}


def frame_of(tools: str, number: int) -> NDArray[np.uint8]:
    """Pixels, uint8 (48, 84, 3)."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for place, name in enumerate(TOOLS):
        picture[: HEIGHT // 2, place * 12 : place * 12 + 12] = 220 if name in tools.split() else 30
    picture[HEIGHT // 2 :] = 16 + number % 220
    return picture


def write_video(path: Path, seconds: Seconds, rate: int = RATE, **options: str) -> Path:
    """MPEG-4, a key frame every 10."""
    with av.open(path, "w", options=options) as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.gop_size, stream.bit_rate = 10, 4_000_000
        for number in range(len(seconds) * RATE):
            picture = av.VideoFrame.from_ndarray(frame_of(seconds[number // RATE], number), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def tool_rows(seconds: Seconds) -> str:
    """A tool annotation."""
    rows = [
        "\t".join([str(k * RATE), *("01"[name in tools.split()] for name in TOOLS)])
        for k, tools in enumerate(seconds)
    ]
    return HEADING + "".join(f"{row}\n" for row in rows)


def write_cholec80(folder: Path, videos: Mapping[int, Seconds] = SMALL, *, phases: bool = True) -> Path:
    """The data set, in a folder that is made."""
    for part in ("videos", "tool_annotations", *(["phase_annotations"] if phases else [])):
        (folder / part).mkdir(parents=True)
    for number, seconds in videos.items():
        write_video(folder / f"videos/video{number:02}.mp4", seconds)
        (folder / f"tool_annotations/video{number:02}-tool.txt").write_text(tool_rows(seconds))
        if phases:
            rows = [
                f"{k}\t{'Preparation' if k < 30 else 'CleaningCoagulation'}\n"
                for k in range(len(seconds) * RATE)
            ]
            (folder / f"phase_annotations/video{number:02}-phase.txt").write_text(
                "Frame\tPhase\n" + "".join(rows)
            )
    return folder
