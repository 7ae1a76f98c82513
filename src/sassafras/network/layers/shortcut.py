"""Shortcut of a residual network: the sum of the layer before and of earlier ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.kernels.activation import Activation
from sassafras.network.layers.earlier import earlier_layers
from sassafras.network.layers.layer import (
    BATCH,
    BYTES,
    AddressOf,
    KernelCall,
    Known,
    Layer,
    Shape,
    activate,
    read_activation,
)
from sassafras.network.sections import Section

_UNSUPPORTED = {"alpha": 1, "beta": 1, "weights_type": None, "weights_normalization": None}


@dataclass(frozen=True)
class Shortcut(Layer):
    """The layer before plus the layers ``origins`` (indexes), one after the other, value by value; then an
    activation. ``sources``: the layer before, then those.
    """

    origins: tuple[int, ...]
    activation: Activation

    kinds: ClassVar[tuple[str, ...]] = ("shortcut",)

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_shortcut``, and several layers as in AlexeyAB's. All must have one shape (Darknet
        would add the part that they share).
        """
        section.check_keys(("from", "activation"), _UNSUPPORTED)
        origins = earlier_layers(section, "from", index)
        before, others = known[-1], tuple(known[origin + 1] for origin in origins)
        for origin, other in zip(origins, others, strict=True):
            if other.shape != before.shape:
                one, two = ("x".join(map(str, tensor.shape)) for tensor in (other, before))
                raise section.error(
                    f"layer {origin} is {one}, the layer before is {two}: only equal shapes are added", "from"
                )
        activation = read_activation(section, Activation.LINEAR)
        return cls(index, (before, *others), origins, activation).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return ("from", ",".join(map(str, self.origins))), ("activation", self.activation.name.lower())

    @property
    def output_shape(self) -> Shape:
        """As each source."""
        return self.input_shape

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Output."""
        return ((self.named("output"), self.outputs * BYTES),)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_shortcut_layer_gpu``; its copy and its sum in place are one launch here."""
        output = address_of(self.output_name)
        so_far, *others = (address_of(name) for name in self.input_names)
        for other in others:
            yield KernelCall("add", {"n": self.outputs * BATCH, "a": so_far, "b": other, "output": output})
            so_far = output
        yield activate(self, self.activation, address_of)
