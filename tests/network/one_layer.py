"""One layer alone, by native twins, for comparison with references in float64."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from tests.kernels.twins import by_twin

from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.kernels.registry import KERNELS
from sassafras.network.layers.layer import Layer, Node
from sassafras.network.tensor import Tensor

Values = NDArray[np.float32]
NONE: Mapping[str, Values] = {}


def result_of(layer: Layer, *inputs: Values, parameters: Mapping[str, Values] = NONE) -> Values:
    """What the layer makes of maps, float32 (channels, height, width) each. ``parameters``: by short name."""
    tensors = tuple(Tensor(f"input{k}", (1, *values.shape)) for k, values in enumerate(inputs))
    node = Node(0, layer, tensors)
    workspace = () if node.workspace is None else (node.workspace,)
    buffers = {t.name: t.nbytes for t in (*tensors, *node.buffers, *workspace)}
    layout = lay_out(list(buffers.items()))
    memory = DeviceMemory(layout, np.full(layout.nbytes, 0xA5, np.uint8))
    given = {t.name: values for t, values in zip(tensors, inputs, strict=True)}
    given |= {node.named(name): values for name, values in parameters.items()}
    for name, values in given.items():
        memory.array(layout[name].address, values.size)[:] = values.reshape(-1)
    for call in node.calls(lambda name: layout[name].address):
        by_twin(KERNELS[call.kernel], memory, call.arguments)
    return memory.array(layout[node.output_name].address, node.outputs).reshape(node.output_shape).copy()


def values(*shape: int, seed: int = 1) -> Values:
    """Ordinary numbers around zero."""
    generator = np.random.Generator(np.random.Philox(seed))
    return generator.standard_normal(shape).astype(np.float32)
