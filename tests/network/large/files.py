"""Large networks written to files, with random weights."""

from __future__ import annotations

from pathlib import Path

import onnx
from tests.network.darknet_table import random_parameters
from tests.network.large.cfgs import CFGS
from tests.network.large.models import MODELS
from tests.network.large.size import Size

from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.importers.darknet.weights import write_weights

PUBLISHED = {"vgg-16": Size(), "resnet50": Size(side=256), "densenet201": Size(side=256)}
"""Sizes at which pjreddie's cfgs have these networks; the ONNX models have `Size` as it is."""


def write_cfg(folder: Path, name: str, size: Size) -> tuple[Path, Path]:
    """``name``.cfg and ``name``.weights: they."""
    cfg, weights = folder / f"{name}.cfg", folder / f"{name}.weights"
    cfg.write_text(CFGS[name](size))
    graph = read_cfg(cfg).graph
    write_weights(weights, random_parameters(graph), graph.nodes)
    return cfg, weights


def write_model(folder: Path, name: str, size: Size) -> Path:
    """``name``.onnx."""
    file = folder / f"{name}.onnx"
    onnx.save(MODELS[name](size), file)
    return file
