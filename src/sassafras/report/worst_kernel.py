"""The kernel that most critical faults were in, of each mode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sassafras.analysis.events import Event
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.report.numbers import percent


@dataclass(frozen=True)
class Worst:
    """``part``: of the mode's critical faults, 0..1; ``n`` of ``of`` of them, None where counts are weighted
    (a stratified sample). ``kernel`` None: nothing was critical.
    """

    mode: Mode
    kernel: str | None
    part: float = 0.0
    n: int | None = None
    of: int | None = None

    @property
    def text(self) -> str:
        """As "62.5 % (5 of 8)"."""
        return f"{percent(self.part)} %" + ("" if self.n is None else f" ({self.n} of {self.of})")


def worst_kernels(results: Results) -> list[Worst]:
    """One of each mode. Parts of a stratified sample are weighted (CKV). Of equal kernels the first of the
    campaign is named.
    """
    return [_worst(results, mode) for mode in results.modes]


def worst_line(results: Results) -> str:
    """Such as "worst kernel, by its part of the mode's critical faults: RF forward_maxpool 62.5 % (5 of 8),
    IOA none critical".
    """
    each = ", ".join(
        f"{one.mode.value} {'none critical' if one.kernel is None else f'{one.kernel} {one.text}'}"
        for one in worst_kernels(results)
    )
    return f"worst kernel, by its part of the mode's critical faults{results.critical.suffix}: {each}"


def _worst(results: Results, mode: Mode) -> Worst:
    found = results.sums()
    rows = found[
        (found["event"] == Event.CRITICAL.value) & (found["part"] == "kernel") & (found["mode"] == mode.value)
    ]
    whole = rows["share"].sum()
    if not whole > 0:
        return Worst(mode, None)
    worst = rows.iloc[int(np.nanargmax(rows["share"].to_numpy(float)))]
    counted = results.sampling.stratify is None
    n, of = (int(worst["n"]), int(rows["n"].sum())) if counted else (None, None)
    return Worst(mode, str(worst["name"]), float(worst["share"] / whole), n, of)
