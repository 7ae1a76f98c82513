"""What every layer is: shapes, the device buffers it owns and the kernels it launches. Batch 1, inference.

Buffers are those of Darknet's ``make_*_layer`` in the order of its ``cuda_make_array`` calls, less the ones
that no inference kernel touches: weight and bias updates, deltas, the random numbers of dropout, the losses
of softmax.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.kernels.activation import Activation
from sassafras.network.sections import LARGEST_INTEGER, Section

Shape = tuple[int, int, int]  #: channels, height, width
AddressOf = Callable[[str], int]  #: device address of an allocation, by name

BATCH = 1  #: images per inference; a cfg's batch is for training
BYTES = 4  #: of a float or an index
WORKSPACE = "workspace"
NOT_LOADED: Mapping[str, float | None] = {
    "dontload": 0,
    "dontsave": 0,
    "numload": 0,
}  #: change what a weights file holds


@dataclass(frozen=True)
class KernelCall:
    """A kernel and its arguments by the parameter names of the CUDA source."""

    kernel: str
    arguments: Mapping[str, int | float]


@dataclass(frozen=True)
class Tensor:
    """What can be read: the image, or the result of a layer. ``name``: of its allocation."""

    name: str
    shape: Shape


Known = Sequence[Tensor]
"""What stands before a layer: the image, then the result of each layer, layer k's at k + 1."""


@dataclass(frozen=True)
class Layer(ABC):
    """A layer of a network. ``sources``: what it reads, in order; most layers read one."""

    index: int
    sources: tuple[Tensor, ...]

    kinds: ClassVar[tuple[str, ...]]
    """Section names, the one that is written first."""

    @classmethod
    @abstractmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """The layer of a cfg section. Raises NetworkError."""

    @property
    def input_names(self) -> tuple[str, ...]:
        """The allocations that it reads."""
        return tuple(source.name for source in self.sources)

    @property
    def input_name(self) -> str:
        """The first of them."""
        return self.sources[0].name

    @property
    def input_shape(self) -> Shape:
        """Channels, height, width of what it reads first."""
        return self.sources[0].shape

    @property
    @abstractmethod
    def options(self) -> tuple[tuple[str, str], ...]:
        """Keys and values that make ``from_section`` build this layer again."""

    @property
    @abstractmethod
    def output_shape(self) -> Shape:
        """Channels, height, width of the result."""

    @property
    def output_name(self) -> str:
        """The allocation that holds the result."""
        return self.named("output")

    @property
    def result(self) -> Tensor:
        """The result, as later layers read it."""
        return Tensor(self.output_name, self.output_shape)

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights and biases by allocation name, in the order of a Darknet weights file."""
        return {}

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Name and bytes of each buffer, in Darknet's order."""
        return ()

    @property
    def workspace_bytes(self) -> int:
        """Bytes that the layer wants of the shared workspace."""
        return 0

    @abstractmethod
    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """The kernels of one forward pass, in order."""

    @property
    def inputs(self) -> int:
        """Elements read, of all sources."""
        return sum(math.prod(source.shape) for source in self.sources)

    @property
    def outputs(self) -> int:
        """Elements of the result."""
        return math.prod(self.output_shape)

    def named(self, buffer: str) -> str:
        """Allocation name of one of the layer's buffers."""
        return f"layer{self.index}.{buffer}"

    def fitting(self, section: Section) -> Self:
        """This layer, if the kernels' 32-bit indexes reach all of its buffers. Raises NetworkError."""
        wanted = max((self.workspace_bytes, *(nbytes for _, nbytes in self.allocations)))
        if wanted // BYTES > LARGEST_INTEGER:
            raise section.error(
                f"needs a buffer of {wanted // BYTES} elements; kernels index {LARGEST_INTEGER}"
            )
        return self


def check_window(section: Section, input_shape: Shape, size: int, padding: int) -> None:
    """Refuse a square window of ``size`` that the image with ``padding`` (both sides together) has no place
    for.

    Raises NetworkError.
    """
    _, height, width = input_shape
    if min(height, width) + padding < size or max(height, width) + padding > LARGEST_INTEGER:
        raise section.error(
            f"a window of {size}x{size} and a padding of {padding} do not fit an input of {height}x{width}",
            "size",
        )


def read_activation(section: Section, default: Activation = Activation.LOGISTIC) -> Activation:
    """The activation of a section. Raises NetworkError for one that we have no kernel for."""
    option = section.find("activation")
    name = option.value if option else default.name.lower()
    for activation in Activation:
        if activation.name.lower() == name:
            return activation
    supported = ", ".join(activation.name.lower() for activation in Activation)
    raise section.error(f"activation={name} is not supported; supported: {supported}", "activation")


def activate(layer: Layer, activation: Activation, address_of: AddressOf) -> KernelCall:
    """The activation function on the result, in place."""
    output = address_of(layer.output_name)
    return KernelCall("activate_array", {"x": output, "n": layer.outputs * BATCH, "a": int(activation)})


def finish(layer: Layer, activation: Activation, filters: int, address_of: AddressOf) -> Iterator[KernelCall]:
    """Bias and activation, as after every layer with weights."""
    yield KernelCall(
        "add_bias",
        {
            "output": address_of(layer.output_name),
            "biases": address_of(layer.named("biases")),
            "batch": BATCH,
            "n": filters,
            "size": layer.outputs // filters,
        },
    )
    yield activate(layer, activation, address_of)


def clear(layer: Layer, address_of: AddressOf) -> KernelCall:
    """Zero the result, which gemm then adds to."""
    output = address_of(layer.output_name)
    return KernelCall("fill_gpu", {"n": layer.outputs * BATCH, "alpha": 0.0, "x": output, "incx": 1})
