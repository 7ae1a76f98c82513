"""The large networks are what they are called, and compute what they say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.network.darknet_table import row_of
from tests.network.debian_files import fetched_cfgs
from tests.network.large.cfgs import CFGS
from tests.network.large.files import PUBLISHED, write_cfg, write_model
from tests.network.large.models import MODELS
from tests.network.large.size import Size
from tests.network.onnx import made

from sassafras.network.importers.darknet.config import parse_cfg, read_cfg
from sassafras.network.importers.importer import NetworkFiles, importer_of

NARROW = Size(thinner=16, side=64, classes=10)
WEIGHTED = {"vgg-16": 16, "resnet50": 50, "densenet201": 201}
PARAMETERS = {"vgg-16": 138_357_544, "resnet50": 25_557_032, "densenet201": 20_013_928}
"""As torchvision documents them; means and variances of batch normalisations are none there."""

each = pytest.mark.parametrize("name", CFGS)


@each
def test_cfgs_agree_with_float64_at_their_real_depth(name: str, tmp_path: Path) -> None:
    cfg = tmp_path / f"{name}.cfg"
    cfg.write_text(CFGS[name](NARROW))
    assert row_of(cfg).result == "agrees"
    kinds = [node.kind for node in read_cfg(cfg).graph.nodes]
    assert sum(kind in ("convolutional", "connected") for kind in kinds) == WEIGHTED[name]


@each
def test_models_agree_with_the_reference_evaluator_at_their_real_depth(name: str) -> None:
    model = MODELS[name](NARROW)
    made.assert_same(model, made.some(3, 1, 3, NARROW.side, NARROW.side), model.graph.output[0].name)
    shortcuts = 4 if name == "resnet50" else 0  # convolutions beside the bottlenecks are not counted
    assert sum(node.op_type in ("Conv", "Gemm") for node in model.graph.node) == WEIGHTED[name] + shortcuts


@each
def test_both_files_are_loaded(name: str, tmp_path: Path) -> None:
    cfg, weights = write_cfg(tmp_path, name, NARROW)
    for files in (NetworkFiles(cfg, weights), NetworkFiles(write_model(tmp_path, name, NARROW))):
        assert importer_of(files.network).load(files).outputs[0].nbytes == 4 * NARROW.classes


@pytest.mark.long
@each
def test_models_of_full_size_have_the_parameters_of_torchvisions(name: str) -> None:
    graph = MODELS[name](Size()).graph
    sizes = {one.name: math.prod(one.dims) for one in graph.initializer}
    statistics = {i for node in graph.node if node.op_type == "BatchNormalization" for i in node.input[3:]}
    assert sum(size for one, size in sizes.items() if one not in statistics) == PARAMETERS[name]


@pytest.mark.slow
def test_cfgs_of_full_size_have_the_graphs_of_pjreddies(tmp_path: Path) -> None:
    folder = fetched_cfgs(tmp_path)
    for name, make in CFGS.items():
        theirs = read_cfg(folder / f"{name}.cfg").graph
        assert parse_cfg(make(PUBLISHED[name])).graph.canonical == theirs.canonical
