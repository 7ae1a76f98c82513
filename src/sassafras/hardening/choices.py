"""What can be chosen for each kernel, with what it is predicted to leave and to cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.faults.model import THREAD_MODES, Mode
from sassafras.hardening.coverage import Coverage, Coverages, coverage_of
from sassafras.hardening.effects import ASSUMED
from sassafras.hardening.fates import FATES, Numbers, Weights, fates
from sassafras.hardening.overhead import CostBook
from sassafras.hardening.plan import Protection
from sassafras.hardening.planner import Choice, Plans, enumerate_plans
from sassafras.hardening.selected import predicted
from sassafras.kernels.cost import Cost
from sassafras.kernels.hardened.registry import NETWORK, techniques_of
from sassafras.kernels.hardened.technique import Technique

Struck = dict[tuple[str, Mode], Numbers]  #: faults in a kernel by mode: shares of all faults, (fates,)


def plans_of(
    injections: pd.DataFrame,
    kernels: Sequence[str],
    costs: CostBook,
    known: Coverages,
    weights: Weights,
    critical: Criticality = PLAIN,
) -> Plans:
    """Every plan over the kernels that were injected into (of others nothing is known) and the techniques of
    the whole network, scored.
    """
    struck = struck_faults(injections, kernels, critical)
    known = predicted(injections, critical) | dict(known)
    choices = {
        slot: [
            _choice(slot, technique, kernels, struck, costs, known)
            for technique in (None, *techniques_of(slot))
            if technique is None or (slot, technique) in costs.costs
        ]
        for slot in (*kernels, NETWORK)
        if slot != NETWORK or any((NETWORK, technique) in costs.costs for technique in Technique)
    }
    return enumerate_plans(choices, costs.model(Protection()).seconds, weights)


def struck_faults(injections: pd.DataFrame, kernels: Sequence[str], critical: Criticality) -> Struck:
    """How the faults in each kernel and mode ended: shares of all injections."""
    ended = fates(injections, critical)
    total = max(len(injections), 1)
    found = {(NETWORK, mode): np.zeros(len(FATES)) for mode in THREAD_MODES}
    for kernel in kernels:
        for mode in THREAD_MODES:
            own = ((injections["kernel"] == kernel) & (injections["mode"] == mode.value)).to_numpy(bool)
            found[kernel, mode] = np.bincount(ended[own], minlength=len(FATES)) / total
    return found


def exposure(costs: CostBook, slot: str, technique: Technique | None, mode: Mode) -> float:
    """How often a kernel under a technique is struck, for once that the plain one is: the instructions that
    it issues (IOA, IOV), or the registers that it holds x the time that it holds them (RF).
    """
    return 1.0 if slot == NETWORK else _ratio(costs.costs[slot, None], costs.costs[slot, technique], mode)


def program_exposures(
    costs: CostBook, protection: Protection, kernels: Sequence[str], modes: Sequence[Mode]
) -> dict[Mode, float]:
    """How often the kernels of a hardened program are struck, all together, for once that the plain ones
    are.
    """
    plain, hardened = (costs.model(p, kernels) for p in (Protection(), protection))
    return {mode: _ratio(plain, hardened, mode) for mode in modes}


def _ratio(plain: Cost, hardened: Cost, mode: Mode) -> float:
    before, after = (
        (cost.held if mode is Mode.RF else float(cost.instructions)) for cost in (plain, hardened)
    )
    return after / before if before else 1.0


def _choice(
    slot: str,
    technique: Technique | None,
    kernels: Sequence[str],
    struck: Struck,
    costs: CostBook,
    known: Coverages,
) -> Choice:
    if technique is None:
        return Choice(None, sum((struck[slot, mode] for mode in THREAD_MODES), np.zeros(len(FATES))), 0.0)
    coverage = coverage_of(known, slot, technique)
    left = sum(
        (struck[slot, mode] * exposure(costs, slot, technique, mode) for mode in THREAD_MODES),
        np.zeros(len(FATES)),
    )
    return Choice(
        technique,
        left @ coverage.becomes,
        costs.costs[slot, technique].seconds - _plain_seconds(costs, slot),
        _elsewhere(slot, technique, coverage, kernels),
    )


def _plain_seconds(costs: CostBook, slot: str) -> float:
    """Of a kernel without a technique; a technique of the whole network replaces nothing."""
    return 0.0 if slot == NETWORK else costs.costs[slot, None].seconds


def _elsewhere(
    slot: str, technique: Technique, coverage: Coverage, kernels: Sequence[str]
) -> Mapping[str, Numbers] | None:
    """What a technique makes of the faults in other kernels: as measured, or as assumed for all of them."""
    if coverage.elsewhere is not None:
        return {kernel: found for kernel, found in coverage.elsewhere.items() if kernel in kernels}
    assumed = ASSUMED[technique].elsewhere
    return None if assumed is None else {kernel: assumed for kernel in kernels if kernel != slot}
