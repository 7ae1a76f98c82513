"""Where and when a fault struck, what it struck, and the machine code around it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.launch import Dim
from sassafras.explanation.dataflow import Comparison
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.replay import Replay
from sassafras.explanation.steps import Step
from sassafras.explanation.story import ListingLine, Moment, Scene, Strike, Triple
from sassafras.explanation.words import makes
from sassafras.faults.model import IoaRegister, Mode, Target, TargetKind
from sassafras.isa.operands import RZ
from sassafras.isa.program import Program

AROUND = 4  #: instructions shown before and behind the struck one
_REGISTERS = (TargetKind.REGISTER, TargetKind.REGISTER_INDEX)


NOWHERE = (0, 0, 0)


def scene_of(again: Replay, memory_map: MemoryMap) -> Scene:
    """Where and when a thread was struck."""
    site, launch = again.fault.site, again.planned.launch
    return replace(
        scene_of_memory(again),
        block_at=_coordinates(site.block, launch.grid),
        thread_at=_coordinates(site.thread, launch.block),
        length=len(again.threads.traces[site.thread]),
        struck_threads=len(again.points),
        makes=makes(again, memory_map),
    )


def scene_of_memory(again: Replay) -> Scene:
    """Where and when memory was struck: by no thread."""
    case, workload, planned = again.case, again.golden.workload, again.planned
    given, answers = case.inputs[again.fault.site.frame], workload.judgement.answers
    part = next(entry for entry in workload.parts if entry.index == planned.part)
    return Scene(
        frame_name=given.name,
        label=None if given.label is None else answers[given.label],
        top1=answers[case.row.top1_golden],
        network=workload.name,
        program=planned.program,
        launches=sum(p.kernel == planned.kernel for p in workload.plan),
        layer_kind=part.kind,
        layer_shape=part.shape,
        grid=planned.launch.grid,
        block=planned.launch.block,
        block_at=NOWHERE,
        thread_at=NOWHERE,
        length=0,
        struck_threads=0,
        makes=None,
    )


def _coordinates(linear: int, size: Dim) -> Triple:
    rest, x = divmod(linear, size[0])
    z, y = divmod(rest, size[1])
    return x, y, z


def listing_around(program: Program, pc: int) -> tuple[ListingLine, ...]:
    """The instructions around one."""
    near = program.instructions[max(0, pc - AROUND) : pc + AROUND + 1]
    return tuple(ListingLine(i.offset, i.text, i.index == pc) for i in near)


def strike_of(
    again: Replay, comparison: Comparison, steps: tuple[Step, ...], memory_map: MemoryMap
) -> Strike:
    """What was struck and how."""
    fault, (before, after) = again.fault, again.values
    kind, register = fault.target.kind, fault.target.index
    spots = None
    if kind is TargetKind.STORE_ADDRESS and fault.target.bits == 64:
        spots = memory_map.spot(before), memory_map.spot(after)
    trace = again.threads.traces[fault.site.thread]
    history: tuple[Moment | None, ...] = (None, None, None)
    if kind in _REGISTERS:
        strikes_before = fault.draw.mode is Mode.RF
        history = _history(again.machine.program, trace, fault.site.instruction, register, strikes_before)
    return Strike(
        mode=fault.draw.mode,
        kind=kind,
        name=target_name(fault.target),
        before=before,
        after=after,
        bits=fault.target.bits,
        flipped=tuple(k for k in range(fault.target.bits) if (before ^ after) >> k & 1),
        is_float=_is_float(again, comparison, steps),
        spots=spots,
        lost=_is_lost(again),
        written=None if fault.draw.mode is Mode.IOV else history[0],
        read=history[1],
        overwritten=history[2],
    )


def _is_lost(again: Replay) -> bool:
    """Whether the result was sent to a register that no instruction names, and lost."""
    fault, (_, after) = again.fault, again.values
    beyond = again.machine.program.register_count <= after < RZ
    lost = fault.target.kind is TargetKind.REGISTER_INDEX and fault.ioa_register is IoaRegister.SASSIFI
    return lost and beyond


def target_name(target: Target) -> str:
    """What was struck, as in a listing."""
    match target.kind:
        case TargetKind.REGISTER | TargetKind.REGISTER_INDEX:
            return f"R{target.index}"
        case TargetKind.PREDICATE:
            return f"P{target.index}"
        case TargetKind.UNIFORM_REGISTER | TargetKind.UNIFORM_INDEX:
            return f"UR{target.index}"
        case TargetKind.UNIFORM_PREDICATE:
            return f"UP{target.index}"
        case TargetKind.CONDITION_CODE:
            return "CC"
        case TargetKind.STORE_ADDRESS:
            return "the store's address"
        case TargetKind.STORE_VALUE:
            return "the stored word"
        case TargetKind.MEMORY:
            return f"word {target.index}"
        case _:
            assert_never(target.kind)


def _is_float(again: Replay, comparison: Comparison, steps: tuple[Step, ...]) -> bool:
    """Whether the struck word is a binary32."""
    kind, index = again.fault.target.kind, again.fault.target.index
    if kind is TargetKind.REGISTER and again.fault.draw.mode is Mode.RF:
        return comparison.struck_register(index).is_float
    struck = next((step for step in steps if step.struck), None)
    if struck is None:
        return False
    if kind is TargetKind.REGISTER:
        return any(v.is_float for v in struck.writes if v.name == f"R{index}")
    return kind is TargetKind.STORE_VALUE and struck.stores[index].is_float


def _history(
    program: Program, trace: NDArray[np.uint32], start: int, register: int, strikes_before: bool
) -> tuple[Moment | None, Moment | None, Moment | None]:
    """Of a register in the golden thread: who had written it, who reads it next, who writes it next.

    ``strikes_before``: the strike comes before instruction ``start``, which may then be the next; else it is
    itself the writer.
    """
    indexes, executed = instruction_indexes(trace), executed_mask(trace)
    effects = [i.effects for i in program.instructions]
    reads = np.array([register in e.registers_read for e in effects], bool)[indexes] & executed
    writes = np.array([register in e.registers_written for e in effects], bool)[indexes] & executed
    behind = start if strikes_before else start + 1
    before = np.flatnonzero(writes[:start])
    read, written = np.flatnonzero(reads[behind:]), np.flatnonzero(writes[behind:])

    def moment(number: int) -> Moment:
        instruction = program.instructions[int(indexes[number])]
        return Moment(number, instruction.offset, instruction.text)

    return (
        moment(int(before[-1])) if len(before) else None,
        moment(behind + int(read[0])) if len(read) else None,
        moment(behind + int(written[0])) if len(written) else None,
    )
