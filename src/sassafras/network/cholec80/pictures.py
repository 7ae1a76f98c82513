"""Annotated frames as pictures that a network takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.cholec80.dataset import Cholec80, Moment
from sassafras.network.cholec80.video import read_frames
from sassafras.network.fit import Fit, fit_image
from sassafras.network.images import CHANNELS, Image
from sassafras.network.normal import Normal
from sassafras.network.picture_files import pixels_of
from sassafras.network.tensor import Shape

LabelOf = Callable[[frozenset[str]], int | None]  #: number of the answer that says exactly these tools


def read_pictures(
    data: Cholec80, moments: Sequence[Moment], shape: Shape, fit: Fit
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The pictures of moments, video by video: place in ``moments``, and values float32 of ``shape``, 0 to 1.
    Channels and size as those of any picture (`sassafras.network.images`). Raises NetworkError.
    """
    if shape[0] not in CHANNELS:
        raise NetworkError(f"frames have 3 channels or 1, the network takes {shape[0]}")
    order = sorted(range(len(moments)), key=lambda place: (moments[place].video, moments[place].frame))
    for video in sorted({moment.video for moment in moments}):
        places = [place for place in order if moments[place].video == video]
        frames = read_frames(data.video(video), [moments[place].frame for place in places])
        for place, (_, rgb) in zip(places, frames, strict=True):
            values = pixels_of(Pillow.fromarray(rgb), shape[0])
            yield place, fit_image(values, shape[1], shape[2], fit)


def as_images(
    data: Cholec80,
    moments: Sequence[Moment],
    shape: Shape,
    fit: Fit,
    normal: Normal | None,
    label_of: LabelOf,
) -> tuple[Image, ...]:
    """Inputs, in the order of the moments, named by video, frame, phase and tools. Raises NetworkError."""
    found: dict[int, NDArray[np.float32]] = dict(read_pictures(data, moments, shape, fit))
    phases = {video: data.phases(video) for video in {moment.video for moment in moments}}
    images = []
    for place, moment in enumerate(moments):
        pixels = found[place] if normal is None else normal.of(found[place])
        pixels.flags.writeable = False
        name = name_of(moment, phases[moment.video])
        images.append(Image(name, pixels, label_of(frozenset(moment.tools)), fit))
    return tuple(images)


def name_of(moment: Moment, phases: Sequence[str] | None) -> str:
    """As "video41-000125-Preparation-grasper+hook"; without a phase where it is not known, "none" without a
    tool. Raises NetworkError for phases that end before the frame.
    """
    if phases is not None and moment.frame >= len(phases):
        raise NetworkError(
            f"video{moment.video:02}-phase.txt: it ends at frame {len(phases) - 1}, tools are "
            f"annotated to frame {moment.frame} and beyond"
        )
    phase = () if phases is None else (phases[moment.frame],)
    tools = "+".join(moment.tools) or "none"
    return "-".join((f"video{moment.video:02}", f"{moment.frame:06}", *phase, tools))
