"""What was struck, as far as rows speak of it: parts and launches, without weights, memory or code to run."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.emulator.launch import Launch
from sassafras.isa.program import Program
from sassafras.workload.together import Together
from sassafras.workload.workload import Workload


@dataclass(frozen=True)
class ShapedPart:
    """What launches work for: of a network a layer, with its kind ("convolutional") and the shape of its
    result (channels, height, width).
    """

    index: int
    kind: str
    shape: tuple[int, int, int]


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
    """Parts and launches of one inference, in their order; ``classes``: what its result has scores of;
    ``sets``: whether an answer is a set of classes. ``digest``: of the workload.
    """

    name: str
    digest: str
    classes: tuple[str, ...]
    parts: tuple[ShapedPart, ...]
    launches: tuple[ShapedLaunch, ...]
    sets: bool = False


def shape_of(workload: Workload) -> Shape:
    """The shape of one run of a workload. Raises ListingError."""
    launches = tuple(
        ShapedLaunch(p.index, p.kernel, p.part, p.spec.code(workload.architecture), p.launch)
        for p in workload.plan
    )
    parts = tuple(ShapedPart(part.index, part.kind, part.shape) for part in workload.parts)
    judged = workload.judgement
    sets = isinstance(judged, Together)
    return Shape(workload.name, workload.digest, judged.classes, parts, launches, sets)
