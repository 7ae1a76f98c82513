"""What goes into a model and what comes out: the input that is the picture, and the output that is judged."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sassafras.errors import NetworkError, did_you_mean
from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.importers.onnx.refusal import Reason, RefusedError

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

_SHOWN = 5  #: outputs named in a line


@dataclass(frozen=True)
class Interface:
    """``shape``: of the input, by ONNX."""

    input: str
    shape: tuple[int, ...]
    output: str


def interface_of(model: ModelProto, output: str | None, bound: Container[str] = ()) -> Interface:
    """The one input that is no initializer and not ``bound``, a symbolic batch as 1; and ``output``, any
    tensor's name (None: the only output). Raises RefusedError and NetworkError.
    """
    constant = {tensor.name for tensor in model.graph.initializer}
    inputs = [entry for entry in model.graph.input if entry.name not in constant and entry.name not in bound]
    if len(inputs) != 1:
        names = ", ".join(entry.name for entry in inputs) or "none"
        raise RefusedError(
            f"inputs: {names}; an inference has one, the picture: make the others initializers",
            Reason.OPERATOR,
        )
    return Interface(inputs[0].name, _shape(inputs[0]), _output(model, output))


def _shape(entry: ValueInfoProto) -> tuple[int, ...]:
    tensor = entry.type.tensor_type
    if not entry.type.HasField("tensor_type") or tensor.elem_type != onnx_package().TensorProto.FLOAT:
        raise RefusedError(f"input {entry.name} is no tensor of float32", Reason.TYPE)
    if not tensor.HasField("shape"):
        raise RefusedError(f"input {entry.name} has no shape; export it with a fixed one", Reason.DYNAMIC)
    dims = [dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim]
    if len(dims) > 1 and (dims[0] is None or dims[0] <= 0):
        dims[0] = 1  # the batch
    if any(dim is None or dim <= 0 for dim in dims):
        shown = " x ".join(
            str(dim.dim_value) if dim.HasField("dim_value") else dim.dim_param or "?"
            for dim in tensor.shape.dim
        )
        raise RefusedError(
            f"input {entry.name} is {shown}: only the batch may be open; export it with fixed sizes",
            Reason.DYNAMIC,
        )
    return tuple(int(dim) for dim in dims if dim is not None)


def _output(model: ModelProto, wanted: str | None) -> str:
    outputs = [str(entry.name) for entry in model.graph.output]
    if wanted is None:
        if len(outputs) > 1:
            some = ", ".join(outputs[:_SHOWN]) + (", ..." if len(outputs) > _SHOWN else "")
            raise NetworkError(f"{len(outputs)} outputs: {some}; choose one with --output NAME")
        return outputs[0]
    made = [name for node in model.graph.node for name in node.output if name]
    if wanted not in made and wanted not in outputs:
        raise NetworkError(
            f"no output {wanted!r}; {did_you_mean(wanted, made)}outputs are: {', '.join(outputs[:_SHOWN])}"
        )
    return wanted
