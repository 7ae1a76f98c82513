"""From a draw and the golden trace of its thread to a fault that is fully determined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.errors import FaultNotReached, UsageError
from sassafras.faults.model import (
    Draw,
    Fault,
    IoaRegister,
    Mode,
    Site,
    Target,
    TargetKind,
    pick,
)
from sassafras.faults.models.law import RandomWords
from sassafras.faults.own import OwnFault
from sassafras.faults.own_site import own_target
from sassafras.faults.targets import REGISTER_BITS, Selection, strike_mask, targets, warp_strike_mask
from sassafras.isa.program import Program


def resolve(
    draw: Draw,
    selection: Selection,
    program: Program,
    trace: NDArray[np.uint32],
    ioa_register: IoaRegister = IoaRegister.SASSIFI,
) -> Fault:
    """The fault that a draw means. ``trace``: golden trace of its thread. Raises FaultNotReached if the trace
    has no such site.
    """
    if draw.own is not None:
        return _chosen(draw, draw.own, program, trace, ioa_register)
    places = struck_places(selection, program, trace)
    if draw.ordinal >= len(places):
        raise FaultNotReached(
            f"fault {draw.id}: thread {draw.thread} of block {draw.block} has {len(places)} sites, "
            f"not {draw.ordinal + 1}"
        )
    dynamic = int(places[draw.ordinal])
    pc = int(instruction_indexes(trace[dynamic : dynamic + 1])[0])
    target = _target(draw, selection, program, pc)
    words = RandomWords(draw.bit_word, draw.value_word)
    change = draw.model.file.law.change(program.instructions[pc], target, words)
    site = Site(draw.frame, draw.launch, draw.block, draw.thread, dynamic)
    return Fault(draw, site, pc, target, change, ioa_register)


def struck_places(selection: Selection, program: Program, trace: NDArray[np.uint32]) -> NDArray[np.int64]:
    """The dynamic instructions of a thread that its ordinals name: first those that strike a thread, then
    those that strike its warp, each in order (RF: every instruction issued).
    """
    if selection.mode is Mode.RF:
        return np.arange(len(trace))
    indexes, executed = instruction_indexes(trace), executed_mask(trace)
    masks = [mask(program, selection) for mask in (strike_mask, warp_strike_mask)]
    found = [np.flatnonzero(mask[indexes] & executed) for mask in masks if mask.any()]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _chosen(
    draw: Draw, own: OwnFault, program: Program, trace: NDArray[np.uint32], ioa_register: IoaRegister
) -> Fault:
    """The fault that the user chose; `own_target` has been asked before the campaign began."""
    try:
        pc, target = own_target(own, program, trace)
    except UsageError as error:
        raise FaultNotReached(f"fault {draw.id}: {error}") from error
    site = Site(draw.frame, draw.launch, draw.block, draw.thread, own.instruction)
    return Fault(draw, site, pc, target, own.corruption(target.bits), ioa_register)


def _target(draw: Draw, selection: Selection, program: Program, pc: int) -> Target:
    if draw.mode is Mode.RF:
        return Target(TargetKind.REGISTER, pick(draw.target_word, program.register_count), REGISTER_BITS)
    choices = targets(program.instructions[pc], selection)
    return choices[pick(draw.target_word, len(choices))]
