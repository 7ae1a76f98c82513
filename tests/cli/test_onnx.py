"""ONNX models on the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from tests.cli.conftest import Type
from tests.network.onnx.made import saved, small

from sassafras.campaign.source import open_campaign
from sassafras.network.images import load_images
from sassafras.network.normal import Normal
from sassafras.network.source import NetworkSource

QUICK = ["--kernels", "add_bias,gemm", "--modes", "RF,IOV", "--injections", "6", "--workers", "1"]


@pytest.fixture
def own(tmp_path: Path) -> list[object]:
    """Options for a model and two pictures."""
    images = tmp_path / "pictures"
    images.mkdir()
    dice = np.random.default_rng(3)
    for number in range(2):
        Pillow.fromarray(dice.integers(0, 256, (9, 12, 3), np.uint8)).save(images / f"{number}.png")
    return ["--network", saved(small(), tmp_path / "mine.onnx"), "--images", images]


def source_in(folder: str) -> dict[str, object]:
    with closing(sqlite3.connect(Path(folder) / "results.sqlite")) as base:
        (text,) = base.execute("SELECT value FROM meta WHERE key = 'source'").fetchone()
    found: dict[str, object] = json.loads(text)
    return found


def test_a_campaign_on_a_model_is_made_and_opened_again(sassafras: Type, own: list[object]) -> None:
    """By its file's ending, without --weights; the store says what it was made of."""
    done = sassafras("run", *own, *QUICK, "--out", "study")
    assert done.exit_code == 0, done.output
    assert "mine" in done.stderr
    assert set(source_in("study")) == {"cfg", "weights", "images", "count"}
    campaign, source = open_campaign(Path("study"))
    with closing(campaign.store):
        assert isinstance(source, NetworkSource)
        assert source.name == "mine"
        assert source.part_kinds() == tuple(
            node.kind for node in source.build(campaign.network.architecture).layers
        )
        assert len(campaign.injections()) == 12
    for words in (("resume", "study"), ("report", "study"), ("explain", "study", "0")):
        again = sassafras(*words)
        assert again.exit_code == 0, again.output


def test_a_changed_model_is_another_one(sassafras: Type, own: list[object]) -> None:
    assert sassafras("run", *own, *QUICK, "--out", "study").exit_code == 0
    made = small()
    made.graph.initializer[1].raw_data = bytes(16)
    saved(made, Path(str(own[1])))
    refused = sassafras("resume", "study")
    assert refused.exit_code == 2
    assert "Traceback" not in refused.output
    assert refused.stderr.count("\n") == 1


def test_what_is_judged_is_chosen(sassafras: Type, own: list[object]) -> None:
    done = sassafras("run", *own, *QUICK, "--out", "study", "--output", "g")
    assert done.exit_code == 0, done.output
    assert source_in("study")["output"] == "g"
    campaign, _ = open_campaign(Path("study"))
    with closing(campaign.store):
        assert campaign.network.parts[-1].kind == "connected"
    refused = sassafras("run", *own, *QUICK, "--out", "other", "--output", "gg")
    assert refused.exit_code == 2
    assert "no output 'gg'; did you mean g?" in refused.stderr


def test_mean_and_std(sassafras: Type, own: list[object]) -> None:
    """Of each channel; the store keeps them, and a campaign opened again has the same pictures."""
    normal = ["--mean", "0.485,0.456,0.406", "--std", "0.25"]
    done = sassafras("run", *own, *QUICK, "--out", "study", *normal)
    assert done.exit_code == 0, done.output
    assert source_in("study")["mean"] == [0.485, 0.456, 0.406]
    plain = load_images(str(own[3]), (3, 8, 8))[0].pixels
    wanted = (plain - np.array([[[0.485]], [[0.456]], [[0.406]]], np.float32)) / np.float32(0.25)
    campaign, _ = open_campaign(Path("study"))
    with closing(campaign.store):
        np.testing.assert_array_equal(campaign.images[0].arrays[0], wanted)
    assert sassafras("resume", "study").exit_code == 0
    other = sassafras("run", *own, *QUICK, "--out", "study")
    assert (other.exit_code, "different: frames" in other.stderr) == (2, True)
    again = load_images(str(own[3]), (3, 8, 8), normal=Normal((0.485, 0.456, 0.406), (0.25,)))
    np.testing.assert_array_equal(again[0].pixels, wanted)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mean", "a"), "--mean a: give numbers such as 0.485,0.456,0.406"),
        (("--std", "0"), "a mean is a finite number, a std one above 0"),
        (("--mean", "nan"), "a mean is a finite number, a std one above 0"),
        (("--mean", "1,2"), "mean: 2 numbers for 3 channels; give one for each"),
        (("--weights", "w"), "--weights: the weights of "),
    ],
)
def test_bad_options(sassafras: Type, own: list[object], words: tuple[str, str], said: str) -> None:
    refused = sassafras("run", *own, *QUICK, "--out", "study", *words)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert not Path("study").exists()


@pytest.mark.parametrize("name", ["mean", "output"])
def test_options_that_need_another(sassafras: Type, name: str) -> None:
    refused = sassafras("run", "--out", "study", f"--{name}", "1")
    assert refused.exit_code == 2
    assert f"--{name} " in refused.stderr


def test_a_bad_file_is_one_line(sassafras: Type, own: list[object]) -> None:
    file = Path(str(own[1]))
    file.write_bytes(file.read_bytes()[:1000])
    refused = sassafras("run", *own, *QUICK, "--out", "study")
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"error: {file}: 1000 bytes are not an ONNX model, or not all of it: fetch or export it again\n"
    )
