"""The AVF of the register file: numbers for JSON, and their table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sassafras.analysis.avf import ResidentLaunch, allocated_fraction, strikes, while_running
from sassafras.analysis.campaign_avf import CampaignAvf
from sassafras.analysis.fit import FitOutcome
from sassafras.analysis.intervals import CONFIDENCE
from sassafras.report.cells import Missing, Percent, Share
from sassafras.report.files import SUMMARY
from sassafras.report.numbers import NONE_SEEN, NOT_STRUCK
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.registry import PAGE

if TYPE_CHECKING:
    from sassafras.report.page.material import Material

OUTCOMES = (FitOutcome.AVF, FitOutcome.SDC, FitOutcome.DUE)
ONE_SIDED = 1 - 2 * (1 - CONFIDENCE)  #: of the two-sided interval whose end is the one-sided bound


def read_avf(folder: Path, injections: pd.DataFrame) -> Mapping[str, Any] | None:
    """What ``sassafras run`` wrote into the campaign's ``summary.json`` (`avf_numbers`); None where there is
    nothing, or where it was made of others than these ``injections``.
    """
    try:
        found = json.loads((folder / SUMMARY).read_text("utf-8"))["avf"]
        same = found["total"]["n"] == len(strikes(injections))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found if same else None


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


def _estimate(cells: pd.DataFrame, outcome: FitOutcome) -> dict[str, float | None]:
    found = while_running(cells, outcome.kinds)
    below = None if found.value else while_running(cells, outcome.kinds, ONE_SIDED).high
    return {"share": found.value, "low": found.low, "high": found.high, "below": below}


def _residency(launches: Sequence[ResidentLaunch]) -> dict[str, Any]:
    """What decides a kernel's residency; its launches have one block size."""
    occupancy = launches[0].allocation.occupancy
    return {
        "registers": launches[0].registers,
        "blocks_per_multiprocessor": occupancy.blocks,
        "registers_per_block": occupancy.block_registers,
        "limits": list(dict.fromkeys(x.value for one in launches for x in one.allocation.limits)),
        "resident_blocks": [item.allocation.resident for item in launches],
    }


def avf(numbers: Mapping[str, Any] | None, injected: Sequence[str] | None = None) -> list[Table]:
    """What each kernel allocates, and its AVF while it runs; none where it is not known. ``injected``:
    kernels that faults were drawn from; None: all.
    """
    if numbers is None:
        return []
    parts, whole = numbers["kernels"], sum(part["seconds"] for part in numbers["kernels"].values())
    rows = [
        [
            kernel,
            part["registers"],
            ", ".join(part["limits"]),
            *_row(part, whole, struck=injected is None or kernel in injected),
        ]
        for kernel, part in parts.items()
    ]
    caption = (
        "time: modelled, percent; allocated: percent of the register file while the kernel runs; limit: "
        f"what keeps out a block; n: single-bit strikes; AVF: SDC or DUE, percent, 95 % "
        f"intervals; {NONE_SEEN}"
    )
    heads = ("kernel", "registers", "limit", "time", "allocated", "n", *(o.value for o in OUTCOMES))
    total: list[Given] = ["all injected", "", "", *_row(numbers["total"], whole, struck=True)]
    return [made("avf", f"AVF of the register file, {numbers['device']}", caption, heads, [rows, [total]])]


def _row(part: Mapping[str, Any], seconds: float, *, struck: bool) -> list[Given]:
    known: list[Given] = [Percent(part["seconds"] / seconds, 2), Percent(part["allocated_fraction"], 1)]
    if not struck or not part["n"]:
        return [*known, Missing(reason=NOT_STRUCK), *[Missing()] * len(OUTCOMES)]
    return [*known, part["n"], *(avf_share(part["avf"][outcome.value], part["n"]) for outcome in OUTCOMES)]


def avf_share(found: Mapping[str, float], n: int) -> Share:
    """An AVF of n strikes as `part_numbers` has it. Of files from before 0.20 the bound is not known: the end
    of the interval is one.
    """
    below = math.nan if found["share"] else found.get("below", found["high"])
    return Share(found["share"], found["low"], found["high"], below, round(found["share"] * n), n)


@PAGE.at(30)
def register_file(material: Material) -> list[Table]:
    """That of a campaign, as its page has it."""
    return avf(material.avf)
