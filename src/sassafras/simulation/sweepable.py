"""Which networks the fast engine can sweep: those whose feature maps are read once, whole, where its steps
look for them.

A state keeps one piece of one feature map (`wave`). A step turns the piece of the map that its launch reads
into a piece of the map that it writes; the first one is then forgotten. That is exact as long as nobody reads
that map again. Any other network is refused, whatever its layers are called: what the launches read and write
decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from sassafras.errors import UsageError
from sassafras.kernels.kernel import Region
from sassafras.network.config import INPUT
from sassafras.network.layers.layer import BYTES
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch
from sassafras.simulation.regions import Interval, Intervals, merged, overlap, without

CHECKS = frozenset({"gemm_check", "gemm_repair"})  #: launches that serve the product at their argument c

TAKEN = {
    "im2col_gpu": ("image",),
    "gemm": ("b", "c"),
    "add_bias": ("output",),
    "activate_array": ("x",),
    "forward_maxpool": ("input",),
}
"""Arguments of the kernels with a step of their own at which a piece may lie. A launch of any other kernel
runs whole, on all faulty bytes; checks read factors and product again, which the sweep knows.
"""


def check_sweepable(network: Network) -> None:
    """Raise UsageError, with the launches, where the sweep would lose faulty bytes of a feature map."""
    reason = _lost(network)
    if reason is not None:
        raise UsageError(f"engine fast cannot run {network.name}: {reason}; choose engine full")


@lru_cache(maxsize=8)
def _lost(network: Network) -> str | None:
    """What the sweep would lose first, None: nothing."""
    plan, maps = network.plan, _maps(network)
    live = _read_after(network)
    for launch, later in zip(plan, live, strict=True):
        if launch.kernel in CHECKS:
            continue
        reads, writes = _places(launch.reads), _places(launch.writes)
        for name, place in maps.items():
            if not overlap([place], reads):
                continue
            if not overlap([(place[0], place[0] + 1)], reads):
                return f"{_said(launch)} reads a part of {name} without its beginning"
            if launch.kernel not in TAKEN:
                continue
            if place[0] not in _taken(launch):
                return f"{_said(launch)} reads {name} as what no step knows"
            if not overlap([place], writes) and overlap([place], later):
                return f"{name} is read by {_said(launch)} and again by {_said(_next(plan, launch, place))}"
    return None


def _maps(network: Network) -> dict[str, Interval]:
    """Every feature map, the input, and the unfolded image of each convolution that has one, by what to call
    them: device addresses (start, end).
    """
    shapes = {layer.output_name: layer.output_shape for layer in network.layers}
    sizes = {INPUT: network.input_shape} | shapes
    found = {
        name: (network.layout[name].address, network.layout[name].address + BYTES * math.prod(shape))
        for name, shape in sizes.items()
    }
    for launch in network.plan:
        if launch.kernel == "im2col_gpu":
            start = int(launch.arguments["columns"])  # a hardened one writes its flags, too
            (columns,) = (region for region in launch.writes if region.address == start)
            found[f"the unfolded image of layer {launch.layer}"] = (columns.address, columns.end)
    return found


def _read_after(network: Network) -> list[Intervals]:
    """For each launch, device addresses that launches behind it read before they are overwritten, checks left
    out. The result of the network counts as read.
    """
    live = _places([network.output])
    found: list[Intervals] = []
    for launch in reversed(network.plan):
        found.append(live)
        reads = () if launch.kernel in CHECKS else _places(launch.reads)
        writes = () if launch.kernel in CHECKS else _places(launch.writes)
        live = merged([*without(live, writes), *reads])
    return found[::-1]


def _taken(launch: PlannedLaunch) -> set[int]:
    """Device addresses at which the step of a launch takes a piece."""
    arguments = launch.arguments
    connected = launch.kernel == "gemm" and arguments["transpose_b"]
    names = ("a", "c") if connected else TAKEN[launch.kernel]
    return {int(arguments[name]) for name in names}


def _next(plan: tuple[PlannedLaunch, ...], launch: PlannedLaunch, place: Interval) -> PlannedLaunch:
    """The launch behind another that reads a map again (the last one, where the map is the result)."""
    behind = (p for p in plan[launch.index + 1 :] if p.kernel not in CHECKS)
    return next((p for p in behind if overlap([place], _places(p.reads))), plan[-1])


def _said(launch: PlannedLaunch) -> str:
    return f"launch {launch.index} ({launch.kernel}, layer {launch.layer})"


def _places(regions: Iterable[Region]) -> Intervals:
    return merged((r.address, r.end) for r in regions)
