"""Which Darknet cfgs load and compute what float64 does: ``python -m tests.network.darknet_table FOLDER``
prints the table of docs/darknet.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.network.float64 import reference_of

from sassafras.errors import NetworkError
from sassafras.network.graph import Graph
from sassafras.network.importers.darknet.config import read_cfg
from sassafras.network.network import Network, build_network
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins

TOLERANCE = 2e-5  #: of the largest value of a layer
WAY_OUT = re.compile(r"--output ([0-9]+)$")


@dataclass(frozen=True)
class Row:
    """A file. ``result``: "agrees", "refused: WHY" or "differs by ..."."""

    name: str
    layers: int | None
    parameters: int | None
    result: str

    def __str__(self) -> str:
        numbers = ("" if n is None else f"{n:,}" for n in (self.layers, self.parameters))
        return f"| `{self.name}` | {' | '.join(numbers)} | {self.result} |"


def random_parameters(graph: Graph, seed: int = 1) -> dict[str, NDArray[np.float32]]:
    """Weights that keep the size of activations, small biases, means around 0, variances around 1."""
    dice = np.random.Generator(np.random.Philox(seed))
    found = {}
    for node in graph.nodes:
        for name, shape in node.parameter_shapes.items():
            values = dice.standard_normal(shape)
            kind = name.rpartition(".")[2]
            if kind == "weights":
                values *= (2 / np.prod(shape[1:])) ** 0.5
            elif kind in ("scales", "rolling_variance"):
                values = {"scales": 0.5, "rolling_variance": 1}[kind] + 0.1 * np.abs(values)
            else:
                values *= 0.1
            found[name] = values.astype(np.float32)
    return found


def worst(network: Network, seed: int = 1) -> float:
    """Of all layers the largest difference of a value from float64, on a random picture, as a share of the
    layer's largest value; of a softmax as a share of its largest input, whose difference it cannot exceed.
    """
    dice = np.random.Generator(np.random.Philox(seed))
    image = dice.random(network.input_shape, np.float32)
    memory = network.fresh_memory()
    network.load(memory, image)
    expected = reference_of(network, image)
    last = {planned.part: planned.index for planned in network.plan}
    shares = []

    def compare(planned: PlannedLaunch) -> None:
        if last[planned.part] == planned.index:
            node = network.layers[planned.part]
            wanted = expected[planned.part].reshape(-1)
            found = memory.array(network.layout[node.output_name].address, node.outputs)
            scale = wanted if node.kind != "softmax" else expected[planned.part - 1]
            shares.append(np.abs(found - wanted).max() / np.abs(scale).max())

    run_twins(network, memory, after=compare)
    return float(max(shares))


def row_of(cfg: Path, output: str | None = None) -> Row:
    """What becomes of a file, up to ``output``."""
    try:
        graph = read_cfg(cfg, output).graph
    except NetworkError as error:
        said = str(error).removeprefix(f"{cfg}: ").split("; supported")[0]
        return Row(cfg.name, None, None, f"refused: {said}")
    classes = [f"class{k}" for k in range(graph.output.per_image)]
    network = build_network(graph, random_parameters(graph), classes, cfg.stem)
    difference = worst(network)
    count = sum(int(np.prod(s)) for node in graph.nodes for s in node.parameter_shapes.values())
    verdict = "agrees" if difference <= TOLERANCE else f"differs by {difference:.2g}"
    return Row(cfg.name, len(graph.nodes), count, verdict)


def rows(folder: Path) -> Iterator[Row]:
    """Of every cfg in a folder, by name."""
    for cfg in sorted(folder.glob("*.cfg")):
        yield row_of(cfg)


if __name__ == "__main__":
    print("| file | layers | parameters | result |\n|---|---|---|---|")  # noqa: T201
    for found in rows(Path(sys.argv[1])):
        print(found, flush=True)  # noqa: T201
