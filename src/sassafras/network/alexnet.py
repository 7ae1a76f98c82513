"""The bundled network of the paper: AlexNet with 7 classes of laparoscopic instruments."""

from __future__ import annotations

from sassafras.network.bundled import Bundled
from sassafras.network.frames import CLASS_NAMES
from sassafras.network.network import Network

ALEXNET = Bundled(
    name="alexnet",
    cfg="alexnet.cfg",
    weights="alexnet_laparoscopy.safetensors",
    classes=CLASS_NAMES,
    everything="all",
    trained_on="synthetic frames such as Sassafras renders",
)


def load_alexnet() -> Network:
    """The bundled AlexNet. Raises NetworkError when the package's data is missing or damaged."""
    return ALEXNET.load()
