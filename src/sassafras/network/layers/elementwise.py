"""A function of every value by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, MisfitError, Node
from sassafras.network.tensor import Shape

LARGEST = 3.4028234663852886e38  #: of binary32; with -LARGEST, the bounds of a clip that has none


class Function(Enum):
    """What is computed of x; the value is the kernel that does it, and how many numbers it takes."""

    CLIP = "map_clip", 2  #: x within alpha and beta; a NaN stays
    SIGMOID = "map_sigmoid", 0
    TANH = "map_tanh", 0
    HARD_SIGMOID = "map_hard_sigmoid", 2  #: alpha x + beta within 0 and 1
    HARD_SWISH = "map_hard_swish", 2  #: x times hard sigmoid
    SILU = "map_silu", 0  #: x times sigmoid
    GELU = "map_gelu", 0  #: by erf
    GELU_TANH = "map_gelu_tanh", 0  #: approximated by tanh
    LEAKY = "map_leaky", 1  #: alpha x where x < 0
    ELU = "map_elu", 1  #: alpha (exp(x) - 1) where x < 0
    EXP = "map_exp", 0
    LOG = "map_log", 0
    SQRT = "map_sqrt", 0
    NEG = "map_neg", 0
    ERF = "map_erf", 0


@dataclass(frozen=True)
class Elementwise(Layer):
    """``function`` of every value. ``numbers``: its alpha and beta, as many as it takes; finite binary32
    numbers after rounding.
    """

    function: Function
    numbers: tuple[float, ...] = ()

    kind: ClassVar[str] = "elementwise"

    def check(self, inputs: Inputs) -> None:
        """The numbers are there. Raises MisfitError."""
        wanted = self.function.value[1]
        if len(self.numbers) != wanted or not all(abs(number) <= LARGEST for number in self.numbers):
            raise MisfitError(
                f"{self.function.name.lower()} takes {wanted} finite numbers, not "
                f"{', '.join(map(str, self.numbers)) or 'none'}",
                "numbers",
            )

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch, a thread per value."""
        arguments = {
            "n": node.output.elements,
            "input": address_of(node.input.name),
            "output": address_of(node.output_name),
        }
        numbers = dict(zip(("alpha", "beta"), self.numbers, strict=False))
        yield KernelCall(self.function.value[0], arguments | numbers)
