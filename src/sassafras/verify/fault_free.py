"""Faults that change nothing: a thread is stopped, nothing is changed, it goes on. Memory must be golden."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.errors import FaultNotReached
from sassafras.faults.model import (
    THREAD_MODES,
    Corruption,
    Draw,
    Fault,
    FaultModel,
    Mode,
    Operation,
    Scope,
    Site,
    Target,
    TargetKind,
)
from sassafras.faults.targets import REGISTER_BITS, Selection, strike_mask, targets
from sassafras.isa.program import Program
from sassafras.simulation.faulty_launch import FaultyLaunch
from sassafras.simulation.golden_threads import golden_threads
from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import Check, concluded
from sassafras.verify.samples import Sampling, cheapest_launches, dice, sampled_threads
from sassafras.workload.launches import PlannedLaunch

NAME = "fault-free injections are masked"
THREADS = {False: 1, True: 3}  #: per launch, in the short and in the full form
LONGEST = 1 << 20  #: instructions kept of a golden trace; golden threads of networks are shorter
NO_ID = -1


def check_fault_free(bench: Workbench, frame: int, sampling: Sampling, *, full: bool) -> Check:
    """Threads of the kernels that a campaign strikes, in every mode: RF, IOA and IOV with an empty mask.

    ``full``: of every launch; else of the cheapest of each kernel.
    """
    golden = bench.golden(frame)
    chosen = [p for p in golden.plan if p.kernel in sampling.struck]
    failures: list[str] = []
    count = 0
    for planned in chosen if full else sorted(cheapest_launches(chosen), key=lambda p: p.index):
        golden.go_before(planned.index)
        for block, thread in sampled_threads(sampling.seed, planned, THREADS[full]):
            found = _problems(bench, frame, planned, (block, thread), sampling.seed)
            failures += [p for p in found if p]
            count += len(found)
    kernels = len({p.program for p in chosen})
    return concluded(
        NAME, f"{kernels} kernels, {count} times stopped, nothing changed, resumed: memory golden", failures
    )


def _problems(
    bench: Workbench, frame: int, planned: PlannedLaunch, place: tuple[int, int], seed: int
) -> list[str]:
    """For each mode that can strike the thread: what is wrong, or nothing."""
    golden, machine = bench.golden(frame), bench.machine(planned.spec)
    block, thread = place
    try:
        threads = golden_threads(golden, machine, planned.index, block, (thread,), LONGEST)
    except FaultNotReached as error:
        return [str(error)]
    found = []
    for fault in _empty_faults(machine.program, frame, planned, place, threads.traces[thread], seed):
        points = {thread: fault.site.instruction}
        launch = FaultyLaunch(golden, machine, fault, points, threads, watchdog=1)
        found.append(_problem(launch, fault, planned))
    return found


def _problem(launch: FaultyLaunch, fault: Fault, planned: PlannedLaunch) -> str:
    where = (
        f"{planned.program}, launch {planned.index}, block {fault.site.block}, thread {fault.site.thread}, "
        f"instruction {fault.site.instruction}, {fault.draw.mode}"
    )
    try:
        effect = launch.run()
    except FaultNotReached as error:
        return f"{where}: {error}"
    if effect.trap is not None:
        return f"{where}: it trapped: {effect.trap}"
    wrong = len(effect.difference.offsets)
    return f"{where}: {wrong} bytes differ" if wrong else ""


def _empty_faults(
    program: Program,
    frame: int,
    planned: PlannedLaunch,
    place: tuple[int, int],
    trace: NDArray[np.uint32],
    seed: int,
) -> Iterable[Fault]:
    """One fault per mode, at an instruction drawn from those that the mode may strike, with an empty mask."""
    block, thread = place
    generator = dice(seed + thread, planned)
    for mode in THREAD_MODES:
        # A random value spares predicates and flags: those are flipped, whatever the mask.
        selection = Selection(mode, FaultModel.RANDOM_VALUE)
        indexes = instruction_indexes(trace)
        allowed = strike_mask(program, selection)[indexes]
        if mode is not Mode.RF:
            allowed &= executed_mask(trace)
        places = np.flatnonzero(allowed)
        if len(places) == 0:
            continue
        dynamic = int(generator.choice(places))
        pc = int(indexes[dynamic])
        choices = targets(program.instructions[pc], selection) or (
            Target(TargetKind.REGISTER, int(generator.integers(program.register_count)), REGISTER_BITS),
        )
        target = choices[int(generator.integers(len(choices)))]
        kind = (NO_ID, mode, FaultModel.SINGLE_BIT, Scope.THREAD)
        draw = Draw(*kind, frame, planned.index, block, thread, 0, 0, 0, 0, longest=LONGEST)
        site = Site(frame, planned.index, block, thread, dynamic)
        yield Fault(draw, site, pc, target, Corruption(Operation.FLIP, 0, target.bits))
