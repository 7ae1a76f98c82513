"""LeNet-5 in NumPy, float32: forward, backward, and Adam. Layers are numbered as in ``data/lenet.cfg``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Parameters = dict[str, Floats]

CONVOLUTIONS = {"layer0": (6, 1, 5, 2), "layer2": (16, 6, 5, 0)}  #: filters, channels, size, padding
CONNECTED = {"layer4": (120, 400), "layer5": (84, 120), "layer6": (10, 84)}  #: outputs, inputs


def new_parameters(generator: np.random.Generator) -> Parameters:
    """Kaiming's normal start, biases zero."""
    found: Parameters = {}
    for name, (filters, channels, size, _) in CONVOLUTIONS.items():
        found[f"{name}.weights"] = _normal(generator, (filters, channels, size, size))
        found[f"{name}.biases"] = np.zeros(filters, np.float32)
    for name, (outputs, inputs) in CONNECTED.items():
        found[f"{name}.weights"] = _normal(generator, (outputs, inputs))
        found[f"{name}.biases"] = np.zeros(outputs, np.float32)
    return found


def _normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    spread = np.sqrt(2 / np.prod(shape[1:]))
    return (generator.standard_normal(shape) * spread).astype(np.float32)


class Convolution:
    """One layer of windows with ReLU, channels last, and what its backward pass needs of the forward one."""

    def __init__(self, name: str, parameters: Parameters) -> None:
        self.name, self.parameters = name, parameters
        self.filters, self.channels, self.size, self.padding = CONVOLUTIONS[name]

    def forward(self, images: Floats) -> Floats:
        """(n, h, w, channels) to (n, h', w', filters)."""
        pad = self.padding
        self.padded = np.pad(images, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(self.padded, (self.size, self.size), (1, 2))
        n, height, width = windows.shape[:3]
        self.columns = windows.reshape(n * height * width, -1)
        flat = self.parameters[f"{self.name}.weights"].reshape(self.filters, -1)
        sums = self.columns @ flat.T
        sums += self.parameters[f"{self.name}.biases"]
        self.output: Floats = np.maximum(sums, 0, out=sums).reshape(n, height, width, self.filters)
        return self.output

    def backward(self, change: Floats, gradients: Parameters, *, further: bool) -> Floats | None:
        """The gradient of the input, where it is asked for (of a layer without padding)."""
        back = (change * (self.output > 0)).reshape(-1, self.filters)
        weights = self.parameters[f"{self.name}.weights"]
        gradients[f"{self.name}.weights"] = (back.T @ self.columns).reshape(weights.shape)
        gradients[f"{self.name}.biases"] = back.sum(0)
        if not further:
            return None
        n, height, width, _ = self.output.shape
        found = np.zeros_like(self.padded)
        for y in range(self.size):
            for x in range(self.size):
                spread = back @ np.ascontiguousarray(weights[:, :, y, x])
                found[:, y : y + height, x : x + width] += spread.reshape(n, height, width, self.channels)
        return found


class Pool:
    """Maximum of 2x2, at stride 2; the first of equal ones takes the gradient."""

    def forward(self, images: Floats) -> Floats:
        """Half the height and width."""
        self.shape = images.shape
        self.corners = [images[:, y::2, x::2] for y in (0, 1) for x in (0, 1)]
        first, second, third, fourth = self.corners
        self.largest: Floats = np.maximum(np.maximum(first, second), np.maximum(third, fourth))
        return self.largest

    def backward(self, change: Floats) -> Floats:
        """The gradient of the input."""
        found = np.zeros(self.shape, np.float32)
        free = np.ones(self.largest.shape, bool)
        for place, corner in enumerate(self.corners):
            takes = free & (corner == self.largest)
            found[:, place // 2 :: 2, place % 2 :: 2] = change * takes
            free &= ~takes
        return found


class LeNet:
    """The whole network: images (n, 1, 28, 28) in [0, 1]."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.windows = [Convolution(name, parameters) for name in CONVOLUTIONS]
        self.pools = [Pool(), Pool()]

    def logits(self, images: Floats) -> Floats:
        """What softmax takes, (n, 10)."""
        values = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
        for convolution, pool in zip(self.windows, self.pools, strict=True):
            values = pool.forward(convolution.forward(values))
        self.pooled = values.shape
        self.vectors = [values.transpose(0, 3, 1, 2).reshape(len(images), -1)]  # channels first, as Darknet
        for name in CONNECTED:
            sums = self.vectors[-1] @ self.parameters[f"{name}.weights"].T
            sums += self.parameters[f"{name}.biases"]
            self.vectors.append(sums if name == "layer6" else np.maximum(sums, 0))
        return self.vectors[-1]

    def gradients(self, images: Floats, labels: NDArray[Any]) -> tuple[float, Parameters]:
        """Mean cross-entropy of a batch, and its gradients."""
        logits = self.logits(images)
        shares = np.exp(logits - logits.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        rows = np.arange(len(labels))
        loss = float(-np.log(shares[rows, labels] + 1e-12).mean())
        change = shares
        change[rows, labels] -= 1
        change /= np.float32(len(labels))
        return loss, self._backward(change)

    def _backward(self, change: Floats) -> Parameters:
        found: Parameters = {}
        for name, vector in zip(reversed(CONNECTED), reversed(self.vectors[:-1]), strict=True):
            found[f"{name}.weights"], found[f"{name}.biases"] = change.T @ vector, change.sum(0)
            change = change @ self.parameters[f"{name}.weights"]
            if name != "layer4":  # its input comes from a maximum, not from ReLU
                change = change * (vector > 0)
        n, height, width, channels = self.pooled
        image: Floats | None = change.reshape(n, channels, height, width).transpose(0, 2, 3, 1)
        for convolution, pool in zip(reversed(self.windows), reversed(self.pools), strict=True):
            assert image is not None
            further = convolution is not self.windows[0]
            image = convolution.backward(pool.backward(image), found, further=further)
        return found


class Adam:
    """Kingma and Ba 2015, with weight decay beside the gradient (Loshchilov and Hutter 2019)."""

    def __init__(self, parameters: Parameters, decay: float) -> None:
        self.parameters, self.decay, self.steps = parameters, decay, 0
        self.mean = {name: np.zeros_like(values) for name, values in parameters.items()}
        self.square = {name: np.zeros_like(values) for name, values in parameters.items()}

    def step(self, gradients: Parameters, rate: float) -> None:
        """Move the parameters, in place."""
        self.steps += 1
        first, second = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for name, gradient in gradients.items():
            mean, square, values = self.mean[name], self.square[name], self.parameters[name]
            mean += np.float32(0.1) * (gradient - mean)
            square += np.float32(0.001) * (gradient * gradient - square)
            values -= (
                np.float32(rate)
                * (mean / np.float32(first))
                / (np.sqrt(square / np.float32(second)) + np.float32(1e-8))
            )
            if name.endswith("weights"):
                values *= np.float32(1 - rate * self.decay)
