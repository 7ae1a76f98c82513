"""A technique that refuses a launch of a network is not offered there; all others are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.small_files import CFG
from tests.hardening.test_command import refused as assert_refused
from tests.hardening.test_command import typed

from sassafras.hardening.bounds import unbounded
from sassafras.hardening.overhead import every_technique
from sassafras.hardening.plan import launched
from sassafras.hardening.refused import refused
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.importers.darknet.load import load_darknet
from sassafras.network.importers.darknet.weights import write_weights
from sassafras.network.network import Network

BESIDE = CFG.replace("padding=0", "padding=4")  #: pooling windows that lie beside the map
LONG = "[net]\nheight=150\nwidth=150\nchannels=3\n\n[connected]\noutput=3\nactivation=linear\n\n[softmax]\n"


def made(folder: Path, cfg: str) -> Network:
    (folder / "own.cfg").write_text(cfg)
    dice = np.random.Generator(np.random.Philox(5))
    config = parse_cfg(cfg)
    parameters = {
        name: (dice.standard_normal(shape) * 0.01).astype(np.float32)
        for layer in config.graph.nodes
        for name, shape in layer.parameter_shapes.items()
    }
    write_weights(folder / "own.weights", parameters, config.graph.nodes)
    return load_darknet(folder / "own.cfg", folder / "own.weights")


def test_windows_beside_the_map(tmp_path: Path) -> None:
    ((pair, why),) = refused(made(tmp_path, BESIDE)).items()
    assert pair == ("forward_maxpool", Technique.FIRST_VALID)
    assert "some lie beside it" in why


def test_a_long_chain(tmp_path: Path) -> None:
    ((pair, why),) = refused(made(tmp_path, LONG)).items()
    assert pair == ("gemm", Technique.ABFT)
    assert "abft takes k up to 65536, not 67500" in why


def test_only_what_is_refused_is_left_out(tmp_path: Path) -> None:
    network = made(tmp_path, BESIDE)
    every, offered = (
        every_technique(launched(network), unbounded(network), without) for without in ((), refused(network))
    )
    assert every.keys() - offered.keys() == {Technique.FIRST_VALID}
    assert {technique: every[technique] for technique in offered} == offered
    for protection in offered.values():
        assert harden(network, protection).plan


def test_nothing_is_refused_elsewhere(tmp_path: Path) -> None:
    network = made(tmp_path, CFG)
    assert not refused(network)
    assert any(Technique.FIRST_VALID in techniques_of(kernel) for kernel in launched(network))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished campaign of the network with the long chain."""
    from tests.cli.small_files import write_files

    place = tmp_path_factory.mktemp("long")
    images = write_files(place, pictures=1).images
    made(place, LONG)
    words = ["--network", place / "own.cfg", "--weights", place / "own.weights", "--images", images]
    run = typed("run", *words, "--injections", 20, "--workers", 1, "--kernels", "all", "--out", place / "out")
    assert run.exit_code == 0, run.output
    return place / "out"


@pytest.mark.slow
def test_any_other_plan_works(folder: Path) -> None:
    done = typed("harden", folder, "--plan", "dmr", "--injections", 10, "--workers", 1)
    assert done.exit_code == 0, done.output
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("not offered: ")]
    assert line.startswith("not offered: gemm=abft: gemm with abft takes k up to 65536, not 67500")
    numbers = json.loads((folder / "harden.json").read_text())
    assert "abft" not in json.dumps(numbers["planner"])
    assert "abft" not in json.dumps(numbers["table2"])


@pytest.mark.slow
def test_what_is_not_offered_is_refused_at_once(folder: Path) -> None:
    words = ("--protect", "gemm=abft", "--workers", 1)
    assert_refused(typed("harden", folder, *words), "takes k up to 65536", "tmr, dmr or dmr-retry")
    plan = ("--plan", "abft", "--workers", 1)
    assert_refused(typed("harden", folder, *plan), "has no kernel that takes abft; choose another plan")
