"""Softmax: values to probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from sassafras.network.layers.layer import BATCH, BYTES, AddressOf, KernelCall, Known, Layer, Shape
from sassafras.network.sections import Section

_SMALLEST, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
_UNSUPPORTED = {"tree": None, "spatial": 0}


@dataclass(frozen=True)
class Softmax(Layer):
    """Softmax over each of ``groups`` equal parts of the input, after division by ``temperature``."""

    groups: int
    temperature: float

    kinds: ClassVar[tuple[str, ...]] = ("softmax", "soft")

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """Darknet's ``parse_softmax``."""
        section.check_keys(("groups", "temperature"), _UNSUPPORTED)
        groups = section.integer("groups", 1, minimum=1)
        temperature = section.number("temperature", 1.0)
        if not _SMALLEST <= temperature <= _LARGEST:
            raise section.error(
                f"temperature={temperature:g} must be a positive binary32 number", "temperature"
            )
        layer = cls(index, (known[-1],), groups, temperature)
        if layer.inputs % groups:
            raise section.error(f"groups={groups} does not divide the {layer.inputs} inputs", "groups")
        return layer.fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values of the cfg section."""
        return ("groups", str(self.groups)), ("temperature", repr(self.temperature))

    @property
    def output_shape(self) -> Shape:
        """(inputs, 1, 1)."""
        return self.inputs, 1, 1

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Output."""
        return ((self.named("output"), self.outputs * BYTES),)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """Darknet's ``forward_softmax_layer_gpu``."""
        size = self.inputs // self.groups
        yield KernelCall(
            "softmax",
            {
                "input": address_of(self.input_name),
                "n": size,
                "batch": BATCH,
                "batch_offset": self.inputs,
                "groups": self.groups,
                "group_offset": size,
                "stride": 1,
                "temp": self.temperature,
                "output": address_of(self.output_name),
            },
        )
