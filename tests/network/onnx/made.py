"""Models made for tests, and what they compute: by us, and by the reference evaluator of ``onnx``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from sassafras.network.importers.onnx.load import network_of
from sassafras.network.network import Network
from sassafras.workload.running import run_twins

Shape = Sequence[int | str]
OPSET = 17
NODE: Callable[..., NodeProto] = helper.make_node


def model(
    nodes: Sequence[NodeProto],
    constants: Mapping[str, NDArray[Any]] | None = None,
    shape: Shape = (1, 3, 8, 8),
    *,
    outputs: Sequence[str] = ("y",),
    opset: int = OPSET,
    kind: int = TensorProto.FLOAT,
) -> ModelProto:
    """From "x" to ``outputs``, with constants as initializers."""
    graph = helper.make_graph(
        nodes,
        "made",
        [helper.make_tensor_value_info("x", kind, list(shape))],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(values, name) for name, values in (constants or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def number(value: float) -> NDArray[np.float32]:
    """A constant of no dimensions."""
    return np.array(value, np.float32)


def integers(*numbers: int) -> NDArray[Any]:
    """A constant list, such as a shape."""
    return np.array(numbers, np.int64)


def some(seed: int, *shape: int) -> NDArray[np.float32]:
    """Numbers around 0."""
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def network(made: ModelProto, output: str | None = None) -> Network:
    """As it would be loaded."""
    return network_of(made, Path("made.onnx"), output=output)


def ours(made: ModelProto, image: NDArray[np.float32], output: str | None = None) -> NDArray[np.float32]:
    """The result by native twins, flat."""
    found = network(made, output)
    memory = found.fresh_memory()
    found.load(memory, image.reshape(found.input_shape))
    run_twins(found, memory)
    return found.result(memory).numbers


def theirs(made: ModelProto, image: NDArray[np.float32], output: str = "y") -> NDArray[np.float32]:
    """The result by the reference evaluator, flat."""
    (values,) = list(ReferenceEvaluator(made).run([output], {"x": image}))
    return np.asarray(values, np.float32).reshape(-1)


def assert_same(made: ModelProto, image: NDArray[np.float32], output: str = "y") -> None:
    """Both, to rounding."""
    np.testing.assert_allclose(ours(made, image, output), theirs(made, image, output), rtol=1e-4, atol=1e-5)


def kinds(made: ModelProto, output: str | None = None) -> list[str]:
    """Of the layers."""
    return [node.kind for node in network(made, output).layers]


def small() -> ModelProto:
    """Convolution, pool, product, probabilities: 6 classes of a 3x8x8 picture."""
    nodes = [
        NODE("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]),
        NODE("Relu", ["c"], ["r"]),
        NODE("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        NODE("Flatten", ["p"], ["f"]),
        NODE("Gemm", ["f", "v", "a"], ["g"], transB=1),
        NODE("Softmax", ["g"], ["y"]),
    ]
    constants = {"w": some(1, 4, 3, 3, 3), "b": some(2, 4), "v": some(3, 6, 64), "a": some(4, 6)}
    return model(nodes, constants)


def saved(made: ModelProto, file: Path, **options: Any) -> Path:
    """Written to a file."""
    onnx.save(made, file, **options)
    return file
