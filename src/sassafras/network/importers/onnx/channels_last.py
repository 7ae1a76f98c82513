"""A model whose picture has its channels last, and whose first step is to put them first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sassafras.network.images import CHANNELS
from sassafras.network.importers.onnx.interface import Interface

if TYPE_CHECKING:
    from onnx import ModelProto

_TO_FIRST = [0, 3, 1, 2]  #: the axes of (1, height, width, channels)


def channels_first(model: ModelProto, interface: Interface) -> Interface:
    """From behind that step, where nothing else reads the picture; the same interface for any other model."""
    shape, name = interface.shape, interface.input
    readers = [node for node in model.graph.node if name in node.input]
    last = len(shape) == 4 and shape[3] in CHANNELS and shape[1] not in CHANNELS
    if not last or len(readers) != 1 or name == interface.output:
        return interface
    node = readers[0]
    perms = [list(entry.ints) for entry in node.attribute if entry.name == "perm"]
    if node.op_type != "Transpose" or perms != [_TO_FIRST]:
        return interface
    return replace(interface, input=node.output[0], shape=tuple(shape[axis] for axis in _TO_FIRST))
