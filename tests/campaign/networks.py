"""Small networks: with every kind of layer in a line, with branches; and two pictures for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from tests.campaign import layer_networks
from tests.campaign.darknet_networks import DARKNET

from sassafras.network.images import Image
from sassafras.network.importers.darknet.config import parse_cfg
from sassafras.network.network import Network, build_network

CFG = """
[net]
height=19
width=19
channels=3

[convolutional]
filters=8
size=3
stride=2
pad=1
activation=relu

[maxpool]
size=3
stride=2
padding=0

[convolutional]
filters=8
size=3
stride=1
pad=1
activation=leaky

[connected]
output=20
activation=relu

[dropout]
probability=.5

[connected]
output=7
activation=linear

[softmax]
"""


def _values(generator: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights that keep the size of activations; small biases."""
    scale = (2 / int(np.prod(shape[1:]))) ** 0.5 if len(shape) > 1 else 0.1
    return (generator.standard_normal(shape) * scale).astype(np.float32)


def network(cfg: str, seed: int = 1, name: str = "tiny") -> Network:
    """The network of a cfg with random parameters."""
    generator = np.random.Generator(np.random.Philox(seed))
    config = parse_cfg(cfg)
    shapes = {name: shape for layer in config.graph.nodes for name, shape in layer.parameter_shapes.items()}
    parameters = {name: _values(generator, shape) for name, shape in shapes.items()}
    for key, values in parameters.items():
        if key.endswith((".scales", ".rolling_variance")):  # around 1, and no variance below 0
            values[...] += 1
    classes = [f"class{k}" for k in range(config.graph.nodes[-1].outputs)]
    return build_network(config.graph, parameters, classes, name)


def tiny() -> Network:
    """The network of ``CFG``."""
    return network(CFG)


def images(of: Network) -> list[Image]:
    """Two random pictures."""
    generator = np.random.Generator(np.random.Philox(2))
    return [Image(f"image{k}", generator.random(of.input_shape).astype(np.float32)) for k in range(2)]


OTHERS = {
    "every size different": """
[net]
height=24
width=17
channels=2
[convolutional]
filters=20
size=5
stride=3
pad=1
activation=relu
[convolutional]
filters=17
size=1
stride=1
activation=leaky
[maxpool]
size=2
stride=2
[convolutional]
filters=6
size=3
pad=1
activation=linear
[maxpool]
size=3
stride=3
[dropout]
[connected]
output=33
activation=logistic
[connected]
output=9
activation=ramp
[softmax]
""",
    "overlapping pools and two distributions": """
[net]
height=13
width=11
channels=3
[convolutional]
filters=6
size=3
stride=2
pad=1
activation=leaky
[maxpool]
size=2
stride=1
[convolutional]
filters=5
activation=relu
[convolutional]
filters=4
size=2
padding=1
activation=tanh
[maxpool]
size=3
stride=2
padding=0
[connected]
output=12
activation=elu
[connected]
output=6
activation=linear
[softmax]
groups=2
temperature=2
""",
    "one convolution alone": """
[net]
height=9
width=30
channels=1
[convolutional]
filters=3
size=4
stride=2
activation=hardtan
[connected]
output=3
activation=linear
[softmax]
""",
    "ends in a convolution": """
[net]
height=8
width=8
channels=3
[convolutional]
filters=2
size=3
pad=1
activation=linear
""",
    "ends in a maxpool, behind a dropout": """
[net]
height=11
width=9
channels=3
[convolutional]
filters=4
size=3
pad=1
activation=relu
[dropout]
[maxpool]
size=3
stride=2
""",
}
"""Networks with other shapes, activations, borders and ends."""

ENDS = ("ends in a convolution", "ends in a maxpool, behind a dropout")
"""Those of ``OTHERS`` whose result is not a vector."""

RESIDUAL = """
[net]
height=8
width=8
channels=2
[convolutional]
filters=4
size=3
pad=1
activation=relu
[convolutional]
filters=4
size=3
pad=1
activation=leaky
[convolutional]
filters=4
size=3
pad=1
activation=linear
[shortcut]
from=-3
activation=leaky
[maxpool]
size=2
stride=2
[convolutional]
filters=4
activation=relu
[shortcut]
from=-2,-1
[route]
layers=-1,4
[maxpool]
size=3
stride=2
[connected]
output=5
activation=linear
[softmax]
"""

DENSE = """
[net]
height=8
width=8
channels=2
[convolutional]
filters=3
size=3
pad=1
activation=relu
[convolutional]
filters=2
size=3
pad=1
activation=leaky
[route]
layers=-1,-2
[convolutional]
filters=2
size=3
pad=1
activation=relu
[route]
layers=0,1,3
[maxpool]
size=2
stride=2
[dropout]
[convolutional]
filters=3
activation=linear
[route]
layers=-1,-2
[maxpool]
size=2
stride=2
[route]
layers=-1
[connected]
output=5
activation=linear
[softmax]
"""

COPIES = """
[net]
height=8
width=8
channels=2
[convolutional]
filters=3
size=3
pad=1
activation=relu
[route]
layers=-1
[shortcut]
from=-1
activation=leaky
[route]
layers=-1,-1
[maxpool]
size=2
stride=2
[connected]
output=5
activation=linear
[softmax]
"""


def residual() -> Network:
    """Sums of layers: over one and over two convolutions, and of three maps (in place); maxpools and a
    concatenation behind them.
    """
    return network(RESIDUAL, 3, "residual")


def dense() -> Network:
    """Concatenations: of two and of three layers that others read, too, of a dropout's, and of one alone (a
    copy); maxpools behind them.
    """
    return network(DENSE, 4, "dense")


def copies() -> Network:
    """No branch, and yet: a copy, a map added to itself, and a map concatenated with itself, whose first half
    is written (and may be struck) while the second still holds nothing.
    """
    return network(COPIES, 5, "copies")


BRANCHES: dict[str, Callable[[], Network]] = {
    "residual": residual,
    "dense": dense,
    "copies": copies,
    **{name: partial(network, cfg, 6, name) for name, cfg in DARKNET.items()},
    **layer_networks.EVERY,
}
"""Networks whose maps have several readers."""
