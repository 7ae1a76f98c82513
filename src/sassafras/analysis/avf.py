"""AVF of the register file: P(SDC or DUE | strike in an allocated register) x allocated fraction, weighted by
kernel time (DESIGN section 6).

The unit is the launch: a kernel at work for a layer. Its *weight* is its share of the modelled time x the
share of the device's register file that its threads can name while it runs; the probability of an ending is
that of the single-bit register-file injections that struck it. Sums over launches are those of kernels,
layers and the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.endings import Ending, endings, register_was_read
from sassafras.analysis.intervals import CONFIDENCE
from sassafras.analysis.weighted import Estimate, weighted_sum
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.device import Device
from sassafras.architectures.multiprocessor import Multiprocessor
from sassafras.campaign.shape import ShapedLaunch
from sassafras.faults.model import FaultModel, Mode, Scope
from sassafras.kernels.occupancy import Allocation, allocation

AVF_ENDINGS = (
    Ending.MALFUNCTION,
    Ending.INVALID_OUTPUT,
    Ending.LIGHT_MALFUNCTION,
    Ending.NO_MALFUNCTION,
    Ending.DUE,
    Ending.DETECTED,
)  #: SDC or DUE; a hardened kernel that noticed and could not repair is a kind of DUE
READ = "read"  #: column of cells: injections whose register was read
CRITICAL = "critical"  #: column of cells: injections that were critical


@dataclass(frozen=True)
class ResidentLaunch:
    """A launch of an inference: place in the plan, kernel, layer, modelled seconds, and what it allocates."""

    launch: int
    kernel: str
    layer: int
    registers: int
    seconds: float
    allocation: Allocation


def register_file_bits(device: Device, limits: Multiprocessor) -> int:
    """Bits of all register files of a device."""
    return device.multiprocessors * limits.register_bits


def resident_launches(
    plan: Iterable[ShapedLaunch], seconds: Sequence[float], target: Architecture, device: Device
) -> tuple[ResidentLaunch, ...]:
    """What launches allocate, and for how long. ``seconds``: modelled, one per launch of ``plan``. Raises
    UsageError for an architecture whose limits are not known.
    """
    limits = target.limits()
    found = []
    for planned, time in zip(plan, seconds, strict=True):
        program, shape = planned.program, planned.launch
        share = allocation(
            *(limits, device.multiprocessors, program),
            *(shape.blocks, shape.threads_per_block, shape.shared_bytes),
        )
        found.append(
            ResidentLaunch(planned.index, planned.kernel, planned.part, program.register_count, time, share)
        )
    return tuple(found)


def strikes(injections: pd.DataFrame) -> pd.DataFrame:
    """The injections that stand for a particle in the register file: RF, single-bit, one thread."""
    chosen = injections["mode"] == Mode.RF.value
    chosen &= injections["model"] == FaultModel.SINGLE_BIT.value
    chosen &= injections["scope"] == Scope.THREAD.value
    return injections[chosen]


def avf_cells(
    injections: pd.DataFrame, launches: Sequence[ResidentLaunch], critical: Criticality = PLAIN
) -> pd.DataFrame:
    """A row per launch: ``launch``, ``kernel``, ``layer``, ``seconds``, ``time`` (share of the launches'
    seconds), ``allocated`` (share of the register file), ``weight`` (time x named share of the register
    file), ``n`` (strikes), a count for each `Ending`, ``read`` and ``critical``, and their
    `share_column`.

    Raises ValueError for a strike in a launch that is not among them.
    """
    struck = strikes(injections)
    numbers = [item.launch for item in launches]
    if strange := sorted(set(struck["launch"]) - set(numbers)):
        raise ValueError(f"injections into launches that are not in the plan: {strange}")
    total = sum(item.seconds for item in launches)
    table = pd.DataFrame(
        {
            "launch": numbers,
            "kernel": [item.kernel for item in launches],
            "layer": [item.layer for item in launches],
            "seconds": [item.seconds for item in launches],
            "time": [item.seconds / total for item in launches],
            "allocated": [item.allocation.fraction for item in launches],
            "weight": [item.seconds / total * item.allocation.named_fraction for item in launches],
        }
    )
    counts = pd.crosstab(struck["launch"], endings(struck)) if len(struck) else pd.DataFrame()
    counts = counts.reindex(index=numbers, columns=[e.value for e in Ending], fill_value=0)
    marks = {READ: register_was_read(struck), CRITICAL: critical.rows(struck)}
    marked = {
        name: hits.groupby(struck["launch"]).sum().reindex(numbers, fill_value=0).astype(int)
        for name, hits in marks.items()
    }
    counts = counts.assign(n=counts.sum(axis=1), **marked).reset_index(drop=True)
    return _with_shares(pd.concat([table, counts.astype("int64")], axis=1))


def _with_shares(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with the estimated proportion of each ending; a launch that no strike fell into borrows that of
    its kernel's others.
    """
    struck = cells["n"] > 0
    for name in (*(e.value for e in Ending), READ, CRITICAL):
        pooled = cells.groupby("kernel")[[name, "n"]].transform("sum")
        own, borrowed = cells[name] / cells["n"], pooled[name] / pooled["n"]
        cells[share_column(name)] = own.where(struck, borrowed).fillna(0.0)
    return cells


def share_column(kind: str) -> str:
    """Column of cells: the estimated proportion of a launch's strikes that end so."""
    return f"share of {kind}"


def share_of(
    cells: pd.DataFrame, kinds: Collection[str] = AVF_ENDINGS, confidence: float = CONFIDENCE
) -> Estimate:
    """Weighted share of strikes anywhere in the register file, at any time, that end in one of ``kinds``
    (endings, `READ` or `CRITICAL`): the cells' part of the AVF of all launches. Values add up over cells.
    """
    weights = cells["weight"].to_numpy()
    events = sum(cells[str(kind)].to_numpy() for kind in kinds)
    found = weighted_sum(weights, events, cells["n"].to_numpy(), confidence)
    shares = sum(cells[share_column(str(kind))].to_numpy() for kind in kinds)
    value = float((weights * shares).sum())
    return Estimate(value, min(found.low, value), max(found.high, value))


def while_running(
    cells: pd.DataFrame, kinds: Collection[str] = AVF_ENDINGS, confidence: float = CONFIDENCE
) -> Estimate:
    """AVF while these launches run: `share_of` per share of the time."""
    time = float(cells["time"].sum())
    return share_of(cells, kinds, confidence).times(1 / time) if time else Estimate(0.0, 0.0, 0.0)


def allocated_fraction(cells: pd.DataFrame) -> float:
    """Allocated share of the register file while these launches run, weighted by their time."""
    return float((cells["allocated"] * cells["time"]).sum() / cells["time"].sum())
