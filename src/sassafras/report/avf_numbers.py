"""The AVF of the register file as JSON and as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sassafras.analysis.avf import ResidentLaunch, allocated_fraction, while_running
from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.fit import FitOutcome


def campaign_numbers(avf: CampaignAvf) -> dict[str, Any]:
    """AVF of a campaign that has just been run: the card, and `avf_numbers`."""
    return {"device": avf.device.name, **avf_numbers(avf.cells, avf.launches)}


def avf_numbers(cells: pd.DataFrame, launches: Sequence[ResidentLaunch]) -> dict[str, Any]:
    """AVF of the whole, of kernels and of layers while they run; JSON types, layers as text keys. Of kernels
    also what they allocate.
    """
    kernels = {str(kernel): rows for kernel, rows in cells.groupby("kernel", sort=False)}
    return {
        "total": part_numbers(cells),
        "kernels": {
            kernel: part_numbers(rows) | _residency([x for x in launches if x.kernel == kernel])
            for kernel, rows in kernels.items()
        },
        "layers": {str(layer): part_numbers(rows) for layer, rows in cells.groupby("layer", sort=False)},
    }


def part_numbers(cells: pd.DataFrame) -> dict[str, Any]:
    """Time, allocation, strikes and AVF by outcome of some launches."""
    return {
        "seconds": float(cells["seconds"].sum()),
        "allocated_fraction": allocated_fraction(cells),
        "n": int(cells["n"].sum()),
        "avf": {outcome.value: _estimate(cells, outcome) for outcome in FitOutcome},
    }


def _estimate(cells: pd.DataFrame, outcome: FitOutcome) -> dict[str, float]:
    found = while_running(cells, outcome.kinds)
    return {"share": found.value, "low": found.low, "high": found.high}


def limits_of(launches: Sequence[ResidentLaunch]) -> list[str]:
    """What keeps out another block, in any of the launches."""
    return list(dict.fromkeys(limit.value for item in launches for limit in item.allocation.limits))


def share_text(share: float, low: float, high: float) -> str:
    """A share of AVF, percent: "22.1 (18.0–27.9)", or "below 5.0" where nothing of it was seen."""
    if not share:
        return f"below {high * 100:.1f}"
    return f"{share * 100:.1f} ({low * 100:.1f}–{high * 100:.1f})"


def _residency(launches: Sequence[ResidentLaunch]) -> dict[str, Any]:
    """What decides a kernel's residency; its launches have one block size."""
    occupancy = launches[0].allocation.occupancy
    return {
        "registers": launches[0].registers,
        "blocks_per_multiprocessor": occupancy.blocks,
        "registers_per_block": occupancy.block_registers,
        "limits": limits_of(launches),
        "resident_blocks": [item.allocation.resident for item in launches],
    }
