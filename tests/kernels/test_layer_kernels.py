"""Kernels of layers whose every size is drawn: twin and machine code leave the same memory, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.emulator.launches import machine_of
from tests.kernels.awkward import wild
from tests.kernels.twins import by_twin

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.registry import KERNELS
from sassafras.network.layers.arithmetic import Arithmetic, Operation
from sassafras.network.layers.elementwise import Elementwise, Function
from sassafras.network.layers.layer import Layer, MisfitError, Node
from sassafras.network.layers.pad import Pad
from sassafras.network.layers.product import Product
from sassafras.network.layers.reduce import Reduce, Reduction
from sassafras.network.layers.resize import Coordinates, Nearest, Resize
from sassafras.network.layers.response import ResponseNorm
from sassafras.network.layers.slice import Slice
from sassafras.network.layers.softmax_along import SoftmaxAlong
from sassafras.network.layers.transpose import Transpose
from sassafras.network.layers.windowed import Pooling, Windowed
from sassafras.network.tensor import Shape, Tensor

SMALL = st.integers(1, 9)
SHAPE = st.tuples(SMALL, SMALL, SMALL)
ROW = st.tuples(st.sampled_from([1, 2, 3, 511, 512, 513, 1021]), st.just(1), st.just(1))
PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))
SHIFT = st.integers(-2, 3)
NUMBER = st.floats(-4, 4, width=32)
COUNTS = {count: st.tuples(*[NUMBER] * count) for count in range(3)}


def check(layer: Layer, shapes: list[Shape], seed: int) -> None:
    """One forward pass over awkward values by machine code, and by twins."""
    tensors = tuple(Tensor(f"input{k}", (1, *shape)) for k, shape in enumerate(shapes))
    try:
        node = Node(0, layer, tensors)
    except MisfitError:
        return
    workspace = () if node.workspace is None else (node.workspace,)
    buffers = {t.name: t.nbytes for t in (*tensors, *node.buffers, *workspace)}
    layout = lay_out(list(buffers.items()))
    data = wild(layout.nbytes // 4, seed, 0.1).view(np.uint8)
    emulated, twin = (DeviceMemory(layout, data.copy()) for _ in range(2))
    for call in node.calls(lambda name: layout[name].address):
        kernel = KERNELS[call.kernel]
        result = machine_of(call.kernel).run(kernel.launch(call.arguments), emulated, limit=1_000_000)
        assert result.trap is None
        by_twin(kernel, twin, call.arguments)
    np.testing.assert_array_equal(emulated.data, twin.data)


def layers(function: Any) -> Any:
    """``function`` of drawn data, 40 times."""
    return settings(max_examples=40, deadline=None)(given(st.data(), st.integers(0, 1 << 20))(function))


@layers
def test_functions(data: Any, seed: int) -> None:
    function = data.draw(st.sampled_from(Function))
    numbers = data.draw(COUNTS[function.value[1]])
    check(Elementwise(function, numbers), [data.draw(ROW)], seed)


@layers
def test_arithmetic(data: Any, seed: int) -> None:
    shape = data.draw(st.one_of(SHAPE, ROW))
    other = tuple(extent if data.draw(st.booleans()) else 1 for extent in shape)
    pair = data.draw(st.permutations([shape, other]))
    check(Arithmetic(data.draw(st.sampled_from(Operation))), pair, seed)


@layers
def test_windows(data: Any, seed: int) -> None:
    sides = data.draw(st.tuples(*[st.integers(0, 2)] * 4))
    flags = data.draw(st.tuples(st.booleans(), st.booleans()))
    sizes = (data.draw(PAIR) for _ in range(3))
    size, stride, dilation = sizes
    layer = Windowed(data.draw(st.sampled_from(Pooling)), size, stride, sides, dilation, *flags)
    check(layer, [data.draw(SHAPE)], seed)


@layers
def test_reductions(data: Any, seed: int) -> None:
    axes = tuple(sorted(data.draw(st.sets(st.integers(0, 2), min_size=1))))
    layer = Reduce(data.draw(st.sampled_from(Reduction)), axes)
    check(layer, [data.draw(st.one_of(SHAPE, ROW))], seed)


@layers
def test_normalisation(data: Any, seed: int) -> None:
    alpha, beta, bias = data.draw(st.tuples(*[st.floats(2**-20, 4, width=32)] * 3))
    check(ResponseNorm(data.draw(SMALL), alpha, beta, bias), [data.draw(SHAPE)], seed)


@layers
def test_slices_and_borders(data: Any, seed: int) -> None:
    shape = data.draw(SHAPE)
    start, step = (tuple(data.draw(st.integers(*ends)) for _ in range(3)) for ends in ((0, 4), (-2, 2)))
    check(Slice(start, data.draw(SHAPE), step), [shape], seed)
    before, behind = (data.draw(st.tuples(SHIFT, SHIFT, SHIFT)) for _ in range(2))
    check(Pad(before, behind, data.draw(NUMBER), data.draw(PAIR)), [shape], seed)


@layers
def test_transpositions(data: Any, seed: int) -> None:
    view = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    order = tuple(data.draw(st.permutations(range(len(view)))))
    count = int(np.prod(view))
    check(Transpose(tuple(view), order, (count, 1, 1)), [(count, 1, 1)], seed)


@layers
def test_sizes(data: Any, seed: int) -> None:
    height, width = data.draw(st.tuples(st.integers(1, 20), st.integers(1, 20)))
    nearest = data.draw(st.sampled_from([None, *Nearest]))
    layer = Resize(height, width, data.draw(st.sampled_from(Coordinates)), nearest)
    check(layer, [data.draw(SHAPE)], seed)


@layers
def test_products_and_distributions(data: Any, seed: int) -> None:
    channels, m, k = data.draw(SHAPE)
    check(Product((channels, k, data.draw(SMALL))), [(channels, m, k)], seed)
    check(SoftmaxAlong(data.draw(st.integers(0, 2))), [(channels, m, k)], seed)
