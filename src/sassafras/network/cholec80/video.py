"""Frames of a video by their numbers, decoded by PyAV (the package ``av``, which brings FFmpeg)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.cholec80.annotations import RATE

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

NEAR = 10 * RATE  #: frames ahead up to which decoding on is taken to be quicker than to look for a key frame


def length_of(path: Path) -> int | None:
    """How many frames a video says that it has; None: it does not say. Raises NetworkError."""
    with _opened(path) as (_, stream):
        return stream.frames or None


def read_frames(path: Path, numbers: Sequence[int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Frames of a video, ``numbers`` ascending from 0: each with its pixels, uint8 RGB (height, width, 3).
    Raises NetworkError for a file that is no video of 25 frames per second, or not all of it.
    """
    import av

    with _opened(path) as (container, stream):
        try:
            yield from _wanted(path, container, stream, numbers)
        except av.FFmpegError as error:
            raise NetworkError(f"{path}: cannot be decoded ({error.strerror}); fetch it again") from None


def _wanted(
    path: Path, container: InputContainer, stream: VideoStream, numbers: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    at, frames = -1, container.decode(stream)
    for number in numbers:
        if number > at + NEAR:
            _seek(container, stream, number)
            frames = container.decode(stream)
        for frame in frames:
            at = _number(stream, frame)
            if at >= number:
                break
        if at != number:
            raise NetworkError(
                f"{path}: frame {number} is not in it: it is cut short or damaged; fetch it again"
            )
        yield number, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        import av
    except ImportError:
        raise NetworkError(
            "videos are read with the package av, which is missing: pip install 'sassafras[video]'"
        ) from None
    try:
        container = av.open(path)
    except FileNotFoundError:
        raise NetworkError(f"{path}: this video is missing; its annotation is there") from None
    except (av.FFmpegError, OSError) as error:
        raise NetworkError(
            f"{path}: no readable video, or not all of it ({error.strerror}); fetch it again"
        ) from None
    with container:
        if not container.streams.video:
            raise NetworkError(f"{path}: no readable video, or not all of it (no pictures); fetch it again")
        stream = container.streams.video[0]
        if stream.average_rate != RATE:
            raise NetworkError(
                f"{path}: {stream.average_rate} frames per second; those of Cholec80 have {RATE}"
            )
        yield container, stream


def _seek(container: InputContainer, stream: VideoStream, number: int) -> None:
    """To the last key frame up to a frame."""
    assert stream.time_base is not None
    container.seek((stream.start_time or 0) + int(number / RATE / stream.time_base), stream=stream)


def _number(stream: VideoStream, frame: VideoFrame) -> int:
    """By its time."""
    assert frame.pts is not None
    assert frame.time_base is not None
    return round((frame.pts - (stream.start_time or 0)) * frame.time_base * RATE)
