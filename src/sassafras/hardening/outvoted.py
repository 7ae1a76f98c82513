"""Corrections that leave no trace: faults that voters have outvoted."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sassafras.faults.model import Mode
from sassafras.hardening.plan import Protection
from sassafras.kernels.hardened.technique import Technique
from sassafras.simulation.outcome import Outcome


def outvoted_rows(before: pd.DataFrame, replayed: pd.DataFrame, protection: Protection) -> pd.DataFrame:
    """The rows of ``before`` whose fault the voters corrected.

    A voter raises no flag: what it corrects reads MASKED, like what never mattered. The same fault in the
    unhardened program tells them apart: there, in a kernel that has TMR now, it corrupted memory (SDC), and
    here memory is what it should be (MASKED). A DUE that is none any more is not the voters' work.
    """
    kernels = [kernel for kernel, technique in protection.chosen if technique is Technique.TMR]
    corrupted = before[before["kernel"].isin(kernels) & (before["outcome"] == Outcome.SDC.value)]
    masked = replayed.loc[replayed["outcome"] == Outcome.MASKED.value, "id"]
    return corrupted[corrupted["id"].isin(masked)]


def outvoted(
    before: pd.DataFrame, replayed: pd.DataFrame, protection: Protection, modes: Sequence[Mode]
) -> dict[str, int]:
    """How many faults the voters corrected, by mode and all together ("all")."""
    rows = outvoted_rows(before, replayed, protection)
    return {m.value: int((rows["mode"] == m.value).sum()) for m in modes} | {"all": len(rows)}
