"""What depends on constants and shapes alone, computed by the reference evaluator of the package ``onnx``."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sassafras.errors import NetworkError
from sassafras.network.importers.onnx.operation import Constant, Known
from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.importers.onnx.refusal import Reason, RefusedError
from sassafras.network.importers.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto, TypeProto

_SMALL = 1024  #: elements; larger constants decide no shape
_RANDOM = (
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Bernoulli",
    "Multinomial",
)
_OF_SHAPE = ("Shape", "Size")


def fold(node: NodeProto, inputs: Sequence[Known | None], opset: int) -> list[Constant] | None:
    """The outputs of a node that are constant; None where they depend on the picture. Raises NetworkError for
    a node that cannot be computed.
    """
    if node.op_type in _RANDOM:
        return None
    if node.op_type in _OF_SHAPE and isinstance(inputs[0], Value):
        # Zeros of that shape would be large; the same strides over one element are not.
        inputs = [np.broadcast_to(np.float32(0), inputs[0].shape)]
    if any(isinstance(known, Value) for known in inputs):
        return None
    given = {name: known for name, known in zip(node.input, inputs, strict=True) if name}
    return _evaluated(node, given, opset)


def _evaluated(node: NodeProto, given: Mapping[str, Any], opset: int) -> list[Constant]:
    onnx = onnx_package()
    outputs = [name for name in node.output if name]
    helper = onnx.helper
    ends = [[helper.make_empty_tensor_value_info(name) for name in names] for names in (given, outputs)]
    graph = helper.make_graph([node], "folded", *ends)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    try:
        found = onnx.reference.ReferenceEvaluator(model).run(outputs, given)
    except Exception as error:  # noqa: BLE001 - whatever the evaluator of somebody else's operators raises
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NetworkError(
            f"node {node.name or outputs[0]} ({node.op_type}): cannot be computed from its constants: {why}"
        ) from None
    by_name = dict(zip(outputs, map(np.asarray, found), strict=True))
    return [by_name.get(name, np.empty(0)) for name in node.output]


def output_shapes(
    node: NodeProto, inputs: Sequence[Known | None], opset: int, wanted: Container[str]
) -> tuple[tuple[int, ...] | None, ...]:
    """Shapes of the outputs by ``onnx.shape_inference``, None of those that are not ``wanted``. Raises
    RefusedError where one depends on values of the picture or is no float32, and NetworkError for inputs that
    do not fit.
    """
    onnx = onnx_package()
    called = f"node {node.name or node.output[0]} ({node.op_type})"
    types, data = {}, {}
    for name, known in zip(node.input, inputs, strict=True):
        if known is None:
            continue
        types[name] = _type_of(known)
        if not isinstance(known, Value) and known.size <= _SMALL:
            data[name] = _tensor(known)
    try:
        schema = onnx.defs.get_schema(node.op_type, opset, node.domain)
        opsets = [onnx.helper.make_opsetid("", opset)]
        found = onnx.shape_inference.infer_node_outputs(schema, node, types, data, opset_imports=opsets)
    except (
        onnx.checker.ValidationError,
        onnx.defs.SchemaError,
        onnx.shape_inference.InferenceError,
        RuntimeError,
        ValueError,
    ) as error:
        why = " ".join(str(error).split())
        raise NetworkError(f"{called}: its inputs do not fit: {why}") from None
    return tuple(_shape(called, found.get(name)) if name in wanted else None for name in node.output)


def _shape(called: str, of: TypeProto | None) -> tuple[int, ...]:
    if of is None or not of.HasField("tensor_type") or not of.tensor_type.HasField("shape"):
        raise RefusedError(f"{called}: the shape of its output is not known before it runs", Reason.DYNAMIC)
    shape = of.tensor_type.shape.dim
    if not all(dim.HasField("dim_value") for dim in shape):
        raise RefusedError(f"{called}: the shape of its output is not known before it runs", Reason.DYNAMIC)
    if of.tensor_type.elem_type != onnx_package().TensorProto.FLOAT:
        raise RefusedError(f"{called}: its output is not float32", Reason.TYPE)
    found = tuple(int(dim.dim_value) for dim in shape)
    if 0 in found:
        raise RefusedError(f"{called}: its output holds no value: {found}", Reason.DYNAMIC)
    return found


def _type_of(known: Known) -> TypeProto:
    helper = onnx_package().helper
    kind = np.dtype(np.float32) if isinstance(known, Value) else known.dtype
    made: TypeProto = helper.make_tensor_type_proto(helper.np_dtype_to_tensor_dtype(kind), known.shape)
    return made


def _tensor(values: Constant) -> TensorProto:
    made: TensorProto = onnx_package().numpy_helper.from_array(np.asarray(values))
    return made
