"""Operators that leave every value where it lies."""

from __future__ import annotations

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.importers.onnx.table import reads
from sassafras.network.tensor import Tensor


@reads("Cast", "to", "saturate", "round_mode")
@reads("CastLike", "saturate", "round_mode")
@reads("Flatten", "axis")
@reads("Identity")
@reads("Reshape", "shape", "allowzero")
@reads("Squeeze", "axes")
@reads("Unsqueeze", "axes")
def read_same(operation: Operation, _assembly: Assembly) -> Tensor:
    """The same values in the same order, by another shape; what is no float32 behind it has been refused."""
    return operation.value(0).tensor


@reads("Dropout", "ratio", "is_test", "seed")
def read_dropout(operation: Operation, _assembly: Assembly) -> Tensor:
    """Nothing at inference. Raises RefusedError for training."""
    training = operation.constant(2)
    if training is not None and bool(training.any()):
        raise operation.refuse("training_mode is set; export for inference", Reason.TRAINING)
    return operation.value(0).tensor
