"""Darknet cfg files: text to a graph of layers and back.

Understood: ``[net]`` (or ``[network]``) first, then the sections of
`sassafras.network.importers.darknet.readings`; ``[cost]`` at the end does nothing at inference. Options that
only matter in training are accepted and forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.graph import INPUT, Graph, options_of
from sassafras.network.importers.darknet.readings import Reading, reading_of, supported
from sassafras.network.importers.darknet.sections import LARGEST_INTEGER, Option, Section, parse_sections
from sassafras.network.importers.darknet.text_files import check_kind, decode
from sassafras.network.importers.darknet.wiring import Known
from sassafras.network.layers.layer import MisfitError, Node
from sassafras.network.tensor import Shape, Tensor

_NET_KINDS = ("net", "network")
_HEADS = ("detection", "region", "yolo", "Gaussian_yolo")  #: they find boxes, not a class
_COST = "cost"  #: a loss: ``get_network_output_layer`` of Darknet's ``network.c`` takes the layer before it


@dataclass(frozen=True)
class NetworkConfig:
    """What a cfg says. ``batch`` is the batch of training: inference always runs one image. ``letter_box``:
    how pictures become inputs (`sassafras.network.fit`); it says nothing about the network, and so it is not
    compared and not in the canonical text.
    """

    batch: int
    graph: Graph
    letter_box: bool = field(default=False, compare=False)


def parse_cfg(text: str, output: str | None = None) -> NetworkConfig:
    """The network of a cfg text. ``output``: the number of the layer with which it ends, as Darknet counts
    from 0; what follows is not read. Raises NetworkError, with the line, for what cannot be run exactly.
    """
    sections = parse_sections(text)
    if not sections:
        raise NetworkError("line 1: no section found; a cfg starts with [net]")
    if sections[0].kind not in _NET_KINDS:
        raise sections[0].error("comes first; a cfg starts with [net]")
    layers = _without_loss(sections[1:])
    if not layers:
        raise sections[0].error(f"no layer follows; supported: {supported()}")
    layers = _up_to(layers, output)
    batch, shape = _read_net(sections[0])
    letter_box = sections[0].integer("letter_box", 0, minimum=-LARGEST_INTEGER) != 0
    image = Tensor(INPUT, (1, *shape))
    return NetworkConfig(batch, Graph(image, _read_layers(layers, image)), letter_box)


def read_cfg(path: Path, output: str | None = None) -> NetworkConfig:
    """The network of a cfg file, as `parse_cfg` has it. Raises NetworkError with the path."""
    try:
        data = path.read_bytes()
        check_kind(data, "a Darknet cfg")
        return parse_cfg(decode(data), output)
    except OSError as error:
        raise NetworkError(f"{path}: cannot read the cfg: {error.strerror or error}") from None
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def write_cfg(config: NetworkConfig) -> str:
    """The canonical text: every option that counts, in a fixed order. ``parse_cfg`` of it gives ``config``
    again.

    Raises NetworkError for a graph that no cfg says.
    """
    channels, height, width = config.graph.input.image
    net = {"batch": config.batch, "height": height, "width": width, "channels": channels}
    sections = [("net", {key: str(value) for key, value in net.items()})]
    graph = config.graph
    sections += [_written(node, graph.input, graph.nodes) for node in graph.nodes]
    return "\n".join(
        f"[{kind}]\n" + "".join(f"{key}={value}\n" for key, value in options.items())
        for kind, options in sections
    )


def _read_net(section: Section) -> tuple[int, Shape]:
    section.check_keys(("batch", "height", "width", "channels", "inputs", "letter_box"), {})
    batch = section.integer("batch", 1, minimum=1)
    inputs = section.integer("inputs", 0, minimum=0)
    shape = (
        section.integer("channels", 0, minimum=0),
        section.integer("height", 0, minimum=0),
        section.integer("width", 0, minimum=0),
    )
    if inputs and not any(shape):
        return batch, (inputs, 1, 1)
    if not all(shape):
        raise section.error("height, width and channels (or inputs) must be given and positive")
    size = shape[0] * shape[1] * shape[2]
    if inputs not in {0, size}:
        raise section.error(f"inputs={inputs} is not height x width x channels = {size}", "inputs")
    if size > LARGEST_INTEGER:
        raise section.error(f"an input of {size} values is too large: kernels index {LARGEST_INTEGER}")
    return batch, shape


def _without_loss(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections less ``[cost]`` at the end: it compares with the truth, and inference has none."""
    end = len(sections)
    while end and sections[end - 1].kind == _COST:
        end -= 1
    return sections[:end]


