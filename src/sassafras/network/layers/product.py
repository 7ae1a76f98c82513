"""Products of matrices, one for each channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import (
    AddressOf,
    Inputs,
    KernelCall,
    Layer,
    MisfitError,
    Node,
    clear,
)
from sassafras.network.tensor import Shape, Tensor

CONSTANT = "constant"


@dataclass(frozen=True)
class Product(Layer):
    """A times B: of two inputs, or of the only one and a parameter of shape ``constant``.

    A is (channels, m, k), B (channels, k, n), or with ``transposed`` (channels, n, k). An operand of one
    channel is taken for all of the other's. ``constant_first``: the constant is A.
    """

    constant: Shape | None = None
    constant_first: bool = False
    transposed: bool = False

    kind: ClassVar[str] = "product"

    def check(self, inputs: Inputs) -> None:
        """There are two operands, and they fit. Raises MisfitError."""
        shapes = self._shapes(inputs)
        if len(shapes) != 2:
            raise MisfitError(f"a product of two operands has {len(shapes)}", "inputs")
        a, b = shapes
        columns = b[2] if self.transposed else b[1]
        if a[2] != columns or not (a[0] == b[0] or 1 in (a[0], b[0])):
            texts = " and ".join("x".join(map(str, shape)) for shape in shapes)
            raise MisfitError(f"matrices of {texts} have no product", "inputs")

    def output_shape(self, inputs: Inputs) -> Shape:
        """(channels, m, n)."""
        a, b = self._shapes(inputs)
        return max(a[0], b[0]), a[1], b[1] if self.transposed else b[2]

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """The constant, if there is one."""
        return {} if self.constant is None else {CONSTANT: self.constant}

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """Constant, output."""
        return (*node.parameters, node.output)

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Zero the result, then a product for each channel."""
        yield clear(node, address_of)
        names = [tensor.name for tensor in node.inputs]
        if self.constant is not None:
            names.insert(0 if self.constant_first else 1, node.named(CONSTANT))
        shapes = self._shapes(node.inputs)
        channels, m, n = node.output_shape
        k = shapes[0][2]
        word = node.output.dtype.itemsize
        for channel in range(channels):
            a, b = (
                address_of(name) + (word * channel * rows * columns if count > 1 else 0)
                for name, (count, rows, columns) in zip(names, shapes, strict=True)
            )
            yield KernelCall(
                "gemm",
                {
                    "transpose_b": int(self.transposed),
                    "m": m,
                    "n": n,
                    "k": k,
                    "a": a,
                    "lda": k,
                    "b": b,
                    "ldb": k if self.transposed else n,
                    "c": address_of(node.output_name) + word * channel * m * n,
                    "ldc": n,
                },
            )

    def _shapes(self, inputs: Inputs) -> list[Shape]:
        shapes = [tensor.image for tensor in inputs]
        if self.constant is not None:
            shapes.insert(0 if self.constant_first else 1, self.constant)
        return shapes
