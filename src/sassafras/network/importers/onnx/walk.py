"""Through a model from its input to one of its outputs: each operator becomes constants or layers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.graph import INPUT, Graph
from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.folding import fold, output_shapes
from sassafras.network.importers.onnx.images import Images
from sassafras.network.importers.onnx.interface import Interface
from sassafras.network.importers.onnx.model_file import DOMAINS, opset_of
from sassafras.network.importers.onnx.operation import Known, Operation
from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.importers.onnx.refusal import Reason, RefusedError, SeveralImagesError
from sassafras.network.importers.onnx.table import Reading, readings
from sassafras.network.importers.onnx.values import Value, image_shape
from sassafras.network.layers.route import Route
from sassafras.network.tensor import Tensor

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_CONTROL = ("If", "Loop", "Scan")
_TRAINING = ("Gradient", "Adagrad", "Adam", "Momentum")
_COLLECTIONS = ("Sequence", "Optional", "SplitToSequence", "ConcatFromSequence")


@dataclass(frozen=True, eq=False)
class Translated:
    """A graph and its parameters. ``shape``: of its result, by ONNX."""

    graph: Graph
    parameters: Mapping[str, NDArray[np.float32]]
    shape: tuple[int, ...]


class Walk:
    """A model on the way to a graph; ``bound``: inputs that have a constant value. ``one_by_one``: of several
    images that the model takes at once, one is taken.
    """

    def __init__(
        self,
        model: ModelProto,
        interface: Interface,
        bound: Mapping[str, NDArray[Any]],
        *,
        one_by_one: bool = False,
    ) -> None:
        self.opset = opset_of(model)
        self.interface = interface
        self.images = Images(interface) if one_by_one else None
        shape = (1, *interface.shape[1:]) if one_by_one else interface.shape
        image = Tensor(INPUT, (1, *image_shape(shape)))
        self.image = image
        self.assembly = Assembly(image)
        self.nodes = list(_leading_to(model.graph, interface.input, interface.output))
        self.readers = Counter(name for node in self.nodes for name in node.input)
        self.readers[interface.output] += 1
        to_array = onnx_package().numpy_helper.to_array
        self.known: dict[str, Known] = {
            tensor.name: to_array(tensor) for tensor in model.graph.initializer if tensor.name in self.readers
        }
        self.known |= bound
        self.known[interface.input] = Value(image, shape, self.readers[interface.input] > 1)

    def translate(self) -> Translated:
        """All of it. Raises RefusedError for what is not read, NetworkError for what is unsound."""
        for node in self.nodes:
            self._take(node)
        result = self._known(self.interface.output, "the result")
        if not isinstance(result, Value):
            reason = Reason.OPERATOR if result.dtype == np.float32 else Reason.TYPE
            raise RefusedError(f"output {self.interface.output} does not depend on the input", reason)
        nodes = self.assembly.nodes
        if not nodes or nodes[-1].output.name != result.tensor.name:
            self.assembly.add(Route(), result.tensor)
        return Translated(Graph(self.image, tuple(nodes)), self.assembly.parameters, result.shape)

    def _take(self, node: NodeProto) -> None:
        called = f"node {node.name or node.output[0]} ({node.op_type})"
        inputs = tuple(self._known(name, called) if name else None for name in node.input)
        _check_kind(node)
        folded = fold(node, inputs, self.opset)
        if folded is not None:
            self.known |= zip(node.output, folded, strict=True)
            return
        reading = _reading_of(node)
        shapes = output_shapes(node, inputs, self.opset, self.readers)
        if self.images is not None:
            self.images.check(node, inputs, self.opset, shapes)
        operation = Operation(node, self.opset, inputs, shapes)
        tensors = self._read(reading, operation)
        if any(shape is not None for shape in shapes[len(tensors) :]):
            raise operation.refuse("an output of it is read that is not computed: only its first is")
        for name, tensor, shape in zip(node.output, tensors, shapes, strict=False):
            if shape is not None:
                if tensor.elements != math.prod(shape):
                    raise SeveralImagesError(
                        f"node {operation.name} ({operation.kind}): {tensor.elements} values for {shape}"
                    )
                self.known[name] = Value(tensor, shape, self._is_shared(name, tensor, inputs))

    def _known(self, name: str, reader: str) -> Known:
        if name not in self.known:
            raise NetworkError(f"{reader}: nothing makes {name}; export the model again")
        return self.known[name]

    def _read(self, reading: Reading, operation: Operation) -> tuple[Tensor, ...]:
        if unknown := sorted(operation.attributes.keys() - set(reading.attributes)):
            raise operation.refuse(f"attribute {unknown[0]} is not supported")
        try:
            found = reading.read(operation, self.assembly)
        except RefusedError:
            raise
        except NetworkError as error:
            raise operation.refuse(str(error)) from None
        return found if isinstance(found, tuple) else (found,)

    def _is_shared(self, name: str, tensor: Tensor, inputs: tuple[Known | None, ...]) -> bool:
        """Whether others read it; of a result that is its operator's input, whether others read that."""
        behind = [known for known in inputs if isinstance(known, Value) and known.tensor.name == tensor.name]
        return self.readers[name] > 1 or any(known.shared for known in behind)


def _leading_to(graph: GraphProto, picture: str, output: str) -> Iterator[NodeProto]:
    """The nodes that an output depends on, from the picture on, in the model's order (which is one in which
    they can run).
    """
    wanted = {output}
    found: list[NodeProto] = []
    for node in reversed(graph.node):
        if (wanted - {picture}) & set(node.output):
            wanted |= set(node.input)
            found.append(node)
    return reversed(found)


def _check_kind(node: NodeProto) -> None:
    """Refuse what is of another kind altogether."""
    called = f"node {node.name or node.output[0]} ({node.op_type})"
    if node.op_type in _CONTROL:
        raise RefusedError(f"{called}: control flow is not read; export the path that runs", Reason.CONTROL)
    if node.op_type in _TRAINING:
        raise RefusedError(f"{called}: training is not read; export for inference", Reason.TRAINING)
    if node.op_type.startswith(_COLLECTIONS):
        raise RefusedError(f"{called}: sequences and optional values are not read", Reason.TYPE)


def _reading_of(node: NodeProto) -> Reading:
    reading = readings().get(node.op_type) if node.domain in DOMAINS else None
    if reading is None:
        operator = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        raise RefusedError(
            f"node {node.name or node.output[0]}: operator {operator} is not supported; express it by others "
            f"before export, or stop before it with --output; supported: {', '.join(readings())}",
            Reason.OPERATOR,
        )
    return reading
