"""A network ready to run: a graph of layers, parameters, device memory layout and launch plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from html import escape
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import default_architecture
from sassafras.errors import NetworkError
from sassafras.network.fit import Fit
from sassafras.network.graph import Graph
from sassafras.network.layers.layer import WORKSPACE, Node
from sassafras.network.low_rank import LowRankParameters
from sassafras.network.plan import make_plan
from sassafras.network.tensor import Shape, Tensor
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.judgement import Classes, Judgement
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload


@dataclass(frozen=True, eq=False, repr=False)
class Network(Workload):
    """A network with its parameters, a workload; make one with `build_network`.

    ``parameters``: allocation name (such as "layer0.weights") to read-only float32 array. ``known_digest``: a
    digest that the builder already has, or "". ``fit``: how its pictures become inputs, where its files say
    so; it decides nothing that the network computes. ``given_judgement``: instead of the one by classes.
    """

    name: str
    graph: Graph
    classes: tuple[str, ...]
    parameters: Mapping[str, NDArray[np.float32]] = field(repr=False)
    known_digest: str = ""
    fit: Fit | None = None
    given_judgement: Judgement | None = None
    architecture: Architecture = field(default_factory=default_architecture)

    def on(self, target: Architecture) -> Self:
        """As `Workload` says: the same graph and parameters."""
        if target is self.architecture:
            return self
        return replace(self, architecture=target, known_digest=self.parameters_digest)

    def __getstate__(self) -> dict[str, Any]:
        """For another process: the fields, and the digest so that nobody hashes again. What follows from them
        is made there (plans of hardened networks hold functions that cannot travel).
        """
        state = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return state | {"known_digest": self.parameters_digest}

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.input_shape))
        numbers = sum(int(np.prod(s)) for layer in self.layers for s in layer.parameter_shapes.values())
        kinds = ", ".join(f"{layer.index} {layer.kind}" for layer in self.layers)
        return (
            f"Network {self.name}: {shape} to {len(self.classes)} classes, {numbers:,} parameters, "
            f"{len(self.layers)} layers ({kinds})"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>"

    @property
    def layers(self) -> tuple[Node, ...]:
        """The layers in order, each with what it reads: the nodes of the graph."""
        return self.graph.nodes

    @property
    def input_shape(self) -> Shape:
        """Channels, height, width of an image."""
        return self.graph.input.image

    @property
    def output_name(self) -> str:
        """The allocation that holds the probabilities."""
        return self.graph.output.name

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """Every buffer, asked for in Darknet's order: layer by layer, then the input, then the shared
        workspace.

        Darknet's buffers for training (see `sassafras.network.layers.layer`) and its ``truth`` are left out.
        """
        found = [self._buffer(tensor) for node in self.layers for tensor in node.buffers]
        found.append(self._buffer(self.graph.input))
        workspaces = [node.workspace.nbytes for node in self.layers if node.workspace is not None]
        if workspaces:
            found.append(Buffer(WORKSPACE, max(workspaces)))
        return tuple(found)

    def _buffer(self, tensor: Tensor) -> Buffer:
        if tensor in self._maps:
            return Buffer(tensor.name, tensor.nbytes, tensor.image, tensor.dtype, is_map=True)
        shape = tensor.shape if tensor.name in self.parameters else None
        return Buffer(tensor.name, tensor.nbytes, shape, tensor.dtype)

    @cached_property
    def _maps(self) -> frozenset[Tensor]:
        return frozenset({self.graph.input, *(node.output for node in self.layers)})

    @property
    def contents(self) -> Mapping[str, NDArray[np.float32]]:
        """The parameters."""
        return self.parameters

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The layers."""
        return tuple(
            Part(node.index, node.kind, self._buffer(node.output), tuple(node.parameter_shapes))
            for node in self.layers
        )

    @property
    def inputs(self) -> tuple[Buffer, ...]:
        """The image."""
        return (self._buffer(self.graph.input),)

    @property
    def outputs(self) -> tuple[Buffer, ...]:
        """The probabilities."""
        return (self._buffer(self.graph.output),)

    @property
    def judgement(self) -> Judgement:
        """By classes, unless another is given."""
        return self.given_judgement or Classes(self.classes)

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """Every launch of one inference, in order."""
        return make_plan(self.layers, self.layout)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical graph and every parameter (or what the builder hashed instead), in
        hex.
        """
        if self.known_digest:
            return self.known_digest
        digest = hashlib.sha256(self.graph.canonical.encode())
        for name in sorted(self.parameters):
            digest.update(b"\0" + name.encode() + b"\0")
            digest.update(np.ascontiguousarray(self.parameters[name], "<f4").data)
        return digest.hexdigest()


def build_network(
    graph: Graph,
    parameters: Mapping[str, NDArray[np.float32]],
    classes: Sequence[str],
    name: str,
    *,
    digest: str = "",
    fit: Fit | None = None,
) -> Network:
    """The network of a graph with these parameters (float32, shapes as ``Node.parameter_shapes``).

    ``digest``: a SHA-256 that already stands for graph and parameters, to save hashing them. Raises
    NetworkError when parameters are missing, too many or of the wrong shape, and when there is not one class
    per output.
    """
    shapes = {key: shape for node in graph.nodes for key, shape in node.parameter_shapes.items()}
    outputs = graph.output.per_image
    if len(classes) != outputs:
        raise NetworkError(
            f"{name}: {len(classes)} class names for {outputs} outputs; give one name per output"
        )
    if unknown := sorted(parameters.keys() - shapes.keys()):
        raise NetworkError(f"{name}: {', '.join(unknown)}: no such parameter in the network")
    described = _described(parameters)
    for key, shape in shapes.items():
        _check(name, key, described.get(key), shape)
    if not isinstance(parameters, LowRankParameters):
        parameters = {key: _frozen(parameters[key]) for key in shapes}
    return Network(name, graph, tuple(classes), parameters, digest, fit)


_Description = tuple[np.dtype[Any], tuple[int, ...]]


def _described(parameters: Mapping[str, NDArray[np.float32]]) -> dict[str, _Description]:
    """Type and shape of each, without making any."""
    if isinstance(parameters, LowRankParameters):
        return {key: (np.dtype(np.float32), shape) for key, shape in parameters.shapes.items()}
    return {key: (values.dtype, values.shape) for key, values in parameters.items()}


def _check(network: str, name: str, found: _Description | None, shape: tuple[int, ...]) -> None:
    if found is None:
        raise NetworkError(f"{network}: {name} is missing; the network needs float32 {shape}")
    if found != (np.dtype(np.float32), shape):
        raise NetworkError(f"{network}: {name} is {found[0]} {found[1]}; the network needs float32 {shape}")


def _frozen(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A read-only view, contiguous."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view
