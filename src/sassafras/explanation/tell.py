"""From a case to its explanation."""

from __future__ import annotations

import numpy as np

from sassafras.explanation.answers import classes_of, picture_of, says_of
from sassafras.explanation.case import Case
from sassafras.explanation.dataflow import Comparison
from sassafras.explanation.in_memory import explain_memory
from sassafras.explanation.layers import follow_layers
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.open_layers import follow_open
from sassafras.explanation.replay import Replay, replay
from sassafras.explanation.scene import listing_around, scene_of, strike_of
from sassafras.explanation.steps import Fate, Path, Step, Value
from sassafras.explanation.stored import name_of
from sassafras.explanation.story import Explanation, Story
from sassafras.explanation.track import Track, follow_faulty, follow_golden
from sassafras.explanation.trapped import tell_trap
from sassafras.explanation.words import wrong_words
from sassafras.faults.model import Corruption, Mode, Scope
from sassafras.faults.own import own_fault_of
from sassafras.kernels.cuda_lines import CudaLine, cuda_lines
from sassafras.simulation.outcome import MaskedReason, Outcome

FOLLOWED = 20_000  #: instructions behind the strike that are compared
TOLD = 1000  #: steps that a story holds


def explain(case: Case) -> Explanation:
    """Run a case again and tell it. Raises CampaignError where it does not end as it is stored."""
    if case.draw.mode is Mode.MEM:
        return explain_memory(case)
    again = replay(case)
    fault, program = again.fault, again.machine.program
    memory_map = MemoryMap(again.golden, again.planned.index)
    start = fault.site.instruction
    golden = follow_golden(again, start, FOLLOWED)
    faulty = follow_faulty(again, start, FOLLOWED)
    base = again.golden.memory.layout.base
    comparison = Comparison(program, golden, faulty, start, memory_map, base)
    steps = tuple(comparison.slice())
    words, count = wrong_words(again, memory_map)
    follow = follow_open if any(seen is not None for seen in again.golden.observed) else follow_layers
    journey = follow(again) if _goes_on(again) else None
    story = Story(
        source=str(case.source),
        name=name_of(case.row.id),
        row=case.row,
        scene=scene_of(again, memory_map),
        strike=strike_of(again, comparison, steps, memory_map),
        cuda=_cuda(again),
        listing=listing_around(program, fault.pc),
        steps=steps[:TOLD],
        step_count=len(steps),
        parted=any(s.path is not Path.BOTH or s.executed[0] != s.executed[1] for s in steps),
        fate=fate_of(again, steps),
        left=_left(golden, faulty),
        followed=golden.ended and faulty.ended,
        trap=tell_trap(again, faulty, memory_map),
        alarms=again.alarms,
        words=words,
        word_count=count,
        layers=() if journey is None else journey.layers,
        launches=() if journey is None else journey.launches,
        died=None if journey is None else journey.at(journey.died),
        raised=None if journey is None else journey.at(journey.raised),
        classes=() if journey is None or journey.stopped else classes_of(again, journey),
        says=None if journey is None or journey.stopped else says_of(again, journey),
        own=_own_line(again),
        stopped=None if journey is None else journey.stopped,
        vocabulary=again.golden.workload.vocabulary,
    )
    return Explanation(story, again, picture_of(case.inputs[fault.site.frame]), journey)


def _cuda(again: Replay) -> tuple[CudaLine, ...]:
    """The lines of the CUDA source that the struck instruction is from; none of a kernel that is not ours."""
    if again.planned.spec.source is not None:
        return ()
    program = again.machine.program
    offset = program.instructions[again.fault.pc].offset
    return cuda_lines(again.planned.program, program.architecture.name, offset)


def _own_line(again: Replay) -> str:
    workload, planned = again.golden.workload, again.planned
    if workload.alarms is not None or any(p.program != p.kernel for p in workload.plan):
        return ""
    fault = again.fault
    if fault.draw.scope is Scope.WARP and not isinstance(fault.corruption, Corruption):
        return ""  # each lane becomes something else: no one mask says it
    return own_fault_of(fault, planned.kernel, planned.invocation, again.values[0]).line


def _goes_on(again: Replay) -> bool:
    """Whether launches behind the struck one decided how the fault ended."""
    outcome = again.case.row.outcome
    if outcome is Outcome.CORRECTED:
        return len(again.difference.offsets) > 0
    if outcome is Outcome.DUE:
        return again.trap is None
    return outcome is Outcome.SDC or (outcome is Outcome.DETECTED and "detected" not in again.alarms)


def fate_of(again: Replay, steps: tuple[Step, ...]) -> Fate:
    """What became of the corruption inside the struck thread."""
    if again.trap is not None:
        return Fate.TRAPPED
    if len(again.difference.offsets):
        return Fate.REACHED_MEMORY
    if again.alarms:
        return Fate.NOTICED
    if again.values[0] == again.values[1] and len(again.points) == 1:
        return Fate.UNCHANGED
    reason = again.case.row.masked_reason
    if reason in (MaskedReason.NEVER_READ, MaskedReason.OVERWRITTEN):
        return Fate.NEVER_READ if reason is MaskedReason.NEVER_READ else Fate.OVERWRITTEN
    used = any(not step.struck or _read_corrupt(step) for step in steps)
    return Fate.NO_EFFECT if used else Fate.NEVER_READ


def _read_corrupt(step: Step) -> bool:
    return any(value.differs for value in step.reads)


def _left(golden: Track, faulty: Track) -> tuple[Value, ...]:
    """Registers in which the thread's ends differ; none where it trapped or was not followed so far."""
    if not (golden.ended and faulty.ended) or faulty.trap is not None:
        return ()
    one, other = golden.registers[-1], faulty.registers[-1]
    return tuple(Value(f"R{k}", int(one[k]), int(other[k])) for k in np.flatnonzero(one != other).tolist())
