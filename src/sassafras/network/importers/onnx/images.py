"""A model for several images at once, of which one is taken: every map in it must be one of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sassafras.errors import NetworkError
from sassafras.network.importers.onnx.folding import output_shapes
from sassafras.network.importers.onnx.interface import Interface
from sassafras.network.importers.onnx.operation import Known
from sassafras.network.importers.onnx.refusal import RefusedError, SeveralImagesError
from sassafras.network.importers.onnx.values import Value

if TYPE_CHECKING:
    from onnx import NodeProto

Shapes = tuple[tuple[int, ...] | None, ...]


class Images:
    """What shapes would be with all images."""

    def __init__(self, interface: Interface) -> None:
        self._count = interface.shape[0]

    def check(self, node: NodeProto, inputs: Sequence[Known | None], opset: int, shapes: Shapes) -> None:
        """Refuse an operator whose outputs, with all images, are not as many of what they are with one.
        Raises SeveralImagesError.
        """
        whole = [self._whole(known) for known in inputs]
        wanted = [name for name, shape in zip(node.output, shapes, strict=True) if shape is not None]
        found: Shapes = ()
        try:
            found = output_shapes(node, whole, opset, wanted)
        except RefusedError:
            raise
        except NetworkError:
            pass  # numbers that are right for one image
        if found != tuple(None if shape is None else (self._count, *shape[1:]) for shape in shapes):
            called = f"node {node.name or node.output[0]} ({node.op_type})"
            raise SeveralImagesError(f"{called}: mixes the {self._count} images of the input")

    def _whole(self, known: Known | None) -> Known | None:
        if not isinstance(known, Value):
            return known
        return replace(known, shape=(self._count, *known.shape[1:]))
