"""Dropout: nothing at inference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.network.layers.layer import AddressOf, KernelCall, Known, Layer, Shape
from sassafras.network.sections import Section


@dataclass(frozen=True)
class Dropout(Layer):
    """Passes its input on: as in Darknet its output *is* the buffer of the layer before. It owns no memory
    and launches nothing.
    """

    probability: float

    kinds: ClassVar[tuple[str, ...]] = ("dropout",)

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_dropout``."""
        section.check_keys(("probability",), {})
        probability = section.number("probability", 0.5)
        if not 0 <= probability <= 1:
            raise section.error(f"probability={probability:g} must lie in 0 .. 1", "probability")
        return cls(index, (known[-1],), probability)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return (("probability", repr(self.probability)),)

    @property
    def output_shape(self) -> Shape:
        """As the input."""
        return self.input_shape

    @property
    def output_name(self) -> str:
        """The buffer of the layer before."""
        return self.input_name

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """None at inference."""
        return iter(())
