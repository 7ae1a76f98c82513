"""The story of a fault in memory (mode MEM): no thread is struck, and launches read it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import ACCESS
from sassafras.emulator.traps import TrapKind
from sassafras.explanation.answers import classes_of, picture_of, says_of
from sassafras.explanation.case import Case
from sassafras.explanation.layers import follow_layers
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.open_layers import follow_open
from sassafras.explanation.replay import Replay, check_same_end
from sassafras.explanation.scene import scene_of_memory
from sassafras.explanation.steps import Fate
from sassafras.explanation.stored import name_of
from sassafras.explanation.story import Explanation, MemoryTold, Story, Strike, Visit
from sassafras.explanation.words import words_of_memory
from sassafras.faults.memory import WORD
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.memory_strike import (
    GUARDED,
    MemoryEffect,
    buffer_at,
    memory_fault,
    strike_memory,
    touched_by,
    use_of,
)
from sassafras.simulation.outcome import MaskedReason, Outcome
from sassafras.simulation.traced import GoldenThreads
from sassafras.workload.workload import Workload


def explain_memory(case: Case) -> Explanation:
    """Run a fault in memory again and tell it. Raises CampaignError where it does not end as it is stored."""
    check_same_end(case)
    again, effect = _again(case)
    memory_map = MemoryMap(again.golden, again.planned.index)
    words, count = words_of_memory(again.golden, effect.difference, memory_map)
    follow = follow_open if any(seen is not None for seen in again.golden.observed) else follow_layers
    journey = follow(again) if _goes_on(again) else None
    told = journey is not None and not journey.stopped
    story = Story(
        source=str(case.source),
        name=name_of(case.row.id),
        row=case.row,
        scene=scene_of_memory(again),
        strike=_strike(again, memory_map),
        cuda=(),
        listing=(),
        steps=(),
        step_count=0,
        parted=False,
        fate=_fate(again),
        left=(),
        followed=True,
        trap=None,
        alarms=(),
        words=words,
        word_count=count,
        layers=() if journey is None else journey.layers,
        launches=() if journey is None else journey.launches,
        died=None if journey is None else journey.at(journey.died),
        raised=None if journey is None else journey.at(journey.raised),
        classes=classes_of(again, journey) if told and journey is not None else (),
        says=says_of(again, journey) if told and journey is not None else None,
        own="",
        stopped=None if journey is None else journey.stopped,
        vocabulary=again.golden.workload.vocabulary,
        memory=_told(again, effect),
    )
    return Explanation(story, again, picture_of(case.inputs[again.fault.site.frame]), journey)


def _again(case: Case) -> tuple[Replay, MemoryEffect]:
    """The fault as it struck; memory stands before its launch."""
    draw, golden = case.draw, case.bench.golden(case.draw.frame)
    golden.go_before(draw.launch)
    planned = golden.plan[draw.launch]
    fault = memory_fault(golden, draw)
    effect = strike_memory(golden, fault, case.rules.ecc)
    machine, nobody = case.bench.machine(planned.spec), GoldenThreads((), {}, np.empty(0, ACCESS))
    values = effect.before, effect.after
    again = Replay(
        *(case, golden, machine, planned, fault, {}, nobody), None, effect.difference, (), values, before=True
    )
    return again, effect


def _goes_on(again: Replay) -> bool:
    """Whether launches decided how the fault ended."""
    row = again.case.row
    if row.outcome is Outcome.MASKED or row.due_kind is TrapKind.UNCORRECTABLE_ECC:
        return False
    return bool(use_of(again.golden, again.planned.index, again.difference.offsets).read.any())


def _fate(again: Replay) -> Fate:
    """What became of the struck bytes."""
    row = again.case.row
    if row.due_kind is TrapKind.UNCORRECTABLE_ECC:
        return Fate.TRAPPED
    if row.outcome is Outcome.MASKED:
        reasons = {
            MaskedReason.OVERWRITTEN: Fate.OVERWRITTEN,
            MaskedReason.NEVER_READ: Fate.NEVER_READ,
            MaskedReason.NO_EFFECT: Fate.UNCHANGED,
            MaskedReason.CORRECTED: Fate.NOTICED,
        }
        return reasons[row.masked_reason or MaskedReason.NO_EFFECT]
    return Fate.REACHED_MEMORY if len(again.difference.offsets) else Fate.NOTICED


def _strike(again: Replay, memory_map: MemoryMap) -> Strike:
    fault, (before, after) = again.fault, again.values
    base, start = again.golden.memory.layout.base, _start(again)
    spot = memory_map.spot(base + start)
    name = spot.name if fault.target.bits == 8 * WORD else f"{spot.name} and what follows"
    return Strike(
        mode=fault.draw.mode,
        kind=fault.target.kind,
        name=name,
        before=before,
        after=after,
        bits=fault.target.bits,
        flipped=tuple(k for k in range(fault.target.bits) if (before ^ after) >> k & 1),
        is_float=spot.is_float,
        spots=None,
        lost=False,
        written=None,
        read=None,
        overwritten=None,
    )


def _start(again: Replay) -> int:
    """Where the struck bytes begin in the arena."""
    size = again.fault.target.bits // 8
    return again.fault.draw.ordinal * WORD // size * size


def _told(again: Replay, effect: MemoryEffect) -> MemoryTold:
    golden, number = again.golden, again.planned.index
    workload, struck = golden.workload, _start(again) + np.arange(again.fault.target.bits // 8)
    buffer, _ = buffer_at(workload, again.fault.draw.ordinal * WORD)
    wrong = np.concatenate([effect.difference.offsets, effect.detected, effect.corrected])
    use = use_of(golden, number, wrong)
    writers = [n for n in range(number) if touched_by(golden, n, struck)[1].any()]
    over = [n for n in range(number, len(golden.plan)) if touched_by(golden, n, wrong)[1].any()]
    return MemoryTold(
        buffer=buffer.name,
        role=_role(workload, buffer.name),
        nbytes=buffer.nbytes,
        since=_visit(golden, writers[-1]) if writers else None,
        readers=_readers(golden, number, wrong),
        overwritten=_visit(golden, over[0]) if over and not use.read.any() else None,
        ecc=again.case.rules.ecc.value,
        corrected=len(effect.corrected) // GUARDED,
        detected=len(effect.detected) // GUARDED,
    )


def _role(workload: Workload, name: str) -> str:
    if name in {one.name for one in workload.inputs}:
        return "an input"
    if name in workload.contents:
        return "there from the start, such as weights"
    return "an output" if name in {one.name for one in workload.outputs} else "what launches hand on"


def _readers(golden: GoldenRun, number: int, wrong: NDArray[np.int64]) -> tuple[Visit, ...]:
    """Launches that load any of these bytes before it is overwritten."""
    waiting, found = np.ones(len(wrong), bool), []
    for launch in range(number, len(golden.plan)):
        loads, stores = touched_by(golden, launch, wrong)
        if (waiting & loads).any():
            found.append(_visit(golden, launch))
        waiting &= ~stores
    return tuple(found)


def _visit(golden: GoldenRun, number: int) -> Visit:
    planned = golden.plan[number]
    return Visit(number, planned.kernel, planned.part)
