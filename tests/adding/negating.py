"""A network that launches the kernel ``negate`` of ``tests/adding/elsewhere``, struck and hardened: what must
hold however a process came to know the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from tests.campaign.networks import images
from tests.campaign.rows import FAST_ONLY, assert_same, run

from sassafras.hardening.plan import protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import bundled_kernels, load_program
from sassafras.kernels.registry import _FIRST, KERNELS
from sassafras.network.graph import Graph
from sassafras.network.layers.layer import AddressOf, Inputs, KernelCall, Layer, Node
from sassafras.network.layers.softmax import Softmax
from sassafras.network.network import Network, build_network
from sassafras.network.tensor import Shape, Tensor
from sassafras.verify.listings import check_listings
from sassafras.workload.workload import Workload

NAME = "negate"


@dataclass(frozen=True)
class Negation(Layer):
    """Every value with its sign turned round."""

    kind: ClassVar[str] = "negation"

    def output_shape(self, inputs: Inputs) -> Shape:
        """As the input."""
        return inputs[0].image

    def calls(self, node: Node, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch."""
        place = {"input": address_of(node.input.name), "output": address_of(node.output_name)}
        yield KernelCall(NAME, {"n": node.output.elements, **place})


def negating() -> Network:
    """Negation, then softmax."""
    image = Tensor("input", (1, 1, 2, 4))
    first = Node(0, Negation(), (image,))
    graph = Graph(image, (first, Node(1, Softmax(1, 1.0), (first.output,))))
    return build_network(graph, {}, "abcdefgh", "negating")


def outputs(network: Workload) -> list[float]:
    """Of a fault-free inference of 0 to 7."""
    memory = network.fresh_memory()
    network.load(memory, np.arange(8, dtype=np.float32).reshape(1, 2, 4))
    for planned in network.plan:
        planned.run(memory, network.architecture)
    place = network.layout["layer0.output"].address
    found: list[float] = memory.array(place, 8).tolist()
    return found


def prove(folder: Path) -> None:
    """It is known and whole, computes, is struck alike by both engines, and is hardened."""
    names = (NAME, *(f"{NAME}_{technique}" for technique in ("dmr", "dmr_retry", "tmr")))
    assert set(names) <= set(bundled_kernels())
    assert check_listings(names, "sm_50").passed
    network = negating()
    assert outputs(network) == [-k for k in range(8)]
    assert load_program(NAME).name == NAME
    fast, full = (
        run(folder / engine, network, images(network), injections=40, engine=engine, kernels=(NAME,))
        for engine in ("fast", "full")
    )
    assert_same(fast, full, without=FAST_ONLY)
    assert set(fast.kernel) == {NAME}
    assert {"MASKED", "DUE", "SDC"} <= set(fast.outcome)
    assert techniques_of(NAME) == (Technique.TMR, Technique.DMR, Technique.DMR_RETRY)
    hardened = harden(network, protect({NAME: Technique.TMR}))
    assert hardened.plan[0].program == f"{NAME}_tmr"
    assert outputs(hardened) == outputs(network)
    voted = run(folder / "tmr", hardened, images(network), injections=40, modes=("IOV",), kernels=(NAME,))
    plain = fast[fast["mode"] == "IOV"]
    assert (voted.outcome == "SDC").mean() < 0.5 * (plain.outcome == "SDC").mean()
    ours = [name for name in KERNELS if name != NAME]  # no fault of ours is drawn another way for it
    assert ours[:7] == list(_FIRST)
    assert ours[7:] == sorted(ours[7:])
