"""Convolutions of every form: clear, unfold the image, multiply for each group of channels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sassafras.network.layers.layer import (
    LARGEST_INDEX,
    WORKSPACE,
    AddressOf,
    Inputs,
    KernelCall,
    MisfitError,
    Node,
    clear,
)
from sassafras.network.tensor import Shape, Tensor
from sassafras.workload.buffer import WORD

Pair = tuple[int, int]  #: of rows, of columns


@dataclass(frozen=True)
class Windows:
    """``kernel``: values under a window, in rows and columns, ``dilations`` apart; moved by ``strides`` over
    the image with ``pads`` zeros above, left, below, right. ``groups``: of channels, each of which makes as
    many filters of its own.
    """

    kernel: Pair
    strides: Pair = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilations: Pair = (1, 1)
    groups: int = 1

    @cached_property
    def reach(self) -> Pair:
        """Rows and columns from the first to the last value of a window."""
        rows, columns = ((k - 1) * d + 1 for k, d in zip(self.kernel, self.dilations, strict=True))
        return rows, columns

    def check(self, inputs: Inputs, filters: int) -> None:
        """A window has a place, and the groups are equal. Raises MisfitError."""
        channels, height, width = inputs[0].image
        top, left, bottom, right = self.pads
        padded = height + top + bottom, width + left + right
        if padded[0] < self.reach[0] or padded[1] < self.reach[1] or max(padded) > LARGEST_INDEX:
            window, image = ("x".join(map(str, pair)) for pair in (self.reach, (height, width)))
            around = ", ".join(map(str, self.pads))
            if len(set(self.pads)) == 1:
                around = str(sum(self.pads[:2]))
            raise MisfitError(
                f"a window of {window} and a padding of {around} do not fit an input of {image}", "size"
            )
        for count, what in ((channels, f"{channels} channels"), (filters, f"{filters} filters")):
            if count % self.groups:
                raise MisfitError(f"{what} are no {self.groups} equal groups", "groups")

    def places(self, image: Shape) -> Pair:
        """Rows and columns of the result."""
        top, left, bottom, right = self.pads
        _, height, width = image
        return (
            (height + top + bottom - self.reach[0]) // self.strides[0] + 1,
            (width + left + right - self.reach[1]) // self.strides[1] + 1,
        )

    def values(self, image: Shape) -> int:
        """Values under one window, all channels of a group: rows of the unfolded image."""
        return image[0] // self.groups * math.prod(self.kernel)

    def weights(self, image: Shape, filters: int) -> tuple[int, int, int, int]:
        """The shape of the weights."""
        return filters, image[0] // self.groups, *self.kernel

    @property
    def unfolds(self) -> bool:
        """Whether the image is unfolded. A 1x1 window at stride 1 without padding *is* the image.

        Darknet asks for the size alone, and so computes something else for 1x1 windows with a stride or
        padding.
        """
        return (self.kernel, self.strides, self.pads) != ((1, 1), (1, 1), (0, 0, 0, 0))

    def workspace(self, node: Node) -> Tensor:
        """The unfolded image (asked for by 1x1 windows too, as in Darknet)."""
        rows = self.values(node.input.image) * self.groups
        return Tensor(WORKSPACE, (rows, *node.output_shape[1:]), node.input.dtype)

    def product(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_convolutional_layer_gpu`` without cuDNN up to its products, for one image.
        Where Darknet unfolds the channels of each group by themselves, one launch unfolds them all.
        """
        yield clear(node, address_of)
        columns = address_of(node.input.name)
        if self.unfolds:
            columns = address_of(WORKSPACE)
            yield self._unfold(node, address_of)
        filters = node.output_shape[0] // self.groups
        pixels, window = math.prod(node.output_shape[1:]), self.values(node.input.image)
        for group in range(self.groups):
            yield KernelCall(
                "gemm",
                {
                    "transpose_b": 0,
                    "m": filters,
                    "n": pixels,
                    "k": window,
                    "a": address_of(node.named("weights")) + WORD * group * filters * window,
                    "lda": window,
                    "b": columns + WORD * group * window * pixels,
                    "ldb": pixels,
                    "c": address_of(node.output_name) + WORD * group * filters * pixels,
                    "ldc": pixels,
                },
            )

    def _unfold(self, node: Node, address_of: AddressOf) -> KernelCall:
        channels, height, width = node.input.image
        _, height_col, width_col = node.output_shape
        image = {
            "n": channels * height_col * width_col,
            "image": address_of(node.input.name),
            "height": height,
            "width": width,
        }
        columns = {"height_col": height_col, "width_col": width_col, "columns": address_of(WORKSPACE)}
        pads = self.pads[:2]
        if self.dilations == (1, 1) and all(a == b for a, b in (self.kernel, self.strides, pads)):
            square = {"ksize": self.kernel[0], "pad": pads[0], "stride": self.strides[0]}
            return KernelCall("im2col_gpu", {**image, **square, **columns})
        pairs = {"kernel": self.kernel, "pad": pads, "stride": self.strides, "dilation": self.dilations}
        form = {f"{name}_{axis}": pair[k] for name, pair in pairs.items() for k, axis in enumerate("hw")}
        return KernelCall("im2col_gpu_ext", {**image, **form, **columns})
