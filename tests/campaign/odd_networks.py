"""Networks that read their maps in ways that no layer of ours does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from tests.campaign.networks import network

from sassafras.kernels.registry import KERNELS
from sassafras.network.network import Network
from sassafras.network.plan import make_plan
from sassafras.workload.launches import PlannedLaunch

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
        added = PlannedLaunch.of(0, "shortcut", 0, second.index, arguments, KERNELS["add_bias"])
        before = [p for p in plain if p.part <= second.index]
        found = [*before, added, *plain[len(before) :]]
        return tuple(replace(planned, index=k) for k, planned in enumerate(found))


def branching() -> Network:
    """The network of ``BRANCHING`` with the addition."""
    plain = network(BRANCHING)
    return Branching("branching", plain.graph, plain.classes, plain.parameters)


def changed(layer: int, kernel: str, arguments: Callable[[Network], dict[str, int]]) -> Network:
    """The network of ``BRANCHING`` in which the launches of a layer's kernel have other arguments."""

    class Changed(Network):
        @cached_property
        def plan(self) -> tuple[PlannedLaunch, ...]:
            return tuple(
                PlannedLaunch.of(p.index, p.kernel, p.invocation, p.part, {**p.arguments, **arguments(self)})
                if (p.part, p.kernel) == (layer, kernel)
                else p
                for p in make_plan(self.layers, self.layout)
            )

    plain = network(BRANCHING)
    return Changed("changed", plain.graph, plain.classes, plain.parameters)


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
