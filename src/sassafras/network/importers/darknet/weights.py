"""Darknet ``.weights`` files: header, then per layer with weights its biases and its weights, all
little-endian binary32.

The header is three int32 (major, minor, revision) and the number of images seen in training: 8 bytes from
version 0.2 on, 4 bytes before (and where major or minor is 1000 or more). Where major or minor is above 1000
the weights of connected layers are stored transposed (inputs x outputs). Source: ``load_weights_upto`` in
Darknet's ``parser.c``.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import NetworkError
from sassafras.network.importers.darknet.text_files import check_kind, check_not_text
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.layer import Node

Parameters = dict[str, NDArray[np.float32]]

_FLOAT = np.dtype("<f4")
_VERSION = struct.Struct("<3i")
_USUAL_CHANNELS = range(1, 5)  #: of pictures: grey, grey and opacity, colours, colours and opacity


@dataclass(frozen=True)
class WeightsHeader:
    """Version of the file format and images seen in training. The default is what Darknet writes today."""

    major: int = 0
    minor: int = 2
    revision: int = 0
    seen: int = 0

    @property
    def seen_format(self) -> struct.Struct:
        """How ``seen`` is stored in this version."""
        wide = self.major * 10 + self.minor >= 2 and self.major < 1000 and self.minor < 1000
        return struct.Struct("<Q" if wide else "<i")

    @property
    def transposed(self) -> bool:
        """Whether connected weights are stored inputs x outputs."""
        return self.major > 1000 or self.minor > 1000

    @property
    def nbytes(self) -> int:
        """Bytes of the header."""
        return _VERSION.size + self.seen_format.size


@dataclass(frozen=True, eq=False)
class DarknetWeights:
    """Header and parameters (allocation name to float32 array, shapes as ``Node.parameter_shapes``)."""

    header: WeightsHeader
    parameters: Parameters


def parse_weights(data: bytes, layers: Sequence[Node], *, partly: bool = False) -> DarknetWeights:
    """The weights of these layers. ``partly``: others may follow.

    Raises NetworkError, with the byte counts, for a file that is too short or too long, and naming what is no
    weights file at all.
    """
    check_kind(data, "Darknet weights")
    check_not_text(data, "Darknet weights")
    header = _parse_header(data)
    _check_size(len(data), header, layers, partly=partly)
    parameters: Parameters = {}
    offset = header.nbytes
    for layer in layers:
        for name, shape in layer.parameter_shapes.items():
            count = math.prod(shape)
            values = np.frombuffer(data, _FLOAT, count, offset).astype(np.float32)
            offset += values.nbytes
            if _is_transposed(layer, shape, header):
                values = values.reshape(shape[::-1]).T
            parameters[name] = np.ascontiguousarray(values.reshape(shape))
    return DarknetWeights(header, parameters)


def read_weights(path: Path, layers: Sequence[Node], *, partly: bool = False) -> DarknetWeights:
    """The weights in a file, as `parse_weights` has them. Raises NetworkError with the path."""
    try:
        return parse_weights(path.read_bytes(), layers, partly=partly)
    except OSError as error:
        raise NetworkError(f"{path}: cannot read the weights: {error.strerror or error}") from None
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None


def format_weights(
    parameters: Mapping[str, NDArray[np.float32]],
    layers: Sequence[Node],
    header: WeightsHeader | None = None,
) -> bytes:
    """The bytes of a weights file. Raises NetworkError for a parameter missing or misshapen."""
    header = header or WeightsHeader()
    try:
        parts = [
            _VERSION.pack(header.major, header.minor, header.revision),
            header.seen_format.pack(header.seen),
        ]
    except struct.error:
        raise NetworkError(f"{header} does not fit the header of a weights file") from None
    for layer in layers:
        for name, shape in layer.parameter_shapes.items():
            values = parameters.get(name)
            if values is None or values.shape != shape:
                found = "missing" if values is None else f"of shape {values.shape}"
                raise NetworkError(f"{name} is {found}; the network needs shape {shape}")
            stored = values.T if _is_transposed(layer, shape, header) else values
            parts.append(stored.astype(_FLOAT).tobytes())
    return b"".join(parts)


def write_weights(
    path: Path,
    parameters: Mapping[str, NDArray[np.float32]],
    layers: Sequence[Node],
    header: WeightsHeader | None = None,
) -> None:
    """Write a weights file. Raises NetworkError."""
    data = format_weights(parameters, layers, header)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise NetworkError(f"{path}: cannot write the weights: {error.strerror or error}") from None


def _is_transposed(node: Node, shape: tuple[int, ...], header: WeightsHeader) -> bool:
    return header.transposed and isinstance(node.layer, Connected) and len(shape) == 2


def _parse_header(data: bytes) -> WeightsHeader:
    if len(data) < _VERSION.size:
        raise NetworkError(f"{len(data)} bytes are no Darknet weights file: the header alone has 16 or 20")
    header = WeightsHeader(*_VERSION.unpack_from(data))
    if len(data) < header.nbytes:
        raise NetworkError(
            f"{len(data)} bytes are no Darknet weights file: the header alone has {header.nbytes}"
        )
    (seen,) = header.seen_format.unpack_from(data, _VERSION.size)
    return WeightsHeader(header.major, header.minor, header.revision, seen)


def _check_size(found: int, header: WeightsHeader, layers: Sequence[Node], *, partly: bool) -> None:
    """Refuse a file that does not hold exactly the parameters of the layers, or at least these."""
    end = header.nbytes
    broken = ""
    for layer in layers:
        for name, shape in layer.parameter_shapes.items():
            end += math.prod(shape) * _FLOAT.itemsize
            if end > found and not broken:
                broken = f"it ends inside {name} ({layer.kind}, shape {shape})"
    if found < end or (found > end and not partly):
        fate = broken or f"{found - end} bytes are left behind the last layer"
        if other := _other_channels(found - end, layers):
            fate = f"{other}, or {broken}" if broken else other
        raise NetworkError(
            f"expected {end} bytes for this network, found {found}: {fate}; is it the cfg of these weights?"
        )


def _other_channels(excess: int, layers: Sequence[Node]) -> str:
    """What to say where another number of input channels explains ``excess`` bytes; else "".

    The channels of the image change the weights of the first layer that has any, and no other's.
    """
    first = next((layer for layer in layers if layer.parameter_shapes), None)
    if first is None or any(len(layer.inputs) > 1 for layer in layers):
        return ""  # behind a branch, other weights may depend on the image's channels too
    channels = layers[0].input.image[0]
    weights = math.prod(first.parameter_shapes[first.named("weights")]) * _FLOAT.itemsize
    per_channel = weights // channels
    fitting = [n for n in _USUAL_CHANNELS if n != channels and (n - channels) * per_channel == excess]
    return f"it fits channels={fitting[0]}, the cfg says channels={channels}" if fitting else ""
