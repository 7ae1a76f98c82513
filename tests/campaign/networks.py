"""Small networks: with every kind of layer in a line, with branches; and two pictures for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.registry import KERNELS
from sassafras.network.config import parse_cfg
from sassafras.network.images import Image
from sassafras.network.network import Network, build_network
from sassafras.network.plan import PlannedLaunch, make_plan

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
    shapes = {name: shape for layer in config.layers for name, shape in layer.parameter_shapes.items()}
    parameters = {name: _values(generator, shape) for name, shape in shapes.items()}
    classes = [f"class{k}" for k in range(config.layers[-1].outputs)]
    return build_network(config, parameters, classes, name)


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

BRANCHING = """
[net]
height=6
width=6
channels=3
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
[connected]
output=5
activation=linear
[softmax]
"""


class Branching(Network):
    """A network in which the first layer's result is added to the second's, as by a residual layer: two
    launches read it. The addition is one that no kernel can carry (the machine code of add_bias, with a bias
    of its own for every value).
    """

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The plain launches, and the addition behind the second layer's."""
        first, second, *_ = self.layers
        arguments = {
            "output": self.layout[second.output_name].address,
            "biases": self.layout[first.output_name].address,
            "batch": 1,
            "n": second.outputs,
            "size": 1,
        }
        plain = make_plan(self.layers, self.layout)
        added = PlannedLaunch(0, "shortcut", 0, second.index, arguments, KERNELS["add_bias"])
        before = [p for p in plain if p.layer <= second.index]
        found = [*before, added, *plain[len(before) :]]
        return tuple(replace(planned, index=k) for k, planned in enumerate(found))


def branching() -> Network:
    """The network of ``BRANCHING`` with the addition."""
    plain = network(BRANCHING)
    return Branching("branching", plain.config, plain.classes, plain.parameters)


def changed(layer: int, kernel: str, arguments: Callable[[Network], dict[str, int]]) -> Network:
    """The network of ``BRANCHING`` in which the launches of a layer's kernel have other arguments."""

    class Changed(Network):
        @cached_property
        def plan(self) -> tuple[PlannedLaunch, ...]:
            return tuple(
                replace(p, arguments={**p.arguments, **arguments(self)})
                if (p.layer, p.kernel) == (layer, kernel)
                else p
                for p in make_plan(self.layers, self.layout)
            )

    plain = network(BRANCHING)
    return Changed("changed", plain.config, plain.classes, plain.parameters)


def _output(of: Network, layer: int, behind: int = 0) -> int:
    return of.layout[of.layers[layer].output_name].address + 4 * behind


ODD: dict[str, Callable[[], Network]] = {
    "a map that an addition reads again": branching,
    "a layer that reads an earlier one": lambda: changed(2, "gemm", lambda n: {"a": _output(n, 0)}),
    "a layer that reads half of a map": lambda: changed(
        2, "gemm", lambda n: {"a": _output(n, 1, 72), "k": 72}
    ),
    "a map as biases": lambda: changed(1, "add_bias", lambda n: {"biases": _output(n, 0)}),
    "half of a map is activated": lambda: changed(0, "activate_array", lambda _: {"n": 70}),
    "a map as weights": lambda: changed(1, "gemm", lambda n: {"a": _output(n, 0)}),
    "a product in another's map": lambda: changed(1, "gemm", lambda n: {"c": _output(n, 0)}),
}
"""Networks that read their maps in ways that no layer of ours does, so that kernels cannot carry pieces."""

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


BRANCHES: dict[str, Callable[[], Network]] = {"residual": residual, "dense": dense}
"""Networks whose maps have several readers."""
