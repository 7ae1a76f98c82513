"""The folder of Cholec80: its videos, the paper's split of them, and the frames that are annotated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.cholec80.annotations import ToolRow, read_phases, read_tools
from sassafras.network.cholec80.video import length_of
from sassafras.network.frames.dice import Dice

VIDEOS = 80
TRAINED_ON = 40  #: the first so many (the paper, section 5.1)
_VIDEO, _TOOLS, _PHASES = "videos", "tool_annotations", "phase_annotations"


class Split(StrEnum):
    """Which videos: the paper trains on the first forty and validates on the others."""

    TRAIN = "train"
    TEST = "test"
    ALL = "all"

    @property
    def numbers(self) -> range:
        """Of its videos."""
        first = TRAINED_ON + 1 if self is Split.TEST else 1
        return range(first, (TRAINED_ON if self is Split.TRAIN else VIDEOS) + 1)


@dataclass(frozen=True)
class Moment:
    """An annotated frame: the video's number, the frame's from 0, and the names of the tools in it."""

    video: int
    frame: int
    tools: tuple[str, ...]


def is_cholec80(folder: Path) -> bool:
    """Whether a folder looks like the data set's."""
    return (folder / _TOOLS).is_dir()


@dataclass(frozen=True)
class Cholec80:
    """The data set in a folder. Other videos than the 80 are passed over."""

    folder: Path

    def video(self, number: int) -> Path:
        """File of a video."""
        return self.folder / _VIDEO / f"video{number:02}.mp4"

    def tools(self, number: int) -> Path:
        """File of its tools."""
        return self.folder / _TOOLS / f"video{number:02}-tool.txt"

    def videos(self, split: Split) -> tuple[int, ...]:
        """Numbers of the videos of a split that are there. Raises NetworkError where there are none, and
        where one of a video and its annotation lies alone.
        """
        filmed, annotated = self._there(_VIDEO, ".mp4"), self._there(_TOOLS, "-tool.txt")
        wanted = sorted((filmed | annotated) & set(split.numbers))
        for number in wanted:
            here, there = self.video(number), self.tools(number)
            if number not in filmed:
                raise NetworkError(f"{here}: this video is missing; {there.name} annotates it")
            if number not in annotated:
                raise NetworkError(f"{there}: this annotation is missing; {here.name} needs it")
        if not wanted:
            first, last = split.numbers[0], split.numbers[-1]
            raise NetworkError(
                f"{self.folder}: no video of Cholec80 is there (video{first:02} to video{last:02}, "
                f"split {split}); give the folder with {_VIDEO} and {_TOOLS}"
            )
        return tuple(wanted)

    def moments(self, videos: Sequence[int]) -> tuple[Moment, ...]:
        """Every annotated frame of these videos, in order. Raises NetworkError."""
        return tuple(Moment(n, row.frame, row.tools) for n in videos for row in self._rows(n))

    def phases(self, number: int) -> tuple[str, ...] | None:
        """Phase of every frame of a video; None where no phases are there at all. Raises NetworkError."""
        folder = self.folder / _PHASES
        return read_phases(folder / f"video{number:02}-phase.txt") if folder.is_dir() else None

    def drawn(self, split: Split, count: int, seed: int) -> tuple[Moment, ...]:
        """Annotated frames of a split, each equally likely and none twice. The k-th depends on the seed and
        the annotations alone, not on how many are drawn. Raises NetworkError.
        """
        moments = self.moments(self.videos(split))
        if count > len(moments):
            raise NetworkError(
                f"{self.folder}: {len(moments)} frames of split {split} are annotated, {count} are asked for"
            )
        chosen: dict[int, None] = {}
        draw = 0
        while len(chosen) < count:
            chosen.setdefault(Dice(seed, draw).integer(0, len(moments) - 1))
            draw += 1
        return tuple(moments[place] for place in chosen)

    def _there(self, folder: str, ending: str) -> set[int]:
        form = re.compile(rf"video(\d\d){re.escape(ending)}")
        try:
            names = [path.name for path in (self.folder / folder).iterdir()]
        except OSError as error:
            raise NetworkError(
                f"{self.folder / folder}: {error.strerror or error}; give the folder of Cholec80"
            ) from None
        return {int(match[1]) for match in map(form.fullmatch, names) if match}

    def _rows(self, number: int) -> tuple[ToolRow, ...]:
        """The tools of a video, whose frames are all in it."""
        rows, there = read_tools(self.tools(number)), length_of(self.video(number))
        beyond = next((row for row in rows if there is not None and row.frame >= there), None)
        if beyond is not None:
            raise NetworkError(
                f"{self.tools(number)}: line {beyond.line}: frame {beyond.frame} is out of range: "
                f"{self.video(number).name} has {there} frames"
            )
        return rows
