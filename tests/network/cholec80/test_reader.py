"""The data set as it is distributed: annotations, split, frames by their numbers, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.network.cholec80.made import SMALL, TOOLS, frame_of, tool_rows, write_cholec80, write_video

from sassafras.errors import NetworkError
from sassafras.network.cholec80.annotations import read_phases, read_tools
from sassafras.network.cholec80.dataset import Cholec80, Moment, Split, is_cholec80
from sassafras.network.cholec80.pictures import as_images, name_of, read_pictures
from sassafras.network.cholec80.video import length_of, read_frames
from sassafras.network.fit import Fit, fit_image
from sassafras.network.normal import Normal


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cholec80(tmp_path_factory.mktemp("data") / "cholec80")


def read_all(data: Cholec80) -> None:
    moments = data.drawn(Split.TRAIN, 8, seed=1)
    as_images(data, moments, (3, 9, 9), Fit.STRETCH, None, lambda _: None)


def damaged(folder: Path, change: Callable[[Path], object]) -> str:
    """What is said of the data set, in one line, once something in it has been changed."""
    data = write_cholec80(folder / "cholec80", {1: SMALL[1], 2: SMALL[2]})
    change(data)
    with pytest.raises(NetworkError) as caught:
        read_all(Cholec80(data))
    said = str(caught.value)
    assert "\n" not in said
    return said.replace(f"{data}/", "")


def test_the_papers_split() -> None:
    """The first forty videos were trained on, the remaining ones are for validation (section 5.1)."""
    assert list(Split.TRAIN.numbers) == list(range(1, 41))
    assert list(Split.TEST.numbers) == list(range(41, 81))
    assert list(Split.ALL.numbers) == list(range(1, 81))


def test_what_is_annotated(whole: Path) -> None:
    data = Cholec80(whole)
    assert is_cholec80(whole)
    assert not is_cholec80(whole / "videos")
    assert data.videos(Split.TRAIN) == (1, 2)
    assert data.videos(Split.TEST) == (41, 42)
    assert data.videos(Split.ALL) == (1, 2, 41, 42)
    expected = [
        Moment(number, second * 25, tuple(name for name in TOOLS if name in tools.split()))
        for number in (41, 42)
        for second, tools in enumerate(SMALL[number])
    ]
    assert list(data.moments((41, 42))) == expected
    assert data.phases(1) == ("Preparation",) * 30 + ("CleaningCoagulation",) * 70


def test_frames_are_those_of_their_numbers(whole: Path) -> None:
    """Whatever order of key frames and jumps: the grey of the lower half says which frame it is."""
    path = whole / "videos/video42.mp4"
    assert length_of(path) == 125
    for numbers in ([0, 25, 50, 75, 100, 124], [124], [3, 4, 119], list(range(125))):
        for number, (found, rgb) in zip(numbers, read_frames(path, numbers), strict=True):
            assert found == number
            assert rgb.shape == (48, 84, 3)
            expected = frame_of(SMALL[42][number // 25], number)
            assert np.abs(rgb.astype(int) - expected)[2:22].mean() < 4
            assert abs(rgb[26:46].mean() - (16 + number)) < 2


def test_far_jumps_look_for_a_key_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "long.mp4", ["grasper"] * 24)
    for number, (_, rgb) in zip((2, 300, 599), read_frames(path, (2, 300, 599)), strict=True):
        assert abs(rgb[26:46].mean() - (16 + number % 220)) < 2


def test_pictures_are_made_to_fit_as_others_are(whole: Path) -> None:
    data, moments = Cholec80(whole), (Moment(42, 100, ("hook",)), Moment(41, 25, ("grasper", "hook")))
    for fit in Fit:
        got = dict(read_pictures(data, moments, (3, 20, 30), fit))
        for place, moment in enumerate(moments):
            ((_, rgb),) = read_frames(data.video(moment.video), [moment.frame])
            planes = rgb.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
            assert np.array_equal(got[place], fit_image(planes, 20, 30, fit))
    ((_, rgb),) = read_frames(data.video(41), [25])
    grey = dict(read_pictures(data, moments, (1, 48, 84), Fit.STRETCH))
    red, green, blue = rgb.transpose(2, 0, 1).astype(np.uint32)
    assert np.array_equal(grey[1][0] * 255, (77 * red + 150 * green + 29 * blue) >> 8)
    with pytest.raises(NetworkError, match="frames have 3 channels or 1, the network takes 2"):
        list(read_pictures(data, moments, (2, 9, 9), Fit.STRETCH))


def test_images_come_in_the_order_of_the_moments(whole: Path) -> None:
    data, normal = Cholec80(whole), Normal((0.5,), (0.25,))
    moments = (Moment(42, 0, ()), Moment(41, 25, ("grasper", "hook")), Moment(42, 50, ("clipper",)))
    number_of = {frozenset[str](): 5, frozenset({"clipper"}): 6}
    plain = as_images(data, moments, (3, 9, 9), Fit.CROP, None, number_of.get)
    assert [image.name for image in plain] == [
        "video42-000000-Preparation-none",
        "video41-000025-Preparation-grasper+hook",
        "video42-000050-CleaningCoagulation-clipper",
    ]
    assert [image.label for image in plain] == [5, None, 6]
    assert all(image.fit is Fit.CROP and not image.pixels.flags.writeable for image in plain)
    for image, made in zip(
        plain, as_images(data, moments, (3, 9, 9), Fit.CROP, normal, number_of.get), strict=True
    ):
        assert np.array_equal(made.pixels, (image.pixels - np.float32(0.5)) / np.float32(0.25))
    assert name_of(moments[1], None) == "video41-000025-grasper+hook"


def test_the_draw(whole: Path) -> None:
    """Each frame at most once, the first ones whatever the number, all of them in the end."""
    data = Cholec80(whole)
    every = data.moments((41, 42))
    drawn = data.drawn(Split.TEST, len(every), seed=3)
    assert sorted(drawn, key=every.index) == list(every)
    assert drawn != every
    for count in range(len(every)):
        assert data.drawn(Split.TEST, count, seed=3) == drawn[:count]
    assert data.drawn(Split.TEST, 4, seed=4) != drawn[:4]
    with pytest.raises(NetworkError, match="8 frames of split test are annotated, 9 are asked for"):
        data.drawn(Split.TEST, 9, seed=3)


def test_each_frame_is_as_likely(whole: Path) -> None:
    """First draws of 4000 seeds over 8 frames: within 5 standard deviations of 500."""
    data = Cholec80(whole)
    every = data.moments((41, 42))
    from sassafras.network.frames.dice import Dice

    firsts = [every[Dice(seed, 0).integer(0, 7)] for seed in range(40)]
    assert [data.drawn(Split.TEST, 1, seed)[0] for seed in range(40)] == firsts
    counts = np.bincount([Dice(seed, 0).integer(0, 7) for seed in range(4000)], minlength=8)
    assert np.abs(counts - 500).max() < 5 * np.sqrt(4000 / 8 * 7 / 8)


def test_a_video_or_its_annotation_that_is_missing(tmp_path: Path) -> None:
    said = damaged(tmp_path / "a", lambda data: (data / "videos/video02.mp4").unlink())
    assert said == "videos/video02.mp4: this video is missing; video02-tool.txt annotates it"
    said = damaged(tmp_path / "b", lambda data: (data / "tool_annotations/video01-tool.txt").unlink())
    assert said == "tool_annotations/video01-tool.txt: this annotation is missing; video01.mp4 needs it"
    said = damaged(tmp_path / "c", lambda data: (data / "phase_annotations/video01-phase.txt").unlink())
    assert said == (
        "phase_annotations/video01-phase.txt: cannot read the annotation: No such file or directory"
    )


def test_phases_may_be_missing_as_a_whole(tmp_path: Path) -> None:
    assert Cholec80(write_cholec80(tmp_path / "x", {1: ["hook"]}, phases=False)).phases(1) is None


def test_a_folder_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="videos: No such file or directory; give the folder of Cholec80"):
        Cholec80(tmp_path).videos(Split.ALL)
    data = Cholec80(write_cholec80(tmp_path / "x", {3: ["hook"]}))
    with pytest.raises(
        NetworkError, match=r"no video of Cholec80 is there \(video41 to video80, split test\)"
    ):
        data.videos(Split.TEST)


def test_an_annotation_out_of_range(tmp_path: Path) -> None:
    rows = tool_rows([*SMALL[1], "hook"])
    said = damaged(tmp_path, lambda data: (data / "tool_annotations/video01-tool.txt").write_text(rows))
    assert said == (
        "tool_annotations/video01-tool.txt: line 6: frame 100 is out of range: video01.mp4 has 100 frames"
    )


def cut(share: float) -> Callable[[Path], object]:
    def change(data: Path) -> None:
        path = data / "videos/video02.mp4"
        write_video(path, SMALL[2], movflags="faststart")  # what the file holds stands at its start
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])

    return change


def test_a_video_that_is_cut(tmp_path: Path) -> None:
    said = damaged(tmp_path / "a", cut(0.5))
    assert said.startswith("videos/video02.mp4: frame ")
    assert said.endswith(" is not in it: it is cut short or damaged; fetch it again")
    said = damaged(tmp_path / "b", cut(0.01))
    assert said.startswith("videos/video02.mp4: no readable video, or not all of it (")
    assert said.endswith("); fetch it again")


def test_what_is_no_video_of_the_data_set(tmp_path: Path) -> None:
    said = damaged(tmp_path / "a", lambda data: (data / "videos/video01.mp4").write_bytes(b""))
    assert said.startswith("videos/video01.mp4: no readable video")
    said = damaged(tmp_path / "b", lambda data: write_video(data / "videos/video01.mp4", SMALL[1], rate=30))
    assert said == "videos/video01.mp4: 30 frames per second; those of Cholec80 have 25"


def garbled(text: str) -> Callable[[Path], object]:
    return lambda data: (data / "tool_annotations/video01-tool.txt").write_text(text)


HEADING = tool_rows([])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "",
            "line 1: the heading Frame Grasper Bipolar Hook Scissors Clipper Irrigator SpecimenBag is ",
        ),
        ("Frame\tHook\n0\t1\n", "line 1: the heading Frame Grasper"),
        (HEADING, "no frame is annotated"),
        (HEADING + "0\t0\t0\t1\n", "line 2: 8 columns are expected, found 4"),
        (HEADING + "0\t0\t0\t1\t0\t0\t0\tx\n", "line 2: 0 0 0 1 0 0 0 x: whole numbers are expected"),
        (HEADING + "0\t0\t0\t2\t0\t0\t0\t0\n", "line 2: a tool is present (1) or not (0)"),
        (
            HEADING + "0\t0\t0\t1\t0\t0\t0\t0\n\n13\t0\t0\t1\t0\t0\t0\t0\n",
            "line 4: frame 13: a multiple of 25 above 0",
        ),
        (HEADING + "-25\t0\t0\t1\t0\t0\t0\t0\n", "line 2: frame -25: a multiple of 25 from 0 is expected"),
        (
            HEADING + "25\t0\t0\t1\t0\t0\t0\t0\n" * 2,
            "line 3: frame 25: a multiple of 25 above 25 is expected",
        ),
        ("<!doctype html><html>", "an HTML page, not an annotation of Cholec80"),
        ("\0\0\0", "not a text file"),
    ],
)
def test_a_garbled_annotation(tmp_path: Path, text: str, said: str) -> None:
    assert damaged(tmp_path, garbled(text)).startswith(f"tool_annotations/video01-tool.txt: {said}")


def test_lines_may_end_as_on_other_systems(tmp_path: Path) -> None:
    path = tmp_path / "video01-tool.txt"
    path.write_bytes(tool_rows(SMALL[1]).replace("\n", "\r\n").encode())
    assert [row.tools for row in read_tools(path)] == [("grasper",), ("grasper", "hook"), ("hook",), ()]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("0\tPreparation\n2\tPreparation\n", "line 3: frame 1 is expected, found 2"),
        ("0\tLunch\n", "line 2: Lunch is no phase; there are: Preparation, CalotTriangleDissection"),
    ],
)
def test_garbled_phases(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "video01-phase.txt"
    path.write_text("Frame\tPhase\n" + rows)
    with pytest.raises(NetworkError) as caught:
        read_phases(path)
    assert said in str(caught.value)


def test_phases_that_end_too_early() -> None:
    with pytest.raises(
        NetworkError, match=r"video01-phase.txt: it ends at frame 1, tools are annotated to frame 25"
    ):
        name_of(Moment(1, 25, ()), ("Preparation", "Preparation"))


def test_without_the_package(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(NetworkError) as caught:
        Cholec80(whole).moments((1,))
    assert str(caught.value) == (
        "videos are read with the package av, which is missing: pip install 'sassafras[video]'"
    )
