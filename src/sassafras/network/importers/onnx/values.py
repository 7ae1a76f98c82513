"""What flows between operators."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sassafras.network.tensor import Shape, Tensor


@dataclass(frozen=True)
class Value:
    """A tensor of the graph, as an operator sees it. ``shape``: by ONNX; the elements lie in the same order,
    whatever the graph's own shape. ``shared``: whether several read it, or it is the model's result.
    """

    tensor: Tensor
    shape: tuple[int, ...]
    shared: bool = False


def image_shape(shape: Sequence[int]) -> Shape:
    """Channels, height, width for a shape of any rank: a leading 1 is the batch, a single extent behind it is
    of channels; a row is the width; what else stands before height and width is of channels.
    """
    inner = tuple(shape[1:]) if len(shape) > 1 and shape[0] == 1 else tuple(shape)
    match inner:
        case ():
            return 1, 1, 1
        case (channels,):
            return channels, 1, 1
        case (channels, width):
            return channels, 1, width
        case _:
            return math.prod(inner[:-2]), inner[-2], inner[-1]
