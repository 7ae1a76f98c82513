"""One function per kind of section: its options to a layer, with Darknet's defaults.

Options that would change the result and that we do not support are refused. Source of every default:
Darknet's ``parser.c``. A new kind is a function here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sassafras.kernels.activation import Activation
from sassafras.network.importers.darknet.sections import Section
from sassafras.network.importers.darknet.wiring import Wiring
from sassafras.network.layers.avgpool import Avgpool
from sassafras.network.layers.batchnorm import BatchNorm
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.crop import Crop
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.layer import Layer
from sassafras.network.layers.mapped import EVERY, AnyActivation
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.reorg import Reorg
from sassafras.network.layers.route import Route
from sassafras.network.layers.scale_channels import ScaleChannels
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.layers.softmax import Softmax
from sassafras.network.layers.upsample import Upsample

Read = Callable[[Section], Layer]

_NOT_LOADED: Mapping[str, float | None] = {
    "dontload": 0,
    "dontsave": 0,
    "numload": 0,
}  #: change what a weights file holds


@dataclass(frozen=True)
class Reading:
    """How sections of one kind are read. ``names``: of the section, the one that is written first."""

    names: tuple[str, ...]
    read: Read
    wiring: Wiring


READINGS: list[Reading] = []  #: filled below, in this file's order


def reads(*names: str, wiring: Wiring | None = None) -> Callable[[Read], Read]:
    """Marks the function that reads sections of these names."""

    def noted(read: Read) -> Read:
        READINGS.append(Reading(names, read, wiring or Wiring()))
        return read

    return noted


def reading_of(name: str) -> Reading | None:
    """How a section of that name is read; None: it is not."""
    return next((reading for reading in READINGS if name in reading.names), None)


def supported() -> str:
    """The kinds of section that are read."""
    return ", ".join(f"[{reading.names[0]}]" for reading in READINGS)


def _activation(section: Section, default: AnyActivation = Activation.LOGISTIC) -> AnyActivation:
    """The activation of a section. Raises NetworkError for one that we have no kernel for."""
    option = section.find("activation")
    name = option.value if option else default.name.lower()
    for activation in EVERY:
        if activation.name.lower() == name:
            return activation
    known = ", ".join(activation.name.lower() for activation in EVERY)
    raise section.error(f"activation={name} is not supported; supported: {known}", "activation")


def _switch(section: Section, key: str) -> int:
    """1 where an option is not 0."""
    return int(section.integer(key, 0, minimum=0) != 0)


@reads("convolutional", "conv")
def read_convolutional(section: Section) -> Layer:
    """``parse_convolutional``: ``pad`` other than 0 means ``size // 2``, else ``padding`` counts."""
    numbers = ("filters", "size", "stride", "pad", "padding", "groups", "dilation", "stride_x", "stride_y")
    unsupported: Mapping[str, float | None] = {"flipped": 0, "binary": 0, "xnor": 0, "antialiasing": 0}
    section.check_keys((*numbers, "activation", "batch_normalize"), {**_NOT_LOADED, **unsupported})
    size = section.integer("size", 1, minimum=1)
    padding = section.integer("padding", 0, minimum=0)
    if section.integer("pad", 0, minimum=0):
        padding = size // 2
    dilation = section.integer("dilation", 1, minimum=1)
    if dilation > 1 and 2 * padding != size - 1:
        raise section.error(
            f"dilation={dilation} is supported with pad=1 and an odd size: else Darknet counts no place",
            "dilation",
        )
    stride = section.integer("stride", 1, minimum=1)
    across, down = (section.integer(name, stride, minimum=1) for name in ("stride_x", "stride_y"))
    return Convolutional(
        filters=section.integer("filters", 1, minimum=1),
        size=size,
        stride=down,
        padding=padding,
        activation=_activation(section),
        batch_normalize=_switch(section, "batch_normalize"),
        groups=section.integer("groups", 1, minimum=1),
        dilation=dilation,
        stride_x=0 if across == down else across,
    )


