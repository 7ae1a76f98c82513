"""The kernel that most critical faults were in, in words."""

from __future__ import annotations

import numpy as np

from sassafras.analysis.events import Event
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.report.numbers import percent


def worst_line(results: Results) -> str:
    """Such as "worst kernel, by its part of the mode's critical faults: RF forward_maxpool 62.5 % (5 of 8),
    IOA none critical". Parts of a stratified sample are weighted (CKV), and its counts are left out. Of equal
    kernels the first of the campaign is named.
    """
    each = ", ".join(f"{mode.value} {_worst(results, mode)}" for mode in results.modes)
    return f"worst kernel, by its part of the mode's critical faults{results.critical.suffix}: {each}"


def _worst(results: Results, mode: Mode) -> str:
    found = results.sums()
    rows = found[
        (found["event"] == Event.CRITICAL.value) & (found["part"] == "kernel") & (found["mode"] == mode.value)
    ]
    whole = rows["share"].sum()
    if not whole > 0:
        return "none critical"
    worst = rows.iloc[int(np.nanargmax(rows["share"].to_numpy(float)))]
    counted = "" if results.sampling.stratify is not None else f" ({worst['n']} of {rows['n'].sum()})"
    return f"{worst['name']} {percent(worst['share'] / whole)} %{counted}"
