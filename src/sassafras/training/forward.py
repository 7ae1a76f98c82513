"""The layers of a cfg in PyTorch, as they are trained: what `sassafras.network.layers` computes, up to
rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from sassafras.kernels.activation import Activation
from sassafras.network.graph import Graph
from sassafras.network.layers.avgpool import Avgpool
from sassafras.network.layers.batchnorm import EPSILON, BatchNorm
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.layer import Node
from sassafras.network.layers.mapped import AnyActivation, Mapped
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.softmax import Softmax
from sassafras.training.torch_package import Tensor, functional, torch

MOMENTUM = 0.1  #: of a batch's mean and variance in the running ones


def logits(graph: Graph, parameters: Mapping[str, Tensor], images: Tensor, dice: Any | None) -> Tensor:
    """What the end, a softmax or sigmoids, is given: (n, classes) of images (n, channels, height, width).
    ``dice``: a generator for dropout, and batches are normalised by themselves; None: as at inference.
    """
    values = images
    last = graph.nodes[-1]
    for node in graph.nodes:
        if node is last and isinstance(node.layer, Softmax):
            break
        values = _layer(node, parameters, values, dice, end=node is last)
    return values.flatten(1)


def _layer(
    node: Node, parameters: Mapping[str, Tensor], values: Tensor, dice: Any | None, *, end: bool
) -> Tensor:
    layer = node.layer
    own = {name: parameters[node.named(name)] for name in layer.parameter_shapes(node.inputs)}
    match layer:
        case Convolutional():
            windows = layer.windows
            values = functional.conv2d(
                values,
                own["weights"],
                stride=windows.strides,
                padding=layer.padding * layer.dilation,
                dilation=windows.dilations,
                groups=layer.groups,
            )
            return _finished(layer, own, values, dice, end=end)
        case Connected():
            values = functional.linear(values.flatten(1), own["weights"])
            return _finished(layer, own, values[:, :, None, None], dice, end=end)
        case Maxpool():
            return functional.max_pool2d(_padded(node, layer, values), layer.size, layer.stride)
        case Avgpool():
            return values.mean((2, 3), keepdim=True)
        case BatchNorm():
            return _normalised(own, values, dice)
        case Dropout():
            return _dropped(values, layer.probability, dice)
        case _:
            raise AssertionError(layer)  # `architecture_of` refused it


def _finished(
    layer: Convolutional | Connected,
    own: Mapping[str, Tensor],
    values: Tensor,
    dice: Any | None,
    *,
    end: bool,
) -> Tensor:
    """Biases or a normalisation, and the activation; at the end none, for a sigmoid belongs to the loss."""
    if layer.batch_normalize:
        values = _normalised(own, values, dice)
    else:
        values = values + own["biases"][:, None, None]
    return values if end and layer.activation is Activation.LOGISTIC else activated(layer.activation, values)


def _normalised(own: Mapping[str, Tensor], values: Tensor, dice: Any | None) -> Tensor:
    mean, variance = own["rolling_mean"], own["rolling_variance"]
    training = dice is not None
    return functional.batch_norm(
        values, mean, variance, own["scales"], own["biases"], training, MOMENTUM, EPSILON
    )


def _padded(node: Node, layer: Maxpool, values: Tensor) -> Tensor:
    """Darknet's padding, half of it (rounded down) before; what no window reaches is left out."""
    before = layer.padding // 2
    _, height, width = node.input.image
    _, rows, columns = node.output_shape
    below, right = (
        max(0, (windows - 1) * layer.stride + layer.size - before - extent)
        for windows, extent in ((rows, height), (columns, width))
    )
    return functional.pad(values, (before, right, before, below), value=-torch.inf)


def _dropped(values: Tensor, probability: float, dice: Any | None) -> Tensor:
    if dice is None or probability == 0:
        return values
    kept = torch.rand(values.shape, generator=dice, device=values.device) >= probability
    return values * kept / (1 - probability) if probability < 1 else values * 0


def activated(activation: AnyActivation, values: Tensor) -> Tensor:
    """An activation function of Darknet's."""
    match activation:
        case Activation.LINEAR:
            return values
        case Activation.LOGISTIC:
            return values.sigmoid()
        case Activation.RELU:
            return values.relu()
        case Activation.RAMP:
            return values.relu() + 0.1 * values
        case Activation.TANH:
            return values.tanh()
        case Activation.LEAKY:
            return functional.leaky_relu(values, 0.1)
        case Activation.ELU:
            return functional.elu(values)
        case Activation.HARDTAN:
            return functional.hardtanh(values)
        case Mapped.SWISH:
            return functional.silu(values)
        case Mapped.MISH:
            return functional.mish(values)
        case Mapped.RELU6:
            return functional.relu6(values)
        case _:
            assert_never(activation)
