"""Windows over images, of Conv and of the pools. One dimension is a row of height 1."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.network.importers.onnx.assembly import Assembly
from sassafras.network.importers.onnx.operation import Operation
from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.tensor import Tensor

Pair = tuple[int, int]  #: of height and width


@dataclass(frozen=True)
class Window:
    """``before``, ``after``: padding above and to the left, below and to the right."""

    sizes: Pair
    strides: Pair
    dilations: Pair
    before: Pair
    after: Pair

    @property
    def is_square(self) -> bool:
        """Whether height and width are treated alike, padding apart."""
        return all(a == b for a, b in (self.sizes, self.strides, self.dilations))

    @property
    def is_symmetric(self) -> bool:
        """Whether all four sides have the same padding."""
        return len({*self.before, *self.after}) == 1


def window_of(operation: Operation, sizes: tuple[int, ...]) -> Window:
    """The window of an operator whose own extents are ``sizes``, by ONNX's ``auto_pad``, ``pads``,
    ``strides`` and ``dilations``.
    """
    axes = len(sizes)
    strides, dilations = (operation.integers(name, (1,) * axes) for name in ("strides", "dilations"))
    extents = operation.value(0).shape[2:]
    reach = [(size - 1) * dilation + 1 for size, dilation in zip(sizes, dilations, strict=True)]
    match operation.attribute("auto_pad", "NOTSET"):
        case "NOTSET":
            pads = operation.integers("pads", (0,) * 2 * axes)
            before, after = pads[:axes], pads[axes:]
        case "VALID":
            before = after = (0,) * axes
        case "SAME_UPPER" | "SAME_LOWER" as side:
            missing = [
                max((-(-extent // stride) - 1) * stride + span - extent, 0)
                for extent, stride, span in zip(extents, strides, reach, strict=True)
            ]
            less, more = tuple(n // 2 for n in missing), tuple(n - n // 2 for n in missing)
            before, after = (less, more) if side == "SAME_UPPER" else (more, less)
        case other:
            raise operation.refuse(f"auto_pad={other} is not supported")
    return Window(_pair(sizes, 1), _pair(strides, 1), _pair(dilations, 1), _pair(before, 0), _pair(after, 0))


def _pair(numbers: tuple[int, ...], of_height: int) -> Pair:
    height, width = (of_height, *numbers) if len(numbers) == 1 else numbers
    return height, width


def one_image(operation: Operation, assembly: Assembly) -> Tensor:
    """Input 0 as one image. Raises SeveralImagesError, and RefusedError for other ranks."""
    batch = operation.value(0).shape[0]
    if _rank(operation) and batch != 1:
        raise operation.several(batch)
    return all_images(operation, assembly)


def all_images(operation: Operation, assembly: Assembly) -> Tensor:
    """Input 0 as one image: of several, the channels of one behind the other's. Raises RefusedError for other
    ranks.
    """
    value = operation.value(0)
    batch, channels, *extents = value.shape
    height, width = (1, *extents) if _rank(operation) == 3 else extents
    return assembly.shaped(value.tensor, (batch * channels, height, width))


def _rank(operation: Operation) -> int:
    rank = len(operation.value(0).shape)
    if rank not in (3, 4):
        raise operation.refuse(f"its input has {rank} dimensions; images have 4, rows 3", Reason.RANK)
    return rank
