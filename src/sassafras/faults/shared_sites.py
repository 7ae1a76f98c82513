"""Sites that several fault models have alike: where a difference between models is one of models alone.

An instruction counts where every model may strike the same parts of it. There a fault of each model falls on
the same part with the same probability: sites are drawn uniformly, and a part of an instruction uniformly
among those that the model takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.population import ProfiledLaunch, once_each
from sassafras.faults.targets import Selection, strike_mask, targets
from sassafras.isa.groups import Group
from sassafras.isa.program import Program


@dataclass(frozen=True)
class SharedSites:
    """How many sites of a mode all models have alike, and how many each of them has."""

    mode: Mode
    shared: int
    own: tuple[tuple[FaultModel, int], ...]


def shared_mask(
    program: Program, mode: Mode, models: Sequence[FaultModel], groups: frozenset[Group] | None
) -> NDArray[np.bool_]:
    """For each instruction, whether all models may strike the same parts of it (RF: any). bool
    (instructions,).
    """
    if mode is Mode.RF:
        return np.ones(len(program.instructions), bool)
    chosen = [Selection(mode, model, groups) for model in models]
    found = []
    for instruction in program.instructions:
        first, *others = (targets(instruction, selection) for selection in chosen)
        found.append(bool(first) and all(one == first for one in others))
    return np.array(found, bool)


def shared_sites(
    launches: Sequence[ProfiledLaunch],
    mode: Mode,
    models: Sequence[FaultModel],
    groups: frozenset[Group] | None,
) -> SharedSites:
    """Counted over all launches. Of memory (mode MEM) every site is every model's: use their populations."""

    def count(item: ProfiledLaunch, mask: NDArray[np.bool_]) -> int:
        counts = item.profile.issued if mode is Mode.RF else item.profile.executed
        return int(item.profile.threads_per_class @ counts[:, mask].sum(axis=1))

    def of(model: FaultModel) -> int:
        chosen = Selection(mode, model, groups)
        return sum(once_each(launches, lambda item: count(item, strike_mask(item.program, chosen))))

    shared = once_each(launches, lambda item: count(item, shared_mask(item.program, mode, models, groups)))
    return SharedSites(mode, sum(shared), tuple((model, of(model)) for model in models))