def _up_to(layers: tuple[Section, ...], output: str | None) -> tuple[Section, ...]:
    """The layers up to the one that is asked for."""
    if output is None:
        return layers
    if not re.fullmatch(r"[0-9]{1,6}", output) or int(output) >= len(layers):
        raise NetworkError(f"--output {output} is no layer: give a number from 0 to {len(layers) - 1}")
    return layers[: int(output) + 1]


def _read_layers(sections: tuple[Section, ...], image: Tensor) -> tuple[Node, ...]:
    nodes: list[Node] = []
    known = [image]
    for index, section in enumerate(sections):
        if section.kind == _COST:
            raise section.error("stands before another layer; supported at the end alone")
        reading = reading_of(section.kind)
        if reading is None and section.kind in _HEADS and index:
            way = f"what stands before it runs: --output {index - 1}"
            raise section.error(f"this is a detection head, whose boxes are not judged; {way}")
        if reading is None:
            raise section.error(f"this section is not supported; supported: {supported()}")
        nodes.append(_read_node(section, reading, index, known))
        known.append(nodes[-1].output)
    return tuple(nodes)


def _read_node(section: Section, reading: Reading, index: int, known: Known) -> Node:
    layer, origins = reading.read(section), reading.wiring.origins(section, index)
    inputs = tuple(known[origin + 1] for origin in origins)
    first = "the layer before" if reading.wiring.before else f"layer {origins[0]}"
    told = (first, *(f"layer {origin}" for origin in origins[1:]))
    try:
        layer.check(tuple(replace(tensor, name=name) for tensor, name in zip(inputs, told, strict=True)))
        return Node(index, layer, inputs)
    except MisfitError as error:
        key = reading.wiring.key if error.option == "inputs" else error.option
        raise section.error(str(error), key) from None


def _written(node: Node, image: Tensor, nodes: Sequence[Node]) -> tuple[str, dict[str, str]]:
    """The section of a node."""
    reading = reading_of(node.kind)
    if reading is None:
        raise NetworkError(f"{node.name} ({node.kind}): no section of a cfg is this")
    wiring, before = reading.wiring, nodes[: node.index]
    origins = {image: -1} | {other.output: other.index for other in before}  # of equal ones the last
    last = before[-1].output if before else image
    chained, named = ([node.input], node.inputs[1:]) if wiring.before else ([last], node.inputs)
    numbers = [origins[tensor] for tensor in named]
    if chained != [last] or -1 in numbers or bool(numbers) != (wiring.key is not None):
        read = ", ".join(tensor.name for tensor in node.inputs)
        raise NetworkError(f"{node.name} reads {read}: no section of a cfg says that")
    origin = {} if wiring.key is None else {wiring.key: ",".join(map(str, numbers))}
    options = origin | {key: _option(value) for key, value in options_of(node.layer).items()}
    again = Section(node.kind, 0, tuple(Option(key, value, 0) for key, value in options.items()))
    if reading.read(again) != node.layer:
        raise NetworkError(f"{node.name} is {node.layer}: no section of a cfg says that")
    return node.kind, options


def _option(value: object) -> str:
    return value.name.lower() if isinstance(value, Enum) else repr(value)
