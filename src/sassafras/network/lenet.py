"""The small bundled network: LeNet-5 on Fashion-MNIST (grey pictures of clothes, 28x28), with 100 of the data
set's test pictures: the first ten of each class, the classes taking turns.
"""

from __future__ import annotations

from sassafras.network.bundled import Bundled
from sassafras.network.network import Network

LENET = Bundled(
    name="lenet",
    cfg="lenet.cfg",
    weights="lenet_fashion.safetensors",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    everything="lenet",
    trained_on="the 60,000 training pictures of Fashion-MNIST",
    pictures="fashion_pictures.safetensors",
)


def load_lenet() -> Network:
    """The bundled LeNet-5. Raises NetworkError when the package's data is missing or damaged."""
    return LENET.load()
