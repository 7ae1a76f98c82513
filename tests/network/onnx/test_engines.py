"""Models as they come, struck by faults: both engines give the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto
from tests.campaign.networks import images
from tests.campaign.rows import FAST_ONLY, assert_same, run
from tests.network.onnx import made
from tests.network.onnx.made import NODE, model, network, number, some


def excited() -> ModelProto:
    """As MobileNet and EfficientNet are built: depthwise, squeeze and excitation, residual."""
    nodes = [
        NODE("Conv", ["x", "w0"], ["c0"], pads=[0, 0, 1, 1], strides=[2, 2]),
        NODE("BatchNormalization", ["c0", "scale", "bias", "mean", "variance"], ["n0"]),
        NODE("Clip", ["n0", "zero", "six"], ["r0"]),
        NODE("Conv", ["r0", "w1", "b1"], ["c1"], pads=[1, 1, 1, 1], group=4),
        NODE("GlobalAveragePool", ["c1"], ["g"]),
        NODE("Conv", ["g", "w2", "b2"], ["s"]),
        NODE("Sigmoid", ["s"], ["t"]),
        NODE("Mul", ["c1", "t"], ["m"]),
        NODE("Add", ["m", "r0"], ["a"]),
        NODE("ReduceMean", ["a"], ["p"], axes=[2, 3], keepdims=0),
        NODE("Gemm", ["p", "v"], ["l"]),
        NODE("Softmax", ["l"], ["y"]),
    ]
    constants = {
        "w0": some(1, 4, 3, 3, 3),
        "w1": some(2, 4, 1, 3, 3),
        "b1": some(3, 4),
        "w2": some(4, 4, 4, 1, 1),
        "b2": some(5, 4),
        "v": some(6, 4, 5),
        "zero": number(0),
        "six": number(6),
        "scale": some(7, 4),
        "bias": some(8, 4),
        "mean": some(9, 4),
        "variance": np.asarray(np.abs(some(10, 4)) + 0.5, np.float32),
    }
    return model(nodes, {name: np.asarray(values) for name, values in constants.items()})


def reshaped() -> ModelProto:
    """Maps seen by another shape in the middle, read by two, and a constant that nothing takes in."""
    nodes = [
        NODE("Conv", ["x", "w0", "b0"], ["c0"], kernel_shape=[1, 3]),
        NODE("Relu", ["c0"], ["r0"]),
        NODE("Reshape", ["r0", "wide"], ["v"]),
        NODE("AveragePool", ["v"], ["p"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        NODE("Concat", ["p", "own"], ["k"], axis=1),
        NODE("HardSwish", ["k"], ["n"]),
        NODE("Sub", ["n", "row"], ["d"]),
        NODE("Reshape", ["d", "flat"], ["f"]),
        NODE("MatMul", ["f", "m"], ["l"]),
        NODE("Add", ["l", "o"], ["y"]),
    ]
    constants = {
        "w0": some(1, 4, 3, 1, 3),
        "b0": some(2, 4),
        "own": some(6, 1, 8, 2, 4),
        "wide": np.array([1, 8, 3, 8]),
        "row": some(3, 4),
        "flat": np.array([1, -1]),
        "m": some(4, 128, 5),
        "o": some(5, 5),
    }
    return model(nodes, constants)


MODELS = {"small": made.small, "excited": excited, "reshaped": reshaped}


@pytest.mark.parametrize("name", MODELS)
def test_models_compute_what_they_say(name: str) -> None:
    made.assert_same(MODELS[name](), some(0, 1, 3, 8, 8))


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", MODELS)
def test_both_engines_agree(name: str, tmp_path: Path) -> None:
    found = network(MODELS[name]())
    fast, full = (
        run(tmp_path / engine, found, images(found), injections=60, engine=engine)
        for engine in ("fast", "full")
    )
    assert_same(fast, full, without=FAST_ONLY)
    assert len(set(fast.kernel)) > 2
