"""The tests that come in the wheel of the package ``onnx``: models, inputs, outputs and tolerances."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.backend.test
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, numpy_helper
from onnx.backend.test.case import model as light_models
from onnx.backend.test.case import node as node_tests
from onnx.backend.test.loader import load_model_tests

Arrays = tuple[Any, ...]  #: one per input or output; what is no tensor stays as it is stored
DataSet = tuple[Arrays, Arrays]

_PLACE = Path(onnx.backend.test.__file__).parent / "data"


class Collection(StrEnum):
    """As the wheel names them."""

    LIGHT = "light"
    CONVERTED = "pytorch-converted"
    OPERATOR = "pytorch-operator"
    SIMPLE = "simple"
    NODE = "node"


@dataclass(frozen=True, eq=False)
class Case:
    """``model``, ``data``: read when they are asked for; inputs and outputs of each set."""

    collection: Collection
    name: str
    model: Callable[[], ModelProto]
    data: Callable[[ModelProto], list[DataSet]]
    rtol: float
    atol: float


def cases(collection: Collection) -> Iterator[Case]:
    """All of a collection, in order of their names."""
    makers = {Collection.LIGHT: _light, Collection.NODE: _nodes}
    found = makers[collection]() if collection in makers else _stored(collection)
    return iter(sorted(found, key=lambda case: case.name))


def _light() -> Iterator[Case]:
    for test in light_models.collect_testcases():
        if test.url is not None:
            file = _PLACE / "light" / Path(test.url).name
            yield Case(Collection.LIGHT, test.model_name, _read(file), _ramp(file), test.rtol, test.atol)


def _stored(collection: Collection) -> Iterator[Case]:
    for test in load_model_tests(kind=collection):
        name = test.name.removeprefix("test_")
        folder = Path(str(test.model_dir))
        yield Case(collection, name, _read(folder / "model.onnx"), _sets(folder), test.rtol, test.atol)


def _nodes() -> Iterator[Case]:
    for test in node_tests.collect_testcases(None):
        yield Case(
            Collection.NODE,
            test.name.removeprefix("test_"),
            _same(test.model),
            _given(test.data_sets),
            test.rtol,
            test.atol,
        )


def _read(file: Path) -> Callable[[], ModelProto]:
    return lambda: onnx.load(file)


def _same(model: ModelProto | None) -> Callable[[], ModelProto]:
    assert model is not None
    return lambda: model


def _given(sets: Any) -> Callable[[ModelProto], list[DataSet]]:
    return lambda _: [(tuple(map(_array, a)), tuple(map(_array, b))) for a, b in sets]


def _ramp(file: Path) -> Callable[[ModelProto], list[DataSet]]:
    """The input that ``onnx.backend.test.runner`` gives to the light models."""

    def data(model: ModelProto) -> list[DataSet]:
        shape = tuple(dim.dim_value for dim in inputs_of(model)[0].type.tensor_type.shape.dim)
        size = int(np.prod(shape))
        image = (np.arange(size).reshape(shape) / size).astype(np.float32)
        output = _array(onnx.load_tensor(file.with_name(f"{file.stem}_output_0.pb")))
        return [((image,), (output,))]

    return data


def _sets(folder: Path) -> Callable[[ModelProto], list[DataSet]]:
    def data(model: ModelProto) -> list[DataSet]:
        return [
            (
                tuple(_stored_array(one, f"input_{k}.pb", e) for k, e in enumerate(inputs_of(model))),
                tuple(_stored_array(one, f"output_{k}.pb", e) for k, e in enumerate(model.graph.output)),
            )
            for one in sorted(folder.glob("test_data_set_*"))
        ]

    return data


def _stored_array(folder: Path, name: str, entry: onnx.ValueInfoProto) -> Any:
    if not entry.type.HasField("tensor_type"):
        return None  # a sequence: its model is refused before
    return _array(onnx.load_tensor(folder / name))


def _array(stored: Any) -> Any:
    return numpy_helper.to_array(stored) if isinstance(stored, TensorProto) else stored


def inputs_of(model: ModelProto) -> list[onnx.ValueInfoProto]:
    """The inputs that are no initializers."""
    constant = {tensor.name for tensor in model.graph.initializer}
    return [entry for entry in model.graph.input if entry.name not in constant]


def is_float(array: Any) -> bool:
    """Whether it is a tensor of float32."""
    return isinstance(array, np.ndarray) and array.dtype == np.float32


Picture = NDArray[np.float32]
