"""What was struck, as far as rows speak of it: parts and launches, without weights, memory or code to run."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.emulator.launch import Launch
from sassafras.isa.program import Program
from sassafras.network.network import Network


@dataclass(frozen=True)
class Part:
    """What launches work for: a layer of a network, with its kind ("convolutional")."""

    index: int
    kind: str


@dataclass(frozen=True, eq=False)
class ShapedLaunch:
    """A launch of an inference: place in the plan, kernel, part, machine code, grid and block."""

    index: int
    kernel: str
    part: int
    program: Program
    launch: Launch


@dataclass(frozen=True, eq=False)
class Shape:
    """Parts and launches of one inference, in their order."""

    name: str
    parts: tuple[Part, ...]
    launches: tuple[ShapedLaunch, ...]


def shape_of(network: Network, arch: str) -> Shape:
    """The shape of a network's inference. Raises ListingError."""
    launches = tuple(
        ShapedLaunch(p.index, p.kernel, p.layer, p.spec.code(arch), p.launch) for p in network.plan
    )
    return Shape(network.name, tuple(Part(y.index, y.kinds[0]) for y in network.layers), launches)
