"""The shipped weights file: float16 tensors under Darknet layer numbers, in safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from alexnet import AlexNet, Convolution, LowRank
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import nn

Tensors = dict[str, NDArray[np.float16]]


def _half(tensor: torch.Tensor) -> NDArray[np.float16]:
    values: NDArray[np.float16] = tensor.detach().float().contiguous().numpy().astype(np.float16)
    return np.ascontiguousarray(values)


def half_tensors(net: AlexNet) -> Tensors:
    """Every trained tensor rounded to float16, under the names of the weights file."""
    tensors: Tensors = {}
    for name, layer in net.named_children():
        if isinstance(layer, LowRank):
            left, right, biases = layer.folded()
            tensors[f"{name}.left"], tensors[f"{name}.right"] = _half(left), _half(right)
            tensors[f"{name}.biases"] = _half(biases)
        elif isinstance(layer, Convolution):
            weights, biases = layer.folded()
            tensors[f"{name}.weights"], tensors[f"{name}.biases"] = _half(weights), _half(biases)
        elif isinstance(layer, nn.Linear):
            tensors[f"{name}.weights"], tensors[f"{name}.biases"] = _half(layer.weight), _half(layer.bias)
    return tensors


def write(path: Path, tensors: Tensors, metadata: Mapping[str, str]) -> None:
    """Writes the file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata=dict(metadata))


def _widened(tensors: Tensors, name: str) -> torch.Tensor:
    return torch.from_numpy(tensors[name]).float()


def _multiplied_out(tensors: Tensors, name: str) -> nn.Sequential:
    """The connected layer whose weights are the product of the stored factors."""
    left, right = _widened(tensors, f"{name}.left"), _widened(tensors, f"{name}.right")
    layer = nn.Linear(right.shape[1], left.shape[0])
    layer.weight.data = left @ right
    layer.bias.data = _widened(tensors, f"{name}.biases")
    return nn.Sequential(layer, nn.ReLU())


class Dense(AlexNet):
    """The network as it is shipped: float16 values widened to float32, low-rank products multiplied out."""

    def __init__(self, tensors: Tensors) -> None:
        super().__init__(rank=1)
        for name, layer in list(self.named_children()):
            if isinstance(layer, LowRank):
                setattr(self, name, _multiplied_out(tensors, name))
            elif isinstance(layer, Convolution | nn.Linear):
                layer.weight.data = _widened(tensors, f"{name}.weights")
                layer.bias.data = _widened(tensors, f"{name}.biases")
            if isinstance(layer, Convolution):
                layer.norm = nn.Identity()
        self.eval()


def read(path: Path) -> Dense:
    """The network of a weights file, ready to evaluate."""
    return Dense(load_file(path))
