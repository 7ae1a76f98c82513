"""How many sites a mode and a fault model may strike in each kernel of each layer: known exactly from the
golden profile, before anything is injected.

For register-file faults it also counts how many of the (site, register) pairs are *provably masked*: the
register is dead there by the static control flow (``isa.liveness``), so that whatever a fault makes of it,
the thread overwrites it before it reads it, or never reads it. Static liveness misses some that the golden
trace would show; so their share is a lower bound of the masked share, without any variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.population import ProfiledLaunch, Sites, once_each
from sassafras.isa.liveness import live_registers
from sassafras.isa.program import Program, of_program


@dataclass(frozen=True)
class Cell:
    """Sites of a kernel in a layer. ``targets``: (site, register) pairs of RF, for other modes the sites;
    ``dead``: how many of the targets are provably masked (0 for other modes).
    """

    mode: Mode
    model: FaultModel
    kernel: str
    layer: int
    sites: int
    targets: int
    dead: int


def census(
    mode: Mode, populations: Mapping[FaultModel, Sites], places: Sequence[tuple[str, int]]
) -> list[Cell]:
    """The cells of a mode that have sites. ``populations``: one for each model, over the same launches;
    ``places``: kernel and layer of each of those launches.
    """
    found = []
    for model, population in populations.items():
        counts: dict[tuple[str, int], NDArray[np.object_]] = {}
        launches = population.launches
        dead_ones = once_each(launches, dead_targets) if mode is Mode.RF else [0] * len(launches)
        rows = zip(places, launches, population.sites_per_launch, dead_ones, strict=True)
        for place, item, sites, dead in rows:
            registers = item.program.register_count if mode is Mode.RF else 1
            row = np.array([sites, sites * registers, dead], object)
            counts[place] = counts.get(place, np.zeros(3, object)) + row
        for (kernel, layer), (sites, targets, dead) in counts.items():
            if sites:
                found.append(Cell(mode, model, kernel, layer, int(sites), int(targets), int(dead)))
    return found


def dead_targets(item: ProfiledLaunch) -> int:
    """(Site, register) pairs of a launch whose register is dead before the site's instruction."""
    profile = item.profile
    issued = profile.threads_per_class @ profile.issued
    return int(issued @ dead_registers(item.program).sum(axis=1))


@of_program
def dead_registers(program: Program) -> NDArray[np.bool_]:
    """Which registers are certainly dead before each instruction; bool (instructions, allocated ones)."""
    found = np.ones((len(program.instructions), program.register_count), bool)
    for index, live in enumerate(live_registers(program)):
        found[index, [r for r in live if r < program.register_count]] = False
    return found
