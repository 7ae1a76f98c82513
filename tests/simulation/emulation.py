"""Whole inferences from machine code, and what they should be according to float64."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine, RunResult
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.activation import Activation
from sassafras.kernels.programs import load_program
from sassafras.network.layers.connected import Connected
from sassafras.network.layers.convolutional import Convolutional
from sassafras.network.layers.layer import Node
from sassafras.network.layers.mapped import AnyActivation
from sassafras.network.layers.maxpool import Maxpool
from sassafras.network.layers.softmax import Softmax
from sassafras.network.network import Network
from sassafras.workload.launches import PlannedLaunch

Wide = NDArray[np.float64]
PIECES = 16  #: of a launch; threads take them in turn


def machines(network: Network) -> dict[str, Machine]:
    """A machine for every kernel of the plan."""
    return {kernel: Machine(load_program(kernel)) for kernel in {p.kernel for p in network.plan}}


def emulate(
    network: Network, memory: DeviceMemory, threads: int, after: Callable[[PlannedLaunch], None]
) -> int:
    """Emulate every launch of an inference.

    Host threads share a launch by its blocks, which write different bytes. Returns the thread-instructions
    issued.
    """
    made, issued = machines(network), 0
    with ThreadPoolExecutor(threads) as pool:
        for planned in network.plan:
            machine, launch = made[planned.kernel], planned.launch
            machine.run(launch, memory, blocks=range(0))  # compile before the threads start

            def run(blocks: range, machine: Machine = machine, launch: Launch = launch) -> RunResult:
                return machine.run(launch, memory, blocks=blocks)

            results = list(pool.map(run, _pieces(launch.blocks)))
            assert all(result.trap is None for result in results)
            issued += sum(result.instructions for result in results)
            after(planned)
    return issued


def _pieces(blocks: int) -> list[range]:
    ends = [blocks * k // PIECES for k in range(PIECES + 1)]
    return [range(a, b) for a, b in pairwise(ends) if a < b]


def _activate(x: Wide, activation: AnyActivation) -> Wide:
    if activation is Activation.RELU:
        return np.maximum(x, 0)
    if activation is Activation.LEAKY:
        return np.where(x > 0, x, 0.1 * x)
    assert activation is Activation.LINEAR
    return x


def _layer(node: Node, x: Wide, network: Network) -> Wide:
    layer = node.layer
    if isinstance(layer, Convolutional | Connected):
        weights = network.parameters[node.named("weights")].astype(np.float64)
        rows = weights.reshape(len(weights), -1)
        columns = _columns(layer, x) if isinstance(layer, Convolutional) else x.reshape(-1, 1)
        sums = rows @ columns + network.parameters[node.named("biases")].astype(np.float64)[:, None]
        return _activate(sums, layer.activation).reshape(node.output_shape)
    if isinstance(layer, Maxpool):
        before = layer.padding // 2
        edges = (before, layer.padding - before)
        padded = np.pad(x, ((0, 0), edges, edges), constant_values=-np.inf)
        windows = sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
        return np.asarray(windows[:, :: layer.stride, :: layer.stride].max(axis=(3, 4)))
    if isinstance(layer, Softmax):
        powers = np.exp(x - x.max())
        return np.asarray(powers / powers.sum())
    return x


def _columns(layer: Convolutional, x: Wide) -> Wide:
    edge = layer.padding
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
    windows = sliding_window_view(padded, (layer.size, layer.size), axis=(1, 2))
    windows = windows[:, :: layer.stride, :: layer.stride]
    return windows.transpose(0, 3, 4, 1, 2).reshape(x.shape[0] * layer.size**2, -1)


def in_float64(network: Network, image: NDArray[np.float32]) -> list[Wide]:
    """The output of every layer, by matrix products in float64."""
    results = [image.astype(np.float64)]
    for layer in network.layers:
        results.append(_layer(layer, results[-1], network))
    return results[1:]
