"""A network whose fault-free result holds NaN or infinity: there is no golden result to compare with."""

from __future__ import annotations

import numpy as np

from sassafras.errors import NetworkError
from sassafras.network.images import Image
from sassafras.network.inference import run_twins
from sassafras.network.layers.layer import Node
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch


class ResultNotFinite(NetworkError):
    """A fault-free result that holds NaN or infinity."""


def describe_not_finite(network: Network, image: Image) -> ResultNotFinite:
    """The error for a picture whose fault-free result is not finite: it names the picture, the first layer
    whose output is not finite, and the layer's parameter that holds NaN or infinity, if one does.
    """
    start = f"{network.name}: the fault-free result for picture {image.name} holds NaN or infinity"
    if not np.isfinite(image.pixels).all():
        return ResultNotFinite(f"{start}: the picture itself does; give another one")
    layer = _first_layer(network, image)
    where = f"{start}, first in the output of layer {layer.index} ({layer.kind})"
    for name in layer.parameter_shapes:
        wrong = int(np.count_nonzero(~np.isfinite(network.parameters[name])))
        if wrong:
            values = "value is" if wrong == 1 else "values are"
            return ResultNotFinite(f"{where}: {wrong} {values} not finite in {name}; use other weights")
    return ResultNotFinite(
        f"{where}: its values grow too large, no parameter of it holds one; use other weights"
    )


def _first_layer(network: Network, image: Image) -> Node:
    """The first layer behind whose last launch its output is not finite (the last layer, if none is)."""
    memory = network.fresh_memory(shared=True)
    network.load_frame(memory, image.pixels)
    layers = {layer.index: layer for layer in network.layers}
    last = {planned.layer: planned.index for planned in network.plan}
    found: list[Node] = []

    def look(planned: PlannedLaunch) -> None:
        layer = layers[planned.layer]
        if planned.index == last[layer.index] and not found:
            output = memory.array(network.layout[layer.output_name].address, layer.outputs)
            if not np.isfinite(output).all():
                found.append(layer)

    run_twins(network, memory, after=look)
    return found[0] if found else network.layers[-1]
