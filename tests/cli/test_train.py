"""``sassafras train`` on the command line; what it does is in `tests/training`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Type
from tests.training.made import write_folders

from sassafras.progress import Progress
from sassafras.training.card import ClassScore, PartScore
from sassafras.training.recipe import Answers, Device, Recipe
from sassafras.training.torch_package import _Missing
from sassafras.training.training import Trained
from sassafras.workload.choices import Fit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_folders(tmp_path / "colours", 2)


def test_without_torch(sassafras: Type, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where it is not installed: that it is, nobody else needs."""
    monkeypatch.setattr("sassafras.training.fitting.torch", _Missing())
    refused = sassafras("train", data, "--network", "lenet", "--out", "net")
    assert refused.exit_code == 2
    assert refused.output == (
        "error: networks are trained with PyTorch, which is missing: pip install 'sassafras[train]'\n"
    )
    assert not Path("net").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--answers", "labls"],
            "unknown kind of answers 'labls'; did you mean labels? known: class, labels",
        ),
        (["--device", "gpu"], "unknown device 'gpu'; did you mean cpu? known: auto, cpu, cuda"),
        (["--fit", "squeeze"], "unknown fit 'squeeze'"),
        (["--held-out", "1"], "--held-out 1: give a share between 0 and 1, such as 0.2"),
        (["--rate", "0"], "--rate 0: give a learning rate above 0"),
        (["--epochs", "0"], "--epochs"),
        (["--every", "0"], "--every"),
    ],
)
def test_words_and_numbers(sassafras: Type, data: Path, options: list[str], said: str) -> None:
    refused = sassafras("train", data, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stderr.startswith("error: ")
    assert "Traceback" not in refused.output


def test_what_it_hands_on_and_says(sassafras: Type, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def train(recipe: Recipe, folder: Path, progress: Progress, say: Any) -> Trained:
        asked.extend((recipe, folder))
        say("epoch 1 of 3: ...")
        parts = {"held out": PartScore(8, 6, (ClassScore("hook", 8, 6, 0),))}
        return Trained(folder, Answers.LABELS, parts)

    monkeypatch.setattr("sassafras.training.training.train", train)
    options = ["--network", "lenet", "--answers", "labels", "--epochs", "3", "--batch", "4", "--rate", "0.01"]
    options += ["--decay", "0", "--seed", "7", "--held-out", "0.5", "--patience", "2", "--every", "3"]
    done = sassafras("train", data, *options, "--fit", "crop", "--mirror", "--device", "cpu", "--out", "net")
    assert done.exit_code == 0, done.output
    recipe = Recipe(
        data, "lenet", Answers.LABELS, 3, 4, 0.01, 0.0, 7, 0.5, 2, 3, Fit.CROP, mirror=True, device=Device.CPU
    )
    assert asked == [recipe, Path("net")]
    assert done.stderr == "epoch 1 of 3: ...\n"
    score, card, command = done.stdout.splitlines()
    assert score == "held out: 6 of 8 right (75.0%)"
    assert card == "model card: net/card.md"
    assert command == (
        "next: sassafras run --network net/network.cfg --weights net/network.weights "
        f"--names net/network.names --multi-label 0.5 --images {data} --kernels all"
    )
    assert sassafras("train", data).exit_code == 0
    assert asked[2:] == [Recipe(data), Path("runs/trained")]
