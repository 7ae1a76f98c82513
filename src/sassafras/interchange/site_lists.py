"""A campaign's faults as injection lists of SASSIFI and NVBitFI.

A line is ``kernel count index operand-seed bit-seed``; mode, group and bit-flip model are in the file's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.faults.model import FaultModel, Mode, Scope, TargetKind
from sassafras.interchange.formats import MODELS, ListName, Tool, model_number
from sassafras.interchange.nvbitfi_groups import GP, general_register_mask
from sassafras.interchange.seeds import Seed, bit_seed, nvbitfi_seed, operand_seed
from sassafras.interchange.traced_faults import Ranks, TracedFault
from sassafras.isa.groups import Group
from sassafras.isa.program import Program
from sassafras.workload.launches import PlannedLaunch


@dataclass(frozen=True)
class SiteLine:
    """One fault in a list. ``id``, ``frame``: ours; ``note``: what the other tool does otherwise, or ""."""

    name: ListName
    kernel: str
    count: int
    index: int
    operand: float
    bit: float
    id: int
    frame: int
    note: str

    @property
    def text(self) -> str:
        """As both tools write it, trailing blank included."""
        return f"{self.kernel} {self.count} {self.index} {self.operand!r} {self.bit!r} "


@dataclass(frozen=True)
class Unsaid:
    """A fault that a format cannot say, and why."""

    id: int
    reason: str


_GROUPS = {
    TargetKind.REGISTER: Group.GPR,
    TargetKind.CONDITION_CODE: Group.CC,
    TargetKind.PREDICATE: Group.PR,
    TargetKind.STORE_VALUE: Group.STORE,
    TargetKind.REGISTER_INDEX: Group.GPR,
    TargetKind.STORE_ADDRESS: Group.STORE,
}


def sassifi_line(traced: TracedFault, planned: PlannedLaunch, ranks: Ranks) -> SiteLine | Unsaid:
    """The fault for SASSIFI. ``count``: earlier launches of the kernel; ``index``: from 0 for IOV, from 1 for
    RF and IOA, as its injector counts (``err_injector/injector.cu``).
    """
    fault, mode = traced.fault, traced.fault.draw.mode
    if fault.draw.model not in MODELS:
        return Unsaid(fault.draw.id, f"SASSIFI has no fault model {fault.draw.model}")
    if mode is not Mode.IOV and fault.draw.scope is Scope.WARP:
        return Unsaid(fault.draw.id, f"SASSIFI has no warp-wide {mode} faults")
    if fault.target.kind.of_warp:
        return Unsaid(fault.draw.id, "SASSIFI knows no registers of the warp")
    if mode is Mode.IOA and fault.draw.model not in (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT):
        return Unsaid(fault.draw.id, "SASSIFI has single- and double-bit IOA faults only")
    program = ranks.program(fault)
    group = None if mode is Mode.RF else _GROUPS[fault.target.kind]
    index = ranks.rank(traced, group_mask(program, group)) + (mode is not Mode.IOV)
    instruction = program.instructions[fault.pc]
    seed = bit_seed(fault, instruction)
    number = model_number(fault.draw.model, fault.draw.scope)
    name = ListName(Tool.SASSIFI, mode, None if group is None else int(group), number, 0)
    operand = operand_seed(fault, instruction)
    return _line(traced, name, planned, planned.invocation, index, operand, seed)


def group_mask(program: Program, group: Group | None) -> NDArray[np.bool_]:
    """Instructions of a SASSIFI group, bool (instructions,); None: all."""
    return np.array([group is None or group in i.groups for i in program.instructions], bool)


def nvbitfi_line(
    traced: TracedFault, planned: PlannedLaunch, ranks: Ranks, flipped: int | None
) -> SiteLine | Unsaid:
    """The fault for NVBitFI. ``count``: place in the launch plan; ``flipped``: bits that the injection
    changed, None where unknown (NVBitFI's random value is one of the mask).
    """
    fault = traced.fault
    if fault.draw.model not in MODELS:
        return Unsaid(fault.draw.id, f"NVBitFI has no fault model {fault.draw.model}")
    if fault.draw.mode is not Mode.IOV:
        return Unsaid(fault.draw.id, f"NVBitFI has IOV faults only, not {fault.draw.mode}")
    if fault.draw.scope is Scope.WARP:
        return Unsaid(fault.draw.id, "NVBitFI has no warp-wide faults")
    program = ranks.program(fault)
    mask = general_register_mask(program)
    if fault.target.kind is not TargetKind.REGISTER or not mask[fault.pc]:
        return Unsaid(fault.draw.id, "NVBitFI strikes general registers only")
    if fault.draw.model is FaultModel.RANDOM_VALUE and flipped is None:
        return Unsaid(fault.draw.id, "the bits that a random value changes are not known before it has run")
    seed = nvbitfi_seed(fault, flipped or 0)
    number = model_number(fault.draw.model, Scope.THREAD)
    name = ListName(Tool.NVBITFI, Mode.IOV, GP, number, 0)
    operand = operand_seed(fault, program.instructions[fault.pc])
    return _line(traced, name, planned, planned.index, ranks.rank(traced, mask), operand, seed)


def _line(
    traced: TracedFault,
    name: ListName,
    planned: PlannedLaunch,
    count: int,
    index: int,
    operand: float,
    seed: Seed,
) -> SiteLine:
    draw = traced.fault.draw
    return SiteLine(name, planned.program, count, index, operand, seed.value, draw.id, draw.frame, seed.note)


Says = Callable[[TracedFault, PlannedLaunch, Ranks, int | None], SiteLine | Unsaid]
LINES: Mapping[Tool, Says] = {
    Tool.SASSIFI: lambda traced, planned, ranks, _: sassifi_line(traced, planned, ranks),
    Tool.NVBITFI: nvbitfi_line,
}
"""The tools that take lists of ours, and how a fault is said to each."""
