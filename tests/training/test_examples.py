"""What is trained on: which pictures, of which classes, in which part; decoded once, and gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.network.cholec80.made import SMALL, TOOLS, write_cholec80
from tests.training.made import write_folders

from sassafras.errors import NetworkError, SassafrasError, TrainingError, UsageError
from sassafras.network.fit import Fit
from sassafras.network.images import load_images
from sassafras.network.tensor import Shape
from sassafras.progress import Silence
from sassafras.training.examples import Examples, Pictures, examples_of
from sassafras.training.pictures import OFTEN, PIXELS, STATE, decoded, forget
from sassafras.training.recipe import Answers, Recipe

VIDEOS = {n: SMALL[n] for n in SMALL} | {
    3: ("hook", "hook", "grasper"),
    4: ("clipper",),
    5: ("irrigator", "hook"),
}


@pytest.fixture(scope="module")
def cholec80(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cholec80(tmp_path_factory.mktemp("data") / "cholec80", VIDEOS)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folders(tmp_path_factory.mktemp("data") / "colours")


def of(examples: Examples, part: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Video and frame of examples of Cholec80."""
    names = [examples.pictures.names[number].split() for number in part]
    return [(int(video), int(frame)) for video, frame in names]


def test_whole_videos_are_held_out(cholec80: Path) -> None:
    examples, answers = examples_of(Recipe(cholec80, held_out=0.4))
    assert answers is Answers.LABELS
    assert examples.classes == TOOLS
    learned, held, tested = (
        {video for video, _ in of(examples, part)}
        for part in (examples.learned, examples.held_out, examples.tested)
    )
    assert len(held) == 2
    assert learned | held == {1, 2, 3, 4, 5}
    assert not learned & held
    assert tested == {41, 42}
    every = [*examples.learned, *examples.held_out, *examples.tested]
    assert sorted(every) == list(range(len(examples)))
    for number, (video, frame) in enumerate(of(examples, np.arange(len(examples)))):
        tools = VIDEOS[video][frame // 25].split()
        assert examples.targets[number].tolist() == [float(tool in tools) for tool in TOOLS]
    held_of = {examples_of(Recipe(cholec80, held_out=0.4, seed=seed))[0].about for seed in range(8)}
    assert len(held_of) > 1


def test_one_class_means_frames_with_one_tool(cholec80: Path) -> None:
    examples, _ = examples_of(Recipe(cholec80, answers=Answers.CLASS))
    assert (examples.targets.sum(1) == 1).all()
    expected = sum(len(tools.split()) == 1 for seconds in VIDEOS.values() for tools in seconds)
    assert len(examples) == expected


def test_fewer_seconds(cholec80: Path) -> None:
    whole, _ = examples_of(Recipe(cholec80))
    half, _ = examples_of(Recipe(cholec80, every=2))
    every = of(whole, np.arange(len(whole)))
    wanted = [one for video in sorted(VIDEOS) for one in [own for own in every if own[0] == video][::2]]
    assert of(half, np.arange(len(half))) == wanted
    assert len(examples_of(Recipe(cholec80, every=1000))[0]) == len(VIDEOS)


def test_no_frame_with_one_tool(tmp_path: Path) -> None:
    videos = {1: ("hook grasper",), 2: ("hook grasper", "")}
    with pytest.raises(
        NetworkError, match="no frame with one tool alone is there to learn from; give more videos"
    ):
        examples_of(Recipe(write_cholec80(tmp_path / "x", videos), answers=Answers.CLASS))


def test_of_every_class_a_share_is_held_out(folders: Path) -> None:
    examples, answers = examples_of(Recipe(folders, held_out=0.3))
    assert answers is Answers.CLASS
    assert examples.classes == ("blue", "red", "white")
    assert examples.targets[examples.held_out].sum(0).tolist() == [3, 3, 3]
    assert examples.targets[examples.learned].sum(0).tolist() == [7, 7, 7]
    assert not len(examples.tested)
    assert sorted([*examples.learned, *examples.held_out]) == list(range(30))
    for name, target in zip(examples.pictures.names, examples.targets, strict=True):
        assert name.startswith(examples.classes[int(target.argmax())] + "/")
    other, _ = examples_of(Recipe(folders, held_out=0.3, seed=2))
    assert not np.array_equal(other.held_out, examples.held_out)
    assert other.digest != examples.digest == examples_of(Recipe(folders, held_out=0.3))[0].digest


def test_pictures_are_those_that_run_gets(folders: Path, tmp_path: Path) -> None:
    """Rounded to 8 bits; the size changed as for any network."""
    examples, _ = examples_of(Recipe(folders))
    kept = decoded(tmp_path, examples, (3, 5, 6), Fit.CROP, Silence())
    loaded = load_images(folders, (3, 5, 6), examples.classes, Fit.CROP)
    assert len(kept) == len(loaded)
    for pixels, image, target in zip(kept, loaded, examples.targets, strict=True):
        assert np.abs(pixels / 255 - image.pixels).max() <= 0.5 / 255 + 1e-7
        assert image.label == target.argmax()


class Counted:
    """Pictures that count how often they are read, and stop as they are told."""

    def __init__(self, kept: Pictures, stop: int) -> None:
        self._kept, self.stop, self.read_at = kept, stop, list[int]()
        self.names = kept.names

    def read(self, start: int, shape: Shape, fit: Fit) -> Iterator[NDArray[np.float32]]:
        for number, pixels in enumerate(self._kept.read(start, shape, fit), start):
            if number == self.stop:
                raise KeyboardInterrupt
            self.read_at.append(number)
            yield pixels


def test_what_is_decoded_is_not_decoded_again(
    cholec80: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sassafras.training.pictures.OFTEN", 4)
    assert OFTEN > 4
    examples, _ = examples_of(Recipe(cholec80))
    wanted = decoded(tmp_path / "whole", examples, (3, 6, 9), Fit.STRETCH, Silence())
    counted = Counted(examples.pictures, 10)
    with pytest.raises(KeyboardInterrupt):
        decoded(tmp_path / "cut", replace(examples, pictures=counted), (3, 6, 9), Fit.STRETCH, Silence())
    again = Counted(examples.pictures, -1)
    found = decoded(tmp_path / "cut", replace(examples, pictures=again), (3, 6, 9), Fit.STRETCH, Silence())
    assert again.read_at == list(range(8, len(examples)))
    assert np.array_equal(found, wanted)
    third = Counted(examples.pictures, -1)
    decoded(tmp_path / "cut", replace(examples, pictures=third), (3, 6, 9), Fit.STRETCH, Silence())
    assert third.read_at == []
    decoded(tmp_path / "cut", replace(examples, pictures=third), (3, 6, 9), Fit.CROP, Silence())
    assert len(third.read_at) == len(examples)
    (tmp_path / "cut" / STATE).write_text("{")
    third.read_at.clear()
    decoded(tmp_path / "cut", replace(examples, pictures=third), (3, 6, 9), Fit.CROP, Silence())
    assert len(third.read_at) == len(examples)
    forget(tmp_path / "cut")
    assert not list((tmp_path / "cut").iterdir())


def test_without_room(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples, _ = examples_of(Recipe(folders))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(TrainingError) as caught:
        decoded(tmp_path, examples, (3, 5, 6), Fit.CROP, Silence())
    assert f"{tmp_path / PIXELS}: No space left on device; " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("videos", "said"),
    [
        ({1: ("hook",), 41: ("hook",)}, "one video (of 1 to 40) cannot be trained on and held out, too"),
        ({41: ("hook",)}, "no video of Cholec80 is there (video01 to video40, split train)"),
    ],
)
def test_too_few_videos(tmp_path: Path, videos: dict[int, tuple[str, ...]], said: str) -> None:
    with pytest.raises(NetworkError) as caught:
        examples_of(Recipe(write_cholec80(tmp_path / "x", videos)))
    assert said in str(caught.value)


def test_folders_that_do_not_do(tmp_path: Path) -> None:
    def said(recipe: Recipe) -> str:
        with pytest.raises(SassafrasError) as caught:
            examples_of(recipe)
        return str(caught.value).replace(f"{tmp_path}", "")

    assert "give a folder with images" in said(Recipe(tmp_path / "none"))
    data = write_folders(tmp_path / "colours", 2)
    assert said(Recipe(data, answers=Answers.LABELS)) == (
        "/colours: folders of classes show one class each; --answers labels is of Cholec80"
    )
    (data / "red/001.png").unlink()
    assert said(Recipe(data)) == "/colours/red: one picture cannot be trained on and held out, too"
    assert said(Recipe(data / "white")) == (
        "/colours/white: give a folder with a sub-folder of pictures for each of several classes"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"held_out": 0.0}, "--held-out 0: give a share between 0 and 1, such as 0.2"),
        ({"held_out": 1.0}, "--held-out 1: give"),
        ({"held_out": float("nan")}, "--held-out nan: give"),
        ({"rate": 0.0}, "--rate 0: give a learning rate above 0, such as 1e-3"),
        ({"rate": float("nan")}, "--rate nan"),
        ({"decay": -1.0}, "--decay -1: give a weight decay from 0 to 1"),
    ],
)
def test_numbers_that_do_not_do(options: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        Recipe(Path(), **options)  # type: ignore[arg-type]
    assert said in str(caught.value)
