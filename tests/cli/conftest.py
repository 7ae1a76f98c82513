"""A small Darknet network in files, images for it, and a command line to type into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from sassafras.cli.main import app
from sassafras.network.config import parse_cfg
from sassafras.network.weights import write_weights

CFG = """
[net]
height=9
width=9
channels=3

[convolutional]
filters=4
size=3
stride=2
activation=relu

[maxpool]
size=2
stride=2
padding=0

[connected]
output=3
activation=linear

[softmax]
"""

Type = Callable[..., Result]


@dataclass(frozen=True)
class Files:
    """Where the small network and its images are."""

    cfg: Path
    weights: Path
    images: Path

    @property
    def options(self) -> list[str]:
        """Options that select them."""
        return ["--network", str(self.cfg), "--weights", str(self.weights), "--images", str(self.images)]


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_places(cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of the tests' own, and an empty working folder: what a command leaves behind is seen."""
    monkeypatch.setenv("SASSAFRAS_CACHE", str(cache_folder))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = Files(tmp_path / "tiny.cfg", tmp_path / "tiny.weights", tmp_path / "images")
    made.cfg.write_text(CFG)
    config = parse_cfg(CFG)
    dice = np.random.Generator(np.random.Philox(3))
    parameters = {
        name: dice.standard_normal(shape).astype(np.float32)
        for layer in config.layers
        for name, shape in layer.parameter_shapes.items()
    }
    write_weights(made.weights, parameters, config.layers)
    made.images.mkdir()
    for number in range(2):
        pixels = dice.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made.images / f"{number}.png")
    return made


@pytest.fixture
def sassafras() -> Type:
    """Types a command line."""
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])
