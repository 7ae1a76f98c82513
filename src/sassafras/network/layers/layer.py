"""What every layer is: how it shapes its input, the device buffers it owns and the kernels it launches.

Buffers are those of Darknet's ``make_*_layer`` in the order of its ``cuda_make_array`` calls, less the ones
that no inference kernel touches: weight and bias updates, deltas, the random numbers of dropout, the losses
of softmax.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from sassafras.errors import NetworkError
from sassafras.network.layers.mapped import AnyActivation, Mapped
from sassafras.network.tensor import Shape, Tensor

AddressOf = Callable[[str], int]  #: device address of an allocation, by name
Inputs = tuple[Tensor, ...]

WORKSPACE = "workspace"
LARGEST_INDEX = (1 << 31) - 1  #: the kernels'


class MisfitError(NetworkError):
    """A layer that its inputs do not fit. ``option``: the field of the layer that decides it, or "inputs"."""

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True)
class KernelCall:
    """A kernel and its arguments by the parameter names of the CUDA source."""

    kernel: str
    arguments: Mapping[str, int | float]


@dataclass(frozen=True)
class Layer(ABC):
    """What a layer computes; its fields are all that decides it. Where it stands is its node's."""

    kind: ClassVar[str]
    """Its name, in tables and in digests."""

    in_place: ClassVar[bool] = False
    """Whether the result is the input's buffer."""

    gives_probabilities: ClassVar[bool] = False
    """Whether the values of a result add up to 1."""

    def check(self, inputs: Inputs) -> None:  # noqa: B027 - some layers take anything
        """Raise MisfitError for inputs that it cannot take."""

    @abstractmethod
    def output_shape(self, inputs: Inputs) -> Shape:
        """Channels, height, width of the result."""

    def parameter_shapes(self, inputs: Inputs) -> dict[str, tuple[int, ...]]:
        """Shapes of its parameters, in the order of a Darknet weights file."""
        return {}

    def buffers(self, node: Node) -> tuple[Tensor, ...]:
        """What it owns of device memory, in Darknet's order."""
        return (node.output,)

    def workspace(self, node: Node) -> Tensor | None:
        """What it wants of the shared workspace."""
        return None

    @abstractmethod
    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """The kernels of one forward pass, in order."""


@dataclass(frozen=True)
class Node:
    """A layer in its graph. ``inputs``: what it reads, in order; most layers read one.

    Raises MisfitError where they do not fit, or the kernels' 32-bit indexes do not reach all of its buffers.
    """

    index: int
    layer: Layer
    inputs: Inputs

    def __post_init__(self) -> None:
        self.layer.check(self.inputs)
        workspace = self.workspace
        wanted = max(buffer.elements for buffer in (*self.buffers, self.output, workspace) if buffer)
        if wanted > LARGEST_INDEX:
            raise MisfitError(f"needs a buffer of {wanted} elements; kernels index {LARGEST_INDEX}")

    @property
    def name(self) -> str:
        """The start of its buffers' names."""
        return f"layer{self.index}"

    @property
    def kind(self) -> str:
        """Of its layer."""
        return self.layer.kind

    @property
    def input(self) -> Tensor:
        """What it reads first."""
        return self.inputs[0]

    @property
    def input_elements(self) -> int:
        """Elements of one image read, of all inputs."""
        return sum(tensor.per_image for tensor in self.inputs)

    @cached_property
    def output(self) -> Tensor:
        """The result, as later nodes read it."""
        name = self.input.name if self.layer.in_place else self.named("output")
        return Tensor(name, (self.input.batch, *self.layer.output_shape(self.inputs)), self.input.dtype)

    @property
    def output_name(self) -> str:
        """The allocation that holds the result."""
        return self.output.name

    @property
    def output_shape(self) -> Shape:
        """Channels, height, width of the result."""
        return self.output.image

    @property
    def outputs(self) -> int:
        """Elements of one image's result."""
        return self.output.per_image

    @property
    def parameters(self) -> tuple[Tensor, ...]:
        """Its parameters, in the order of a Darknet weights file."""
        shapes = self.layer.parameter_shapes(self.inputs)
        return tuple(Tensor(self.named(name), shape) for name, shape in shapes.items())

    @property
    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the parameters by allocation name, in the order of ``parameters``."""
        return {tensor.name: tensor.shape for tensor in self.parameters}

    @property
    def buffers(self) -> tuple[Tensor, ...]:
        """What it owns of device memory, in the order in which it is asked for."""
        return self.layer.buffers(self)

    @property
    def workspace(self) -> Tensor | None:
        """What it wants of the shared workspace."""
        return self.layer.workspace(self)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """The kernels of one forward pass, in order."""
        return self.layer.calls(self, address_of)

    def named(self, buffer: str) -> str:
        """Allocation name of one of its buffers."""
        return f"{self.name}.{buffer}"


def check_window(inputs: Inputs, size: int, padding: int) -> None:
    """Refuse a square window of ``size`` that the image with ``padding`` (both sides together) has no place
    for.

    Raises MisfitError.
    """
    _, height, width = inputs[0].image
    if min(height, width) + padding < size or max(height, width) + padding > LARGEST_INDEX:
        raise MisfitError(
            f"a window of {size}x{size} and a padding of {padding} do not fit an input of {height}x{width}",
            "size",
        )


def parameters_and_output(node: Node) -> tuple[Tensor, ...]:
    """Buffers of a layer with weights: these, biases, output; then those of a batch normalisation."""
    found = {tensor.name: tensor for tensor in (*node.parameters, node.output)}
    names = ("weights", "biases", "output", "rolling_mean", "rolling_variance", "scales")
    return tuple(found[node.named(name)] for name in names if node.named(name) in found)


def copied(node: Node, address_of: AddressOf) -> KernelCall:
    """Copy the first input to the result, which later launches change in place."""
    places = {"input": address_of(node.input.name), "output": address_of(node.output_name)}
    return KernelCall("concatenate", {"n": node.input.elements, "offset": 0, **places})


def activate(node: Node, activation: AnyActivation, address_of: AddressOf) -> KernelCall:
    """The activation function on the result, in place."""
    output = node.output
    if isinstance(activation, Mapped):
        kernel, numbers = activation.value
        place, given = address_of(output.name), dict(zip(("alpha", "beta"), numbers, strict=False))
        return KernelCall(kernel, {"n": output.elements, "input": place, "output": place, **given})
    return KernelCall(
        "activate_array", {"x": address_of(output.name), "n": output.elements, "a": int(activation)}
    )


def by_filter(node: Node, filters: int) -> dict[str, int]:
    """The result's images, filters and values of each, as kernels by channel take them."""
    return {"batch": node.output.batch, "n": filters, "size": node.outputs // filters}


def add_biases(node: Node, filters: int, address_of: AddressOf) -> KernelCall:
    """Add the biases to the result, in place."""
    places = {"output": address_of(node.output_name), "biases": address_of(node.named("biases"))}
    return KernelCall("add_bias", {**places, **by_filter(node, filters)})


def clear(node: Node, address_of: AddressOf) -> KernelCall:
    """Zero the result, which gemm then adds to."""
    output = node.output
    return KernelCall(
        "fill_gpu", {"n": output.elements, "alpha": 0.0, "x": address_of(output.name), "incx": 1}
    )
