"""Small networks out of the layers that no Darknet cfg has, for both engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sassafras.kernels.activation import Activation
from sassafras.network.graph import Graph
from sassafras.network.layers.arithmetic import Arithmetic, Operation
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.elementwise import Elementwise, Function
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.layers.pad import Pad
from sassafras.network.layers.product import Product
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.layers.resize import Coordinates, Nearest, Resize
from sassafras.network.layers.response import ResponseNorm
from sassafras.network.layers.route import Route
from sassafras.network.layers.slice import Slice
from sassafras.network.layers.softmax import Softmax
from sassafras.network.layers.softmax_along import SoftmaxAlong
from sassafras.network.layers.transpose import Transpose
from sassafras.network.layers.windowed import Pooling, Windowed
from sassafras.network.network import Network, build_network
from sassafras.network.tensor import Shape, Tensor

Step = Layer | tuple[Layer, tuple[int, ...]]
"""A layer, and what it reads: numbers of nodes, -1 the one before, -9 the image; alone: the one before."""
IMAGE = -9


def built(name: str, shape: Shape, steps: Sequence[Step], seed: int = 1) -> Network:
    """A network with random parameters. ``shape``: of the image."""
    image = Tensor("input", (1, *shape))
    nodes: list[Node] = []
    for index, step in enumerate(steps):
        layer, numbers = step if isinstance(step, tuple) else (step, (-1 if nodes else IMAGE,))
        reads = tuple(image if number == IMAGE else nodes[number].output for number in numbers)
        nodes.append(Node(index, layer, reads))
    generator = np.random.Generator(np.random.Philox(seed))
    shapes = {key: wanted for node in nodes for key, wanted in node.parameter_shapes.items()}
    parameters = {
        key: (generator.standard_normal(wanted) * _scale(wanted)).astype(np.float32)
        for key, wanted in shapes.items()
    }
    classes = [f"class{k}" for k in range(nodes[-1].outputs)]
    return build_network(Graph(image, tuple(nodes)), parameters, classes, name)


def _scale(shape: tuple[int, ...]) -> float:
    return float((2 / int(np.prod(shape[1:]))) ** 0.5) if len(shape) > 1 else 0.1


CONV = Convolutional(3, 3, 1, 1, Activation.LINEAR)
END: tuple[Step, ...] = (Connected(5, Activation.LINEAR), Softmax(1, 1.0))
NUMBERS = {
    Function.CLIP: (-0.4, 0.9),
    Function.HARD_SIGMOID: (0.2, 0.5),
    Function.HARD_SWISH: (1 / 6, 0.5),
    Function.LEAKY: (0.1,),
    Function.ELU: (1.0,),
}


def functions() -> Network:
    """Every function of one value, in a line; logarithm and root behind a function that is not negative."""
    plain = [f for f in Function if f not in (Function.LOG, Function.SQRT)]
    chosen = (*plain, Function.SIGMOID, Function.SQRT, Function.LOG)
    steps = (Elementwise(function, NUMBERS.get(function, ())) for function in chosen)
    return built("functions", (2, 6, 5), (CONV, *steps, *END))


def arithmetic() -> Network:
    """Every operation; of maps, of a map and a channel's value, a plane, a number; a map that another reads
    too.
    """
    steps: tuple[Step, ...] = (
        CONV,
        (Arithmetic(Operation.MUL, (3, 1, 1)), (0,)),
        (Arithmetic(Operation.ADD, (1, 6, 5), constant_first=True), (1,)),
        (Arithmetic(Operation.SUB), (2, 0)),
        (Convolutional(1, 3, 1, 1, Activation.LOGISTIC), (0,)),
        (Arithmetic(Operation.MUL), (3, 4)),
        (Arithmetic(Operation.PRELU, (3, 1, 1)), (5,)),
        (Arithmetic(Operation.POW, (1, 1, 1)), (4,)),
        (Arithmetic(Operation.DIV, constant_first=False), (6, 7)),
    )
    return built("arithmetic", (2, 6, 5), (*steps, *END))


def windows() -> Network:
    """Pooling under rectangles, padded on one side, spread, rounded up; means and extremes along axes; local
    response normalisation; what a map is multiplied with is its own mean.
    """
    steps: tuple[Step, ...] = (
        CONV,
        ResponseNorm(3, 0.5, 0.75, 1.0),
        Windowed(Pooling.MAX, (3, 2), (1, 2), (1, 0, 0, 1)),
        Windowed(Pooling.MEAN, (2, 2), (2, 1), (1, 0, 0, 1), ceil_mode=True, count_padding=True),
        Windowed(Pooling.MAX, (2, 2), (1, 1), (0, 1, 1, 0), (2, 1)),
        Windowed(Pooling.MEAN, (2, 3), (1, 1), (1, 1, 0, 1)),
        (Reduce(Reduction.MEAN, (1, 2)), (5,)),
        (Arithmetic(Operation.MUL), (5, 6)),
        (Reduce(Reduction.MAX, (0,)), (7,)),
        (Reduce(Reduction.MIN, (1,)), (7,)),
        (Arithmetic(Operation.SUB), (7, 8)),
        (Reduce(Reduction.SUM, (2,)), (10,)),
        (Route(), (11, 11)),
        (Reduce(Reduction.MEAN, (0, 1, 2)), (9,)),
        (Arithmetic(Operation.MUL), (12, 13)),
    )
    return built("windows", (2, 11, 9), (*steps, *END))


def shapes() -> Network:
    """Slices (backwards, every second), a repeated column, transpositions, a shuffle of channels, borders,
    spread and cut, other sizes; maps that others read too.
    """
    steps: tuple[Step, ...] = (
        Convolutional(4, 3, 1, 1, Activation.LINEAR),
        Transpose((2, 2, 42), (1, 0, 2), (4, 7, 6)),
        (Slice((1, 0, 1), (2, 4, 4), (2, 2, 1)), (0,)),
        (Slice((3, 6, 5), (2, 4, 4), (-1, -1, -1)), (1,)),
        (Arithmetic(Operation.ADD), (2, 3)),
        Pad((0, 1, 2), (1, 0, -1), 0.5),
        Transpose((3, 5, 5), (2, 0, 1), (5, 3, 5)),
        Resize(5, 7, Coordinates.HALF_PIXEL, None),
        (Resize(4, 3, Coordinates.ASYMMETRIC, Nearest.FLOOR), (7,)),
        (Pad((0, -1, 0), (0, 1, 0), 0.0, (2, 3)), (8,)),
        (Slice((0, 0, 2), (5, 7, 7), (1, 1, 0)), (9,)),
        (Resize(7, 7, Coordinates.ALIGN_CORNERS, None), (8,)),
        (Arithmetic(Operation.MUL), (10, 11)),
    )
    return built("shapes", (2, 7, 6), (*steps, *END))


def products() -> Network:
    """Attention, small: queries, keys and values by products with constants, a product of maps, softmax along
    columns, depth to space by several copies.
    """
    steps: tuple[Step, ...] = (
        Convolutional(4, 3, 1, 1, Activation.LINEAR),
        Product((1, 6, 6)),
        (Product((4, 5, 6), transposed=True), (0,)),
        (Product((4, 7, 7), constant_first=True), (1,)),
        (Product(transposed=True), (3, 1)),
        SoftmaxAlong(2),
        (Product(), (5, 2)),
        SoftmaxAlong(0),
        Transpose((2, 2, 1, 7, 5), (2, 3, 0, 4, 1), (1, 14, 10)),
        SoftmaxAlong(1),
    )
    return built("products", (2, 7, 6), (*steps, *END))


EVERY: dict[str, Callable[[], Network]] = {
    "shapes": shapes,
    "functions": functions,
    "arithmetic": arithmetic,
    "windows": windows,
}
"""By name: networks that pieces go through without a launch that runs whole, but for the last."""
