"""The tensor-level contestants of ``campaign_speed.py``: PyTorch itself, PyTorchFI and MRFI, on the same
weights and pictures.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sassafras.network.network import Network

Contestant = Callable[[float], tuple[int, float]]  #: at least so many seconds -> (things done, seconds)


def torch_model(network: Network) -> nn.Module:
    """AlexNet as a torch module, with the network's parameters."""
    convolutions = [(0, 4, 0), (2, 1, 2), (4, 1, 1), (5, 1, 1), (6, 1, 1)]
    layers: list[nn.Module] = []
    for index, stride, padding in convolutions:
        weights = network.parameters[f"layer{index}.weights"]
        conv = nn.Conv2d(weights.shape[1], weights.shape[0], weights.shape[2], stride, padding)
        layers += [_with(conv, network, index), nn.ReLU()]
        if index in (0, 2, 6):
            layers.append(nn.MaxPool2d(3, 2))
    layers.append(nn.Flatten())
    for index in (8, 10, 12):
        weights = network.parameters[f"layer{index}.weights"]
        layers.append(_with(nn.Linear(weights.shape[1], weights.shape[0]), network, index))
        if index != 12:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Softmax(dim=1)).eval().requires_grad_(False)


def _with(module: nn.Module, network: Network, index: int) -> nn.Module:
    for name, parameter in (("weights", module.weight), ("biases", module.bias)):
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(np.array(network.parameters[f"layer{index}.{name}"])))
    return module


def torchvision_model(name: str) -> nn.Module:
    """One of torchvision's, with random weights, always the same, and probabilities as its output."""
    real = torch.library.register_fake

    def register(operator: Any, *arguments: Any, **options: Any) -> Any:
        """Passes over operators of detectors, which a torchvision built for GPUs lacks beside a torch for
        CPUs.
        """
        if str(operator).startswith("torchvision::"):
            return lambda function: function
        return real(operator, *arguments, **options)

    with patch.object(torch.library, "register_fake", register):
        from torchvision import models
    torch.manual_seed(1)
    return nn.Sequential(getattr(models, name)(), nn.Softmax(dim=1)).eval().requires_grad_(False)


def _batches(images: NDArray[np.float32], batch: int) -> torch.Tensor:
    return torch.from_numpy(images[np.arange(batch) % len(images)])


def _repeat(step: Callable[[], int], seconds: float) -> tuple[int, float]:
    """Call ``step`` until the time is over; the first call does not count."""
    step()
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        done += step()
    return done, spent


def inference(model: nn.Module, images: NDArray[np.float32], batch: int) -> Contestant:
    """Plain inference: images per second."""
    inputs = _batches(images, batch)

    def step() -> int:
        with torch.inference_mode():
            model(inputs).argmax(1)
        return batch

    return lambda seconds: _repeat(step, seconds)


def pytorchfi(model: nn.Module, images: NDArray[np.float32], batch: int) -> Contestant:
    """PyTorchFI 0.6: one random neuron value in every element of the batch, as its documentation does it."""
    from pytorchfi import neuron_error_models
    from pytorchfi.core import fault_injection

    neuron_error_models.random = random
    inputs = _batches(images, batch)
    shape = list(inputs.shape[1:])
    tool = fault_injection(model, batch, input_shape=shape, layer_types=[nn.Conv2d, nn.Linear])
    with torch.inference_mode():
        golden = model(inputs).argmax(1)

    def step() -> int:
        corrupted = neuron_error_models.random_neuron_inj_batched(tool)
        with torch.inference_mode():
            (corrupted(inputs).argmax(1) != golden).sum().item()
        return batch

    return lambda seconds: _repeat(step, seconds)


def mrfi(model: nn.Module, images: NDArray[np.float32], batch: int) -> Contestant:
    """MRFI 2.1: a random bit of a random activation of a random layer, in every element of the batch."""
    from mrfi import MRFI, EasyConfig

    text = """
faultinject:
  - type: activation
    enabled: True
    selector:
      method: RandomPositionByNumber
      n: 1
      per_instance: True
    error_mode:
      method: FloatRandomBitFlip
      floattype: float32
    module_type: [Conv2d, Linear]
"""
    tool: Any = MRFI(model, EasyConfig.load_string(text))
    places = tool.get_activation_configs()
    inputs = _batches(images, batch)
    with torch.inference_mode(), tool.golden_run():
        golden = tool(inputs).argmax(1)

    def step() -> int:
        places.enabled = False
        places[random.randrange(len(places))].enabled = True
        with torch.inference_mode():
            (tool(inputs).argmax(1) != golden).sum().item()
        return batch

    return lambda seconds: _repeat(step, seconds)
