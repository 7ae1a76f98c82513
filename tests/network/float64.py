"""A float64 reference of Darknet's layers that knows nothing of kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sassafras.kernels.activation import Activation
from sassafras.network.layers.avgpool import Avgpool
from sassafras.network.layers.batchnorm import BatchNorm
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.crop import Crop
from sassafras.network.layers.layer import Node
from sassafras.network.layers.mapped import AnyActivation, Mapped
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.reorg import Reorg
from sassafras.network.layers.route import Route
from sassafras.network.layers.scale_channels import ScaleChannels
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.layers.softmax import Softmax
from sassafras.network.layers.upsample import Upsample
from sassafras.network.network import Network

Wide = NDArray[np.float64]
Narrow = NDArray[np.float32]


def _activate(x: Wide, activation: AnyActivation) -> Wide:
    functions: dict[AnyActivation, Callable[[Wide], Wide]] = {
        Activation.LOGISTIC: lambda v: 1 / (1 + np.exp(-v)),
        Activation.RELU: lambda v: np.maximum(v, 0),
        Activation.LINEAR: lambda v: v,
        Activation.RAMP: lambda v: np.where(v > 0, 1.1 * v, 0.1 * v),
        Activation.TANH: np.tanh,
        Activation.LEAKY: lambda v: np.where(v > 0, v, 0.1 * v),
        Activation.ELU: lambda v: np.where(v >= 0, v, np.expm1(v)),
        Activation.HARDTAN: lambda v: np.clip(v, -1, 1),
        Mapped.SWISH: lambda v: v / (1 + np.exp(-v)),
        Mapped.MISH: lambda v: v * np.tanh(np.log1p(np.exp(v))),
        Mapped.RELU6: lambda v: np.clip(v, 0, 6),
    }
    return functions[activation](x)


def convolved(
    x: Wide,
    weights: Wide,
    pads: tuple[int, int, int, int],
    steps: tuple[int, int],
    apart: tuple[int, int],
    groups: int,
) -> Wide:
    """Sums under windows, group by group. ``pads``: above, left, below, right."""
    top, left, bottom, right = pads
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right)))
    _, _, tall, wide = weights.shape
    size = (tall - 1) * apart[0] + 1, (wide - 1) * apart[1] + 1
    windows = sliding_window_view(padded, size, axis=(1, 2))[:, :: steps[0], :: steps[1]]
    windows = windows[..., :: apart[0], :: apart[1]]
    inputs, filters = np.split(windows, groups), np.split(weights, groups)
    parts = [np.einsum("chwij,fcij->fhw", a, b, optimize=True) for a, b in zip(inputs, filters, strict=True)]
    return np.concatenate(parts)


def _shifted(
    node: Node, x: Wide, parameters: Mapping[str, Narrow], normalized: int, epsilon: float = 0.00001
) -> Wide:
    """Biases, behind batch normalisation if there is one."""

    def of(name: str) -> Wide:
        return parameters[node.named(name)].astype(np.float64)[:, None, None]

    if normalized:
        x = of("scales") * (x - of("rolling_mean")) / np.sqrt(of("rolling_variance") + epsilon)
    return x + of("biases")


def _cropped(layer: Crop, x: Wide) -> Wide:
    _, height, width = x.shape
    top, left = (height - layer.crop_height) // 2, (width - layer.crop_width) // 2
    middle = x[:, top : top + layer.crop_height, left : left + layer.crop_width]
    return middle if layer.noadjust else 2 * middle - 1


def _reorganised(x: Wide, stride: int) -> Wide:
    """Index by index, as Darknet's ``reorg_cpu`` without ``forward`` reads."""
    channels, height, width = x.shape
    few, flat, made = channels // stride**2, x.reshape(-1), np.empty(x.size)
    for i, (channel, row, column) in enumerate(np.ndindex(channels, height, width)):
        across = column * stride + channel // few % stride
        down = row * stride + channel // few // stride
        made[i] = flat[across + width * stride * (down + height * stride * (channel % few))]
    return made.reshape(channels * stride**2, height // stride, width // stride)


def _summed(read: Sequence[Wide]) -> Wide:
    """The first, and what each other shares with it: channels, and of larger maps every so manieth pixel."""
    total = read[0].copy()
    for other in read[1:]:
        stride, shared = other.shape[1] // total.shape[1], min(len(other), len(total))
        total[:shared] += other[:shared, ::stride, ::stride]
    return total


def _taken(layer: Route, x: Wide) -> Wide:
    return np.split(x, layer.groups)[layer.group_id]


def _forward(node: Node, x: Wide, parameters: Mapping[str, Narrow]) -> Wide:
    layer = node.layer
    if isinstance(layer, Convolutional):
        weights = parameters[node.named("weights")].astype(np.float64)
        steps = layer.stride_y or layer.stride, layer.stride_x or layer.stride
        edge = layer.padding * layer.dilation
        sums = convolved(x, weights, (edge,) * 4, steps, (layer.dilation,) * 2, layer.groups)
        return _activate(_shifted(node, sums, parameters, layer.batch_normalize), layer.activation)
    if isinstance(layer, Connected):
        weights = parameters[node.named("weights")].astype(np.float64)
        sums = (weights @ x.reshape(-1)).reshape(-1, 1, 1)
        return _activate(_shifted(node, sums, parameters, layer.batch_normalize), layer.activation)
    if isinstance(layer, BatchNorm):
        return _shifted(node, x, parameters, 1, layer.epsilon)
    if isinstance(layer, Avgpool):
        return np.asarray(x.mean(axis=(1, 2), keepdims=True))
    if isinstance(layer, Upsample):
        return np.asarray(layer.scale * np.kron(x, np.ones((1, layer.stride, layer.stride))))
    if isinstance(layer, Crop):
        return _cropped(layer, x)
    if isinstance(layer, Reorg):
        return _reorganised(x, layer.stride)
    if isinstance(layer, Maxpool):
        before = layer.padding // 2
        edges = (before, layer.padding - before)
        padded = np.pad(x, ((0, 0), edges, edges), constant_values=-np.inf)
        windows = sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
        return np.asarray(windows[:, :: layer.stride, :: layer.stride].max(axis=(3, 4)))
    if isinstance(layer, Softmax):
        powers = np.exp(x.reshape(layer.groups, -1) / layer.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True)).reshape(-1, 1, 1)
    return x


def reference_of(network: Network, image: Narrow) -> list[Wide]:
    """The output of every layer."""
    results: list[Wide] = []
    made = {network.graph.input: image.astype(np.float64)}
    for node in network.layers:
        read = [made[tensor] for tensor in node.inputs]
        if isinstance(node.layer, Route):
            results.append(np.concatenate([_taken(node.layer, x) for x in read]))
        elif isinstance(node.layer, ScaleChannels):
            results.append(_activate(read[1] * read[0], node.layer.activation))
        elif isinstance(node.layer, Shortcut):
            results.append(_activate(_summed(read), node.layer.activation))
        else:
            results.append(_forward(node, read[0], network.parameters))
        made[node.output] = results[-1]
    return results
