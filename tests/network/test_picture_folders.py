"""Which files of a folder are read, what is said of the others, and where labels come from."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from sassafras.errors import NetworkError
from sassafras.network.fit import Fit
from sassafras.network.images import ImageWarning, load_images, read_images
from sassafras.network.labels import label_of

SHAPE = (3, 4, 4)
CLASSES = ("hook", "grasper", "hook_tip")


def put(folder: Path, *names: str) -> None:
    """Light pictures of these names."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.new("RGB", (4, 4), (200, number, 0)).save(path)


def labels(folder: Path, classes: tuple[str, ...] = CLASSES) -> dict[str, str | None]:
    read = read_images(folder, SHAPE, classes)
    return {i.name: None if i.label is None else classes[i.label] for i in read.images}


@pytest.mark.parametrize(
    ("folder", "stem", "label"),
    [
        ("", "hook", "hook"),
        ("", "000003-hook", "hook"),
        ("", "3_hook_tip", "hook_tip"),  # the longest at the end
        ("", "hook_0003", "hook"),  # anywhere, as Darknet
        ("", "dhook3", "hook"),
        ("", "HOOK_0003", None),
        ("", "hook_tip_3", None),  # hook and hook_tip: Darknet says "too many"
        ("", "hook-grasper", "grasper"),  # the end wins over anywhere
        ("", "0003", None),
        ("grasper", "0003", "grasper"),
        ("grasper", "0003-hook", "grasper"),  # the sub-folder wins
        ("my-grasper", "0003-hook", "hook"),
        ("my-grasper", "0003", "grasper"),  # the path counts, as in Darknet
        ("none", "0003", None),
    ],
)
def test_labels(folder: str, stem: str, label: str | None) -> None:
    found = label_of(folder, stem, CLASSES)
    assert (None if found is None else CLASSES[found]) == label


def test_class_sub_folders(tmp_path: Path) -> None:
    put(tmp_path, "hook/b.png", "hook/a.png", "grasper/0-hook.png", "other/1.png", "other/2-hook.png")
    assert labels(tmp_path) == {
        "grasper/0-hook.png": "grasper",
        "hook/a.png": "hook",
        "hook/b.png": "hook",
        "other/1.png": None,
        "other/2-hook.png": "hook",
    }
    assert list(labels(tmp_path)) == sorted(labels(tmp_path))
    (line,) = read_images(tmp_path, SHAPE, CLASSES).notes
    assert line.endswith("1 sub-folder is no class of the network: other/; its images take labels from names")
    assert [image.label for image in load_images(tmp_path, SHAPE)] == [None] * 5


def test_sub_folders_beside_images_are_left_out_and_named(tmp_path: Path) -> None:
    """So a folder that was read before is read as before."""
    put(tmp_path, "1-hook.png", "thumbs/1.png")
    read = read_images(tmp_path, SHAPE, CLASSES)
    assert [image.name for image in read.images] == ["1-hook.png"]
    (line,) = read.notes
    assert "1 entry is left out" in line
    assert "thumbs/" in line


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    put(tmp_path, "1-hook.png")
    for name in ("a.gif", "b.heic", "c.txt", "d.svg", "e\nf.txt", ".hidden", "._1-hook.png"):
        (tmp_path / name).write_text("")
    (line,) = read_images(tmp_path, SHAPE).notes
    assert line.startswith(f"{tmp_path}: 5 entries are left out")
    assert "a.gif, b.heic, c.txt and 2 more" in line
    assert ".webp" in line
    assert "hidden" not in line
    (tmp_path / "a.gif").unlink()
    (tmp_path / "b.heic").unlink()
    (line,) = read_images(tmp_path, SHAPE).notes
    assert r"c.txt, d.svg, e\nf.txt" in line
    assert "\n" not in line


@pytest.mark.skipif(sys.platform != "linux", reason="others have no such names")
def test_names_that_nobody_can_write_are_escaped(tmp_path: Path) -> None:
    """A store holds UTF-8, and a line is a line."""
    put(tmp_path, os.fsdecode(b"\xff-hook.png"), "two\nlines-hook.png", "d\u00e9p\u00f4t-hook.png")
    read = read_images(tmp_path, SHAPE, CLASSES)
    assert [image.name for image in read.images] == [
        "d\u00e9p\u00f4t-hook.png",
        r"two\nlines-hook.png",
        r"\udcff-hook.png",
    ]
    assert [image.label for image in read.images] == [0, 0, 0]


def test_what_is_left_out_of_sub_folders_is_named(tmp_path: Path) -> None:
    put(tmp_path, "hook/a.png", "hook/old/b.png")
    (tmp_path / "hook" / "notes.txt").write_text("")
    (tmp_path / "readme.md").write_text("")
    (line,) = read_images(tmp_path, SHAPE, CLASSES).notes
    assert "3 entries are left out" in line
    assert "hook/notes.txt, hook/old/, readme.md" in line


def test_from_python_it_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path, "1.png")
    (tmp_path / "a.gif").write_text("")
    with pytest.warns(ImageWarning, match="1 entry is left out .*: a.gif$") as caught:
        load_images(tmp_path, SHAPE)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_names_with_several_classes_are_named(tmp_path: Path) -> None:
    put(tmp_path, "hook_tip_1.png", "hook_2.png")
    (line,) = read_images(tmp_path, SHAPE, CLASSES).notes
    assert "1 image has no label, for several classes are in its name: hook_tip_1.png" in line


def test_the_first_so_many_alone_are_read(tmp_path: Path) -> None:
    put(tmp_path, "1.png", "2.png")
    (tmp_path / "3.png").write_bytes(b"no picture")
    read = read_images(tmp_path, SHAPE, count=2)
    assert [image.name for image in read.images] == ["1.png", "2.png"]
    with pytest.raises(NetworkError, match=r"3\.png: not a readable"):
        read_images(tmp_path, SHAPE)
    with pytest.raises(NetworkError, match="has 3 images, 4 are asked for"):
        read_images(tmp_path, SHAPE, count=4)


def test_a_folder_without_images_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_text("")
    with pytest.raises(NetworkError, match=r"no images in this folder; expected \.png.*; found a\.gif$"):
        load_images(tmp_path)


@pytest.mark.parametrize("fit", Fit)
def test_fit_by_name_too(tmp_path: Path, fit: Fit) -> None:
    dice = np.random.Generator(np.random.Philox(2))
    Pillow.fromarray(dice.integers(128, 256, (6, 12, 3), np.uint8)).save(tmp_path / "a.png")
    (one,), (two,) = (load_images(tmp_path, SHAPE, fit=way) for way in (fit, fit.value))
    np.testing.assert_array_equal(one.pixels, two.pixels)
    assert one.fit is fit
    assert (one.pixels[:, 0] == 0.5).all() == (fit is Fit.LETTERBOX)
    assert not one.pixels.flags.writeable


def test_a_way_that_does_not_exist(tmp_path: Path) -> None:
    put(tmp_path, "1.png")
    with pytest.raises(NetworkError, match="unknown fit 'squash'; known: stretch, letterbox, crop"):
        load_images(tmp_path, SHAPE, fit="squash")


def test_a_picture_that_a_letterbox_would_lose_is_named(tmp_path: Path) -> None:
    Pillow.new("RGB", (100, 1), "white").save(tmp_path / "line.png")
    with pytest.raises(NetworkError, match=r"line\.png: 100x1 pixels: nothing is left"):
        load_images(tmp_path, SHAPE, fit=Fit.LETTERBOX)
