"""Networks to be measured: ours, and the same as a torch module, with the same parameters and pictures."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import tensor_level
import torch
from one_campaign import SIZE, random_pictures
from torch import nn

from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frames
from sassafras.network.images import Image, image_from_frame
from sassafras.network.importers.onnx.load import load_onnx
from sassafras.network.network import Network


@dataclass(frozen=True)
class Subject:
    """``model``: a new torch module each time. ``batches``: of the tensor-level tools. ``campaigns``: what
    `one_campaign.py` is told to run of ours, by what the table calls it; shares of ``--injections``.
    """

    network: Network
    images: list[Image]
    model: Callable[[], nn.Module]
    batches: tuple[int, ...]
    campaigns: dict[str, tuple[str, float]]
    file: Path | None = None


def alexnet(_folder: Path) -> Subject:
    """The bundled network, on rendered frames."""
    network = load_alexnet()
    images = [image_from_frame(frame) for frame in render_frames(2021, 8)]
    model = partial(tensor_level.torch_model, network)
    campaigns = {"paper preset": ("paper", 1.0), "all kernels": ("all", 1.0)}
    return Subject(network, images, model, (1, 8, 32, 64), campaigns)


def torchvision(name: str, folder: Path) -> Subject:
    """One of torchvision's, with random weights, by way of ONNX, on random pictures."""
    found = tensor_level.torchvision_model(name)
    file = folder / f"{name}.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about itself
        torch.onnx.export(found, (torch.zeros(1, 3, SIZE, SIZE),), str(file), dynamo=False)
    model = partial(tensor_level.torchvision_model, name)
    return Subject(load_onnx(file), random_pictures(), model, (1, 8), {"all kernels": ("all", 1.0)}, file)


SUBJECTS: dict[str, Callable[[Path], Subject]] = {
    "alexnet": alexnet,
    "resnet50": partial(torchvision, "resnet50"),
    "vgg16": partial(torchvision, "vgg16"),
}
