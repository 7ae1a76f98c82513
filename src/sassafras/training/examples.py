"""What is trained on: pictures with their classes, divided into a part to learn from and one held out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.cholec80.annotations import TOOLS
from sassafras.network.cholec80.dataset import Cholec80, Moment, Split, is_cholec80
from sassafras.network.cholec80.pictures import read_pictures
from sassafras.network.fit import Fit, fit_image
from sassafras.network.picture_files import decode
from sassafras.network.picture_folders import PictureFile, list_pictures
from sassafras.network.tensor import Shape
from sassafras.training.draws import Stream, shuffled
from sassafras.training.recipe import Answers, Recipe


class Pictures(Protocol):
    """Pictures that can be read from any of them on."""

    def read(self, start: int, shape: Shape, fit: Fit) -> Iterator[NDArray[np.float32]]:
        """From the one with that number, in order: float32 of the shape, 0 to 1. Raises NetworkError."""

    @property
    def names(self) -> list[str]:
        """Of all, in order, and what else tells one from another."""


@dataclass(frozen=True, eq=False)
class Examples:
    """``targets``: float32 (n, classes), 1 for each class that a picture is of. ``learned``, ``held_out``,
    ``tested``: numbers of the pictures of each part; the last is looked at once, at the end, and may be
    empty.
    """

    pictures: Pictures
    classes: tuple[str, ...]
    targets: NDArray[np.float32]
    learned: NDArray[np.int64]
    held_out: NDArray[np.int64]
    tested: NDArray[np.int64]
    about: str

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of names, classes and parts."""
        digest = hashlib.sha256(json.dumps([self.pictures.names, self.classes]).encode())
        for part in (self.targets, self.learned, self.held_out, self.tested):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()


def examples_of(recipe: Recipe) -> tuple[Examples, Answers]:
    """The examples of a recipe's folder, and what the network is to say of them. Raises NetworkError."""
    if is_cholec80(recipe.data):
        answers = recipe.answers or Answers.LABELS
        return _of_cholec80(recipe, answers), answers
    if recipe.answers is Answers.LABELS:
        raise NetworkError(
            f"{recipe.data}: folders of classes show one class each; --answers labels is of Cholec80"
        )
    return _of_folders(recipe), Answers.CLASS


@dataclass(frozen=True)
class _Moments:
    data: Cholec80
    moments: tuple[Moment, ...]

    def read(self, start: int, shape: Shape, fit: Fit) -> Iterator[NDArray[np.float32]]:
        return (pixels for _, pixels in read_pictures(self.data, self.moments[start:], shape, fit))

    @property
    def names(self) -> list[str]:
        sizes = {n: self.data.video(n).stat().st_size for n in sorted({m.video for m in self.moments})}
        return [
            *(f"{m.video} {m.frame}" for m in self.moments),
            *(f"{n}: {size}" for n, size in sizes.items()),
        ]


def _of_cholec80(recipe: Recipe, answers: Answers) -> Examples:
    """Whole videos of the first forty are held out: frames of one video are much alike. The others, if any
    are there, are for the test.
    """
    data = Cholec80(recipe.data)
    videos = data.videos(Split.TRAIN)
    tested = tuple(set(data.videos(Split.ALL)) - set(videos))
    if len(videos) < 2:
        raise NetworkError(f"{recipe.data}: one video (of 1 to 40) cannot be trained on and held out, too")
    count = min(max(1, round(len(videos) * recipe.held_out)), len(videos) - 1)
    held = {videos[k] for k in shuffled(recipe.seed, Stream.HELD_OUT, 0, len(videos))[:count]}
    moments = tuple(
        moment for video in (*videos, *sorted(tested)) for moment in data.moments((video,))[:: recipe.every]
    )
    if answers is Answers.CLASS:
        moments = tuple(moment for moment in moments if len(moment.tools) == 1)
    targets = np.array([[tool in moment.tools for tool in TOOLS] for moment in moments], np.float32).reshape(
        -1, 7
    )
    of = np.array([moment.video for moment in moments], np.int64)
    is_held, is_tested = np.isin(of, sorted(held)), np.isin(of, tested)
    learned = np.flatnonzero(~is_held & ~is_tested)
    parts = (learned, np.flatnonzero(is_held), np.flatnonzero(is_tested))
    about = (
        f"Cholec80, videos {_listed(sorted(set(videos) - held))}; held out: videos {_listed(sorted(held))}"
    )
    return _checked(recipe.data, Examples(_Moments(data, moments), TOOLS, targets, *parts, about))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


@dataclass(frozen=True)
class _Files:
    files: tuple[PictureFile, ...]

    def read(self, start: int, shape: Shape, fit: Fit) -> Iterator[NDArray[np.float32]]:
        for file in self.files[start:]:
            yield fit_image(decode(file.path, shape[0]).pixels, shape[1], shape[2], fit)

    @property
    def names(self) -> list[str]:
        return [f"{file.name} {file.path.stat().st_size}" for file in self.files]


def _of_folders(recipe: Recipe) -> Examples:
    """Of every class the same share is held out."""
    files = list_pictures(recipe.data).files
    classes = tuple(dict.fromkeys(file.folder for file in files))
    if len(classes) < 2:
        raise NetworkError(
            f"{recipe.data}: give a folder with a sub-folder of pictures for each of several classes"
        )
    of = np.array([classes.index(file.folder) for file in files], np.int64)
    learned, held_out = [], []
    for number, name in enumerate(classes):
        own = np.flatnonzero(of == number)
        if len(own) < 2:
            raise NetworkError(f"{recipe.data / name}: one picture cannot be trained on and held out, too")
        order = own[shuffled(recipe.seed, Stream.HELD_OUT, number, len(own))]
        count = min(max(1, round(len(own) * recipe.held_out)), len(own) - 1)
        held_out.append(order[:count])
        learned.append(order[count:])
    targets = np.eye(len(classes), dtype=np.float32)[of]
    parts = (np.sort(np.concatenate(learned)), np.sort(np.concatenate(held_out)), np.empty(0, np.int64))
    about = f"{len(classes)} folders of {recipe.data.resolve().name}"
    return Examples(_Files(files), classes, targets, *parts, about)


def _checked(folder: Path, examples: Examples) -> Examples:
    for name, part in (("to learn from", examples.learned), ("held out", examples.held_out)):
        if not len(part):
            raise NetworkError(f"{folder}: no frame with one tool alone is there {name}; give more videos")
    return examples
