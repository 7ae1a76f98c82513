"""The Darknet AlexNet of Sassafras in torch, its two large connected layers as low-rank products."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

CLASSES = 7
HIDDEN = 4096
CONVOLUTIONS = ("layer0", "layer2", "layer4", "layer5", "layer6")
FEATURES = 256 * 6 * 6


Norm = nn.BatchNorm1d | nn.BatchNorm2d


def _affine(norm: Norm) -> tuple[Tensor, Tensor]:
    """Per channel, the gain and offset that a trained normalisation amounts to."""
    if norm.running_var is None or norm.running_mean is None:
        raise RuntimeError("folding needs running statistics")
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return gain, norm.bias - norm.running_mean * gain


class LowRank(nn.Module):
    """relu(norm(left @ (right @ x) + bias)): left (outputs, rank), right (rank, inputs).

    Both factors start so that the product has the variance of Kaiming's initialisation.
    """

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__()
        self.left = nn.Parameter(torch.randn(outputs, rank) * math.sqrt(2 / rank))
        self.right = nn.Parameter(torch.randn(rank, inputs) * math.sqrt(1 / inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """The layer after ReLU, (N, outputs)."""
        sums = nn.functional.linear(nn.functional.linear(x, self.right), self.left, self.bias)
        normal: Tensor = self.norm(sums)
        return normal.relu()

    def folded(self) -> tuple[Tensor, Tensor, Tensor]:
        """Left factor, right factor and biases that need no normalisation."""
        gain, offset = _affine(self.norm)
        return self.left * gain[:, None], self.right, self.bias * gain + offset


class Convolution(nn.Conv2d):
    """A convolution with ReLU and, in training alone, batch normalisation between them.

    A plain AlexNet on these frames stays at chance for epochs. Normalising each channel over the batch cures
    that, and once trained it is an affine map per channel: `folded` puts it into the filters and biases, so
    the network that ships has none.
    """

    def __init__(self, inputs: int, filters: int, size: int, stride: int = 1) -> None:
        super().__init__(inputs, filters, size, stride, padding=0 if stride > 1 else size // 2)
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x: Tensor) -> Tensor:
        """The layer after ReLU, (N, filters, rows, columns)."""
        normal: Tensor = self.norm(super().forward(x))
        return normal.relu()

    def folded(self) -> tuple[Tensor, Tensor]:
        """Filters and biases that need no normalisation."""
        gain, offset = _affine(self.norm)
        bias = torch.zeros_like(gain) if self.bias is None else self.bias
        return self.weight * gain[:, None, None, None], bias * gain + offset


class AlexNet(nn.Module):
    """Layers 0 to 12 (softmax, layer 13, belongs to the loss). Input (N, 3, 227, 227), RGB in [0, 1]."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.layer0 = Convolution(3, 96, 11, stride=4)
        self.layer2 = Convolution(96, 256, 5)
        self.layer4 = Convolution(256, 384, 3)
        self.layer5 = Convolution(384, 384, 3)
        self.layer6 = Convolution(384, 256, 3)
        self.layer8 = LowRank(FEATURES, HIDDEN, rank)
        self.layer10 = LowRank(HIDDEN, HIDDEN, rank)
        self.layer12 = nn.Linear(HIDDEN, CLASSES)
        nn.init.normal_(self.layer12.weight, std=0.01)
        nn.init.zeros_(self.layer12.bias)
        self.pool = nn.MaxPool2d(3, 2)
        self.drop = nn.Dropout(0.5)

    def features(self, x: Tensor) -> Tensor:
        """What layer 6 puts out, (N, 256, 13, 13)."""
        x = self.pool(self.layer0(x))
        x = self.pool(self.layer2(x))
        found: Tensor = self.layer6(self.layer5(self.layer4(x)))
        return found

    def classify(self, features: Tensor) -> Tensor:
        """The seven logits, (N, 7), from the output of layer 6."""
        x = self.pool(features)
        x = self.drop(self.layer8(x.flatten(1)))
        x = self.drop(self.layer10(x))
        logits: Tensor = self.layer12(x)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """The seven logits, (N, 7)."""
        return self.classify(self.features(x))


class TipFinder(nn.Module):
    """A guide for training alone: says for each cell of layer 6 which instrument's tip is there, or none.

    It tells the convolutions where in the clutter to look. The network that ships does not have it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.score = nn.Conv2d(256, CLASSES + 1, 1)

    def loss(self, features: Tensor, labels: Tensor, tips: Tensor) -> Tensor:
        """Mean cross-entropy of the cells at tips plus that of all other cells; `tips` bool (N, 13, 13)."""
        scores = self.score(features).float()
        target = torch.where(tips, labels[:, None, None], CLASSES)
        cells = nn.functional.cross_entropy(scores, target, reduction="none")
        return cells[tips].mean() + cells[~tips].mean()
