"""How a difference in memory ended."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.emulator.traps import Trap
from sassafras.simulation.outcome import Outcome
from sassafras.workload.result import Result


@dataclass(frozen=True)
class Propagation:
    """How a difference ended. ``result``: of the faulty run. ``died_layer``: the layer behind
    whose launch nothing that is still read differed any more, None if the difference reached the output.
    ``corrupted``: layer -> values of its output that differ. ``alarm``: what hardened kernels have raised.
    ``trap``: a later launch stopped on the faulty memory, and there is no result but the golden one.
    ``race``: what a later launch made on it, in words.
    """

    result: Result
    died_layer: int | None
    corrupted: dict[int, int]
    alarm: Outcome | None = None
    trap: Trap | None = None
    race: str | None = None
