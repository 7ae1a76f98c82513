"""Route of a dense network: earlier layers, one behind the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.network.layers.earlier import earlier_layers
from sassafras.network.layers.layer import BATCH, BYTES, AddressOf, KernelCall, Known, Layer, Shape
from sassafras.network.sections import Section

_UNSUPPORTED = {"groups": 1, "group_id": 0, "stream": 0}


@dataclass(frozen=True)
class Route(Layer):
    """The channels of the layers ``origins`` (indexes), one layer's behind the other's; of one layer: a
    copy. ``sources``: those layers.
    """

    origins: tuple[int, ...]

    kinds: ClassVar[tuple[str, ...]] = ("route",)

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_route``. Height and width must be equal (Darknet would lose them)."""
        section.check_keys(("layers",), _UNSUPPORTED)
        origins = earlier_layers(section, "layers", index)
        sources = tuple(known[origin + 1] for origin in origins)
        first = sources[0].shape
        for origin, source in zip(origins, sources, strict=True):
            if source.shape[1:] != first[1:]:
                maps = f"maps of layer {origins[0]} are {first[1]}x{first[2]}"
                others = f"of layer {origin} {source.shape[1]}x{source.shape[2]}"
                raise section.error(f"{maps}, {others}: only equal ones are concatenated", "layers")
        return cls(index, sources, origins).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return (("layers", ",".join(map(str, self.origins))),)

    @property
    def output_shape(self) -> Shape:
        """The sum of the channels; height and width as before."""
        _, height, width = self.input_shape
        return sum(source.shape[0] for source in self.sources), height, width

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Output."""
        return ((self.named("output"), self.outputs * BYTES),)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_route_layer_gpu``: one copy per layer."""
        offset = 0
        for source in self.sources:
            n = math.prod(source.shape) * BATCH
            yield KernelCall(
                "concatenate",
                {
                    "n": n,
                    "input": address_of(source.name),
                    "offset": offset,
                    "output": address_of(self.output_name),
                },
            )
            offset += n