@reads("maxpool", "max")
def read_maxpool(section: Section) -> Layer:
    """``parse_maxpool``: the size defaults to the stride, the padding to size - 1."""
    unsupported = {"maxpool_depth": 0, "antialiasing": 0, "stride_x": None, "stride_y": None}
    section.check_keys(("size", "stride", "padding"), unsupported)
    stride = section.integer("stride", 1, minimum=1)
    size = section.integer("size", stride, minimum=1)
    return Maxpool(size, stride, section.integer("padding", size - 1, minimum=0))


@reads("connected", "conn")
def read_connected(section: Section) -> Layer:
    """``parse_connected``."""
    section.check_keys(("output", "activation", "batch_normalize"), _NOT_LOADED)
    outputs = section.integer("output", 1, minimum=1)
    return Connected(outputs, _activation(section), _switch(section, "batch_normalize"))


@reads("dropout")
def read_dropout(section: Section) -> Layer:
    """``parse_dropout``."""
    section.check_keys(("probability",), {})
    probability = section.number("probability", 0.5)
    if not 0 <= probability <= 1:
        raise section.error(f"probability={probability:g} must lie in 0 .. 1", "probability")
    return Dropout(probability)


@reads("softmax", "soft")
def read_softmax(section: Section) -> Layer:
    """``parse_softmax``."""
    section.check_keys(("groups", "temperature"), {"tree": None, "spatial": 0})
    return Softmax(section.integer("groups", 1, minimum=1), section.number("temperature", 1.0))


@reads("shortcut", wiring=Wiring("from"))
def read_shortcut(section: Section) -> Layer:
    """``parse_shortcut``, and several layers as in AlexeyAB's."""
    unsupported = {"alpha": 1, "beta": 1, "weights_type": None, "weights_normalization": None}
    section.check_keys(("from", "activation"), unsupported)
    return Shortcut(_activation(section, Activation.LINEAR))


@reads("route", wiring=Wiring("layers", before=False))
def read_route(section: Section) -> Layer:
    """``parse_route``, and parts of layers as in AlexeyAB's."""
    section.check_keys(("layers", "groups", "group_id"), {"stream": 0})
    groups, group = section.integer("groups", 1, minimum=1), section.integer("group_id", 0, minimum=0)
    if group >= groups:
        raise section.error(f"group_id={group} is none of {groups} groups (0 to {groups - 1})", "group_id")
    return Route(groups, group)


@reads("batchnorm")
def read_batchnorm(section: Section) -> Layer:
    """``parse_batchnorm``."""
    section.check_keys((), _NOT_LOADED)
    return BatchNorm()


@reads("avgpool", "avg")
def read_avgpool(section: Section) -> Layer:
    """``parse_avgpool``."""
    section.check_keys((), {})
    return Avgpool()


@reads("upsample")
def read_upsample(section: Section) -> Layer:
    """``parse_upsample``; a negative stride, which makes maps smaller, is refused."""
    section.check_keys(("stride", "scale"), {})
    return Upsample(section.integer("stride", 2, minimum=1), section.number("scale", 1.0))


@reads("reorg")
def read_reorg(section: Section) -> Layer:
    """``parse_reorg`` (AlexeyAB's ``parse_reorg_old``)."""
    section.check_keys(("stride",), {"reverse": 0, "flatten": 0, "extra": 0})
    return Reorg(section.integer("stride", 1, minimum=1))


@reads("scale_channels", wiring=Wiring("from"))
def read_scale_channels(section: Section) -> Layer:
    """AlexeyAB's ``parse_scale_channels``."""
    section.check_keys(("from", "activation"), {"scale_wh": 0})
    return ScaleChannels(_activation(section, Activation.LINEAR))


@reads("crop")
def read_crop(section: Section) -> Layer:
    """``parse_crop``; turning, flipping and changing colours are training's."""
    section.check_keys(("crop_height", "crop_width", "noadjust"), {})
    height, width = (section.integer(name, 1, minimum=1) for name in ("crop_height", "crop_width"))
    return Crop(height, width, _switch(section, "noadjust"))
