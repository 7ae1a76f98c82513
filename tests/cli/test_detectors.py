"""What stands before a detector's head, on the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from tests.campaign import networks
from tests.campaign.darknet_networks import DARKNET
from tests.cli.conftest import Type

from sassafras.campaign.source import open_campaign
from sassafras.network.importers.darknet.weights import format_weights
from sassafras.network.source import NetworkSource

QUICK = ["--kernels", "upsample,normalize", "--modes", "RF,IOV", "--injections", "6", "--workers", "1"]
HEAD = DARKNET["trunk"] + "[yolo]\nmask=0\n"


@pytest.fixture
def own(tmp_path: Path) -> list[object]:
    """Options for a cfg with a head, its weights (others behind them) and two pictures."""
    trunk = networks.network(DARKNET["trunk"], 6)
    (tmp_path / "mine.cfg").write_text(HEAD)
    weights = format_weights(dict(trunk.parameters), trunk.layers) + np.ones(9, "<f4").tobytes()
    (tmp_path / "mine.weights").write_bytes(weights)
    images = tmp_path / "pictures"
    images.mkdir()
    dice = np.random.default_rng(3)
    for number in range(2):
        Pillow.fromarray(dice.integers(0, 256, (12, 10, 3), np.uint8)).save(images / f"{number}.png")
    files = ["--network", tmp_path / "mine.cfg", "--weights", tmp_path / "mine.weights"]
    return [*files, "--images", images]


def test_the_head_is_refused_and_the_way_out_goes(sassafras: Type, own: list[object]) -> None:
    """The store says where the network ends: it is opened, gone on with and reported as it was run."""
    refused = sassafras("run", *own, *QUICK, "--out", "study")
    assert refused.exit_code == 2
    (line,) = [line for line in refused.stderr.splitlines() if "detection head" in line]
    way = line.rpartition("runs: ")[2].split()
    assert way == ["--output", "9"]
    done = sassafras("run", *own, *way, *QUICK, "--out", "study")
    assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(Path("study") / "results.sqlite")) as base:
        (text,) = base.execute("SELECT value FROM meta WHERE key = 'source'").fetchone()
    assert json.loads(text)["output"] == "9"
    campaign, source = open_campaign(Path("study"))
    with closing(campaign.store):
        assert isinstance(source, NetworkSource)
        assert source.part_kinds() == tuple(part.kind for part in campaign.network.parts)
        assert len(campaign.injections()) == 12
    for words in (("resume", "study"), ("report", "study"), ("explain", "study", "0")):
        again = sassafras(*words)
        assert again.exit_code == 0, again.output
    other = sassafras("run", *own, "--output", "2", "--modes", "RF", "--out", "study")
    assert other.exit_code == 2  # another network: not this campaign


@pytest.mark.parametrize("output", ["11", "-1", "last"])
def test_an_output_that_is_no_layer(sassafras: Type, own: list[object], output: str) -> None:
    done = sassafras("run", *own, f"--output={output}", *QUICK, "--out", "study")
    assert done.exit_code == 2
    assert f"--output {output} is no layer: give a number from 0 to 10" in " ".join(done.stderr.split())
