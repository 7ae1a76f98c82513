"""VGG-16, ResNet-50 and DenseNet-201, every layer of them with few channels: both engines give the same
rows, of the cfg's graph and of the ONNX model's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.campaign.networks import images
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.network.darknet_table import random_parameters
from tests.network.large.cfgs import CFGS
from tests.network.large.models import MODELS
from tests.network.large.size import Size
from tests.network.onnx import made

from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.network import Network, build_network

NARROW = Size(thinner=32, side=32, classes=5)


def darknet(name: str) -> Network:
    graph = parse_cfg(CFGS[name](NARROW)).graph
    return build_network(graph, random_parameters(graph), [f"class{k}" for k in range(NARROW.classes)], name)


def onnx(name: str) -> Network:
    model = MODELS[name](NARROW)
    return made.network(model, model.graph.output[0].name)


NETWORKS: dict[str, Callable[[str], Network]] = {"cfg": darknet, "ONNX": onnx}
each = pytest.mark.parametrize("name", CFGS)
both = pytest.mark.parametrize("kind", NETWORKS)


def compared(name: str, kind: str, folder: Path, injections: int) -> str:
    """Runs and compares so many faults of each mode; says what they were."""
    network = NETWORKS[kind](name)
    fast, full = (
        run(folder / engine, network, images(network)[:1], injections=injections, seed=15, engine=engine)
        for engine in ("fast", "full")
    )
    assert_same(fast, full, FAST_ONLY)
    outcomes = fast.groupby("outcome").size().to_dict()
    depth = f"{len(network.layers)} layers, {len(network.plan)} launches"
    return f"{name}, {kind}: {depth}; {len(fast)} faults, rows of both engines equal: {outcomes}"


@pytest.mark.slow
@pytest.mark.engines
@both
@each
def test_rows_of_both_engines_are_equal(name: str, kind: str, tmp_path: Path) -> None:
    assert "102 faults" in compared(name, kind, tmp_path, 34)


@pytest.mark.slow
@both
@each
def test_both_engines_agree_on_many_faults(
    name: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compared(name, kind, tmp_path, 667)
    with capsys.disabled():
        print(f"\n{found}")  # noqa: T201
