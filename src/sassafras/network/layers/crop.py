"""The middle of an image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape

_COLOURS = 3


@dataclass(frozen=True)
class Crop(Layer):
    """The rectangle of ``crop_height`` x ``crop_width`` in the middle; values from 0 .. 1 to -1 .. 1, unless
    ``noadjust``.
    """

    crop_height: int
    crop_width: int
    noadjust: int = 0

    kind: ClassVar[str] = "crop"

    def check(self, inputs: Inputs) -> None:
        """The rectangle lies in the middle, on whole pixels of a colour image. Raises MisfitError."""
        channels, height, width = inputs[0].image
        if channels != _COLOURS:
            raise MisfitError(f"Darknet crops images of 3 channels; this one has {channels}", "inputs")
        for option, size, extent in (
            ("crop_height", self.crop_height, height),
            ("crop_width", self.crop_width, width),
        ):
            if size > extent or (extent - size) % 2:
                raise MisfitError(
                    f"{size} of {extent} pixels are not in the middle: there must be as many whole pixels on "
                    "either side",
                    option,
                )

    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels as before."""
        return inputs[0].image[0], self.crop_height, self.crop_width

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_crop_layer_gpu`` at inference: no turn, no flip."""
        _, height, width = node.input.image
        scale, translate = (1.0, 0.0) if self.noadjust else (2.0, -1.0)
        yield KernelCall(
            "forward_crop",
            {
                "n": node.output.elements,
                "input": address_of(node.input.name),
                "h": height,
                "w": width,
                "crop_h": self.crop_height,
                "crop_w": self.crop_width,
                "top": (height - self.crop_height) // 2,
                "left": (width - self.crop_width) // 2,
                "scale": scale,
                "translate": translate,
                "output": address_of(node.output_name),
            },
        )
