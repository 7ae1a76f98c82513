"""One operator of a model, with what is known of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sassafras.network.importers.onnx.package import onnx_package
from sassafras.network.importers.onnx.refusal import Reason, RefusedError, SeveralImagesError
from sassafras.network.importers.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

Constant = NDArray[Any]
Known = Value | Constant


@dataclass(frozen=True, eq=False)
class Operation:
    """``name``: the node's own, or its first output's. ``inputs``: what it reads, None where an input is left
    out. ``shapes``: of its outputs, None of those that nobody reads.
    """

    node: NodeProto
    opset: int
    inputs: tuple[Known | None, ...]
    shapes: tuple[tuple[int, ...] | None, ...]

    @property
    def name(self) -> str:
        """Of the node, for people."""
        return self.node.name or next((name for name in self.node.output if name), "?")

    @property
    def kind(self) -> str:
        """The operator."""
        return str(self.node.op_type)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its first output. Raises RefusedError where only others are read."""
        if self.shapes[0] is None or any(shape is not None for shape in self.shapes[1:]):
            raise self.refuse("only its first output is computed")
        return self.shapes[0]

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """By name; bytes as text."""
        value_of = onnx_package().helper.get_attribute_value
        found = {entry.name: value_of(entry) for entry in self.node.attribute}
        return {k: v.decode("latin-1") if isinstance(v, bytes) else v for k, v in found.items()}

    def attribute(self, name: str, default: Any = None) -> Any:
        """One attribute."""
        return self.attributes.get(name, default)

    def integers(self, name: str, default: Sequence[int]) -> tuple[int, ...]:
        """An attribute that is a list of integers."""
        return tuple(int(number) for number in self.attribute(name, default))

    def has(self, index: int) -> bool:
        """Whether an input is given."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def value(self, index: int = 0) -> Value:
        """An input that depends on the picture. Raises RefusedError for a constant."""
        found = self.inputs[index] if index < len(self.inputs) else None
        if not isinstance(found, Value):
            raise self.refuse(f"its input {index} is a constant; it must depend on the model's input")
        return found

    def constant(self, index: int) -> Constant | None:
        """A constant input, None where it is left out. Raises RefusedError for one that is not constant."""
        found = self.inputs[index] if index < len(self.inputs) else None
        if isinstance(found, Value):
            raise self.refuse(
                f"its input {index} ({self.node.input[index]}) is computed; only a constant is taken"
            )
        return found

    def floats(self, index: int) -> NDArray[np.float32]:
        """A constant input of numbers. Raises RefusedError for none."""
        found = self.constant(index)
        if found is None:
            raise self.refuse(f"its input {index} is missing")
        return np.asarray(found, np.float32)

    def setting(self, name: str, index: int) -> Any:
        """What is an attribute in some opsets and a constant input in others; None where it is neither."""
        if name in self.attributes:
            return self.attributes[name]
        found = self.constant(index)
        return None if found is None else found.tolist()

    def refuse(self, why: str, reason: Reason = Reason.OPERATOR) -> RefusedError:
        """The error of an operator that is not read."""
        return RefusedError(f"node {self.name} ({self.kind}): {why}", reason)

    def several(self, images: int) -> SeveralImagesError:
        """The error of an operator that takes one image."""
        return SeveralImagesError(
            f"node {self.name} ({self.kind}): {images} images at once; an inference is of one"
        )
