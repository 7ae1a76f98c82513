"""The kinds of layer. In: cfg sections. Out: frozen layers with shapes, buffers and kernel calls.

A new kind is a file in this folder and one line in ``LAYER_KINDS``.
"""

from __future__ import annotations

from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.dropout import Dropout
from sassafras.network.layers.layer import BATCH, WORKSPACE, AddressOf, KernelCall, Layer, Shape, Tensor
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.route import Route
from sassafras.network.layers.shortcut import Shortcut
from sassafras.network.layers.softmax import Softmax

LAYER_KINDS: tuple[type[Layer], ...] = (
    *(Convolutional, Maxpool, Connected, Dropout, Softmax),
    *(Shortcut, Route),
)

__all__ = [
    "BATCH",
    "LAYER_KINDS",
    "WORKSPACE",
    "AddressOf",
    "Connected",
    "Convolutional",
    "Dropout",
    "KernelCall",
    "Layer",
    "Maxpool",
    "Route",
    "Shape",
    "Shortcut",
    "Softmax",
    "Tensor",
]
