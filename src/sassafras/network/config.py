"""Darknet cfg files: text to layers and back.

Understood: ``[net]`` (or ``[network]``) first, then the sections of `sassafras.network.layers.LAYER_KINDS`,
with Darknet's defaults; ``[cost]`` at the end does nothing at inference. Options that only matter in training
are accepted and forgotten; options that would change the result and that we do not support are refused.
Source of every default: Darknet's ``parser.c``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.layers import LAYER_KINDS, Layer, Shape, Tensor
from sassafras.network.sections import LARGEST_INTEGER, Section, parse_sections
from sassafras.network.text_files import check_kind, decode

INPUT = "input"
_NET_KINDS = ("net", "network")
_COST = "cost"  #: a loss: ``get_network_output_layer`` of Darknet's ``network.c`` takes the layer before it


@dataclass(frozen=True)
class NetworkConfig:
    """What a cfg says. ``batch`` is the batch of training: inference always runs one image."""

    batch: int
    channels: int
    height: int
    width: int
    layers: tuple[Layer, ...]

    @property
    def input_shape(self) -> Shape:
        """Channels, height, width."""
        return self.channels, self.height, self.width


def parse_cfg(text: str) -> NetworkConfig:
    """The network of a cfg text. Raises NetworkError, with the line, for what cannot be run exactly."""
    sections = parse_sections(text)
    if not sections:
        raise NetworkError("line 1: no section found; a cfg starts with [net]")
    if sections[0].kind not in _NET_KINDS:
        raise sections[0].error("comes first; a cfg starts with [net]")
    layers = _without_loss(sections[1:])
    if not layers:
        raise sections[0].error(f"no layer follows; supported: {_supported()}")
    batch, shape = _read_net(sections[0])
    return NetworkConfig(batch, *shape, _read_layers(layers, shape))


def read_cfg(path: Path) -> NetworkConfig:
    """The network of a cfg file. Raises NetworkError with the path."""
    try:
        data = path.read_bytes()
        check_kind(data, "a Darknet cfg")
        return parse_cfg(decode(data))
    except OSError as error:
        raise NetworkError(f"{path}: cannot read the cfg: {error.strerror or error}") from None
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def write_cfg(config: NetworkConfig) -> str:
    """The canonical text: every option that counts, in a fixed order. ``parse_cfg`` of it gives ``config``
    again.
    """
    net = [(key, str(getattr(config, key))) for key in ("batch", "height", "width", "channels")]
    sections = [("net", tuple(net))] + [(layer.kinds[0], layer.options) for layer in config.layers]
    return "\n".join(
        f"[{kind}]\n" + "".join(f"{key}={value}\n" for key, value in options) for kind, options in sections
    )


def _read_net(section: Section) -> tuple[int, Shape]:
    section.check_keys(("batch", "height", "width", "channels", "inputs"), {})
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


def _read_layers(sections: tuple[Section, ...], shape: Shape) -> tuple[Layer, ...]:
    kinds = {name: kind for kind in LAYER_KINDS for name in kind.kinds}
    layers: list[Layer] = []
    known = [Tensor(INPUT, shape)]
    for index, section in enumerate(sections):
        if section.kind == _COST:
            raise section.error("stands before another layer; supported at the end alone")
        if section.kind not in kinds:
            raise section.error(f"this section is not supported; supported: {_supported()}")
        layer = kinds[section.kind].from_section(section, index, known)
        layers.append(layer)
        known.append(layer.result)
    return tuple(layers)


def _supported() -> str:
    return ", ".join(f"[{kind.kinds[0]}]" for kind in LAYER_KINDS)
