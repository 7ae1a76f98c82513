"""The five-minute start: a whole study of the small bundled network, and its folder opened again."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image as Pillow
from typer.testing import Result

import sassafras as package
from sassafras.campaign.source import open_campaign
from sassafras.network.lenet import LENET

Type = Callable[..., Result]
FEW = ("--injections", "20", "--frames", "12", "--workers", "1")
LAUNCHED = ["fill_gpu", "im2col_gpu", "gemm", "add_bias", "activate_array", "forward_maxpool", "softmax"]


@pytest.fixture
def study(
    sassafras: Type, shelf: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A copy of a finished study, in the working folder."""
    if ("lenet",) not in shelf:
        shelf["lenet",] = tmp_path_factory.mktemp("lenet") / "study"
        done = sassafras("run", "--preset", "lenet", *FEW, "--out", shelf["lenet",])
        assert done.exit_code == 0, done.output
        assert "golden: 12 of 12 frames right (by their true class)" in done.stdout
        assert done.stdout.splitlines()[-1] == "struck: every kernel of the inference"
        assert "20 RF + 20 IOA + 20 IOV faults" in done.stderr
        assert "of lenet on sm_50, 12 frames, seed 2021" in " ".join(done.stderr.split())
    return Path(shutil.copytree(shelf["lenet",], "study"))


def test_a_whole_study(study: Path) -> None:
    summary = json.loads((study / "summary.json").read_text())
    assert (summary["network"], summary["frames"]) == ("lenet", 12)
    assert summary["struck"]["kernels"] == LAUNCHED
    page = " ".join((study / "report.html").read_text("utf-8").split())
    assert "pictures that come with the network" in page
    assert "trained on the 60,000 training pictures of Fashion-MNIST" in page
    assert "synthetic" not in page.partition("<h2")[2].split("What is real, what is synthetic")[0]
    assert tomllib.loads((study / "campaign.toml").read_text())["preset"] == "lenet"


def test_its_folder_opens_again(sassafras: Type, study: Path) -> None:
    rows = (study / "injections.csv").read_bytes()
    for command in ("tables", "report", "resume"):
        done = sassafras(command, study)
        assert done.exit_code == 0, (command, done.output)
    assert (study / "injections.csv").read_bytes() == rows
    campaign, source = open_campaign(study)
    with closing(campaign.store):
        assert (source.name, campaign.network.digest) == ("lenet", LENET.digest)
        assert [image.label for image in campaign.images] == [image.label for image in LENET.images(12)]
    table = pd.read_csv(study / "injections.csv")
    fault = int(table[table.outcome == "SDC"].id.iloc[0])
    told = sassafras("explain", study, fault)
    assert told.exit_code == 0, told.output
    assert f"(id {fault}) of study: SDC" in told.stdout


def test_a_run_that_is_made_longer_is_the_longer_run(sassafras: Type, study: Path) -> None:
    """Also repeated from what it wrote."""
    sassafras(
        "run", "--config", study / "campaign.toml", "--injections", "30", "--workers", "1", "--out", study
    )
    again = sassafras("run", "--preset", "lenet", *FEW, "--injections", "30", "--out", "whole")
    assert again.exit_code == 0, again.output
    assert (study / "injections.csv").read_bytes() == Path("whole/injections.csv").read_bytes()


def test_parts_of_it_point_to_the_whole(sassafras: Type) -> None:
    done = sassafras("run", "--preset", "lenet", *FEW, "--kernels", "fill_gpu,softmax", "--out", "part")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].endswith("strike them with: sassafras run --preset lenet")


def test_pictures_of_ones_own(sassafras: Type) -> None:
    Path("mine/Bag").mkdir(parents=True)
    Pillow.fromarray(np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28)).save(
        "mine/Bag/one.png"
    )
    words = ("run", "--preset", "lenet", "--injections", "4", "--workers", "1", "--images", "mine")
    done = sassafras(*words, "--out", "own")
    assert done.exit_code == 0, done.output
    assert "of 1 frames right" in done.stdout
    campaign, source = open_campaign(Path("own"))
    with closing(campaign.store):
        assert (source.name, source.is_synthetic) == ("lenet", False)
        assert [(image.name, image.label) for image in campaign.images] == [("Bag/one.png", 8)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--frames", "101"], "lenet comes with 100 pictures, 101 are asked for"),
        (["--frame-classes", "balanced"], "of rendered frames: lenet comes with pictures"),
        (["--names", "x.names"], "--names needs --network"),
        (["--kernels", "add"], "lenet launches none of add"),
    ],
)
def test_what_it_cannot_have_is_refused_in_one_line(sassafras: Type, words: list[str], said: str) -> None:
    done = sassafras("run", "--preset", "lenet", *words, "--out", "refused")
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())
    assert not Path("refused").exists()


def test_from_python(tmp_path: Path) -> None:
    """The preset is enough; the network may be given too; the folder opens without it."""
    settings = package.preset("lenet", injections=3, frames=2)
    for name, given in (("alone", None), ("given", package.load_lenet())):
        campaign = package.Campaign(tmp_path / name, settings, given)
        campaign.run()
        assert (campaign.network.name, len(campaign.images), len(campaign.injections())) == ("lenet", 2, 9)
        campaign.store.close()
        opened = package.open(tmp_path / name)
        assert opened.network.digest == LENET.digest
        opened.store.close()
