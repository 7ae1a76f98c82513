"""The single-bit faults of a launch in classes that provably do the same (`faults.classes`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import instruction_indexes
from sassafras.emulator.machine import Machine
from sassafras.emulator.probed import ProbedBlock
from sassafras.errors import UsageError
from sassafras.faults.classes import FaultClass
from sassafras.faults.resolve import struck_places
from sassafras.faults.targets import Selection, targets
from sassafras.simulation.fates import AllFates, Fate, why_unprovable
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.traced import run_golden
from sassafras.simulation.workbench import Workbench


class Wanted(NamedTuple):
    """A launch whose faults are to be put into classes. ``parts``: of a site (`parts_of_site`); ``longest``:
    dynamic instructions of its longest thread.
    """

    frame: int
    launch: int
    selection: Selection
    parts: int
    longest: int


class Struck(NamedTuple):
    """A fault of a thread: its ordinal, target and bit, and what it provably does."""

    ordinal: int
    target: int
    targets: int
    bit: int
    bits: int
    fate: Fate


def check_provable(golden: GoldenRun, machine: Machine, number: int) -> None:
    """Raise UsageError where faults of a launch are not told apart by what one thread does."""
    why = why_unprovable(machine)
    if golden.sharing(number) is not Sharing.NONE:
        why = "its threads pass each other values in global memory"
    if why is not None:
        raise UsageError(f"faults in {golden.plan[number].kernel} cannot be told apart by kinds: {why}")


def classes_of_launch(bench: Workbench, wanted: Wanted) -> list[FaultClass]:
    """The classes of all faults of a launch, in the order of their first faults. Raises UsageError for a
    kernel of which nothing can be proven.
    """
    frame, number, selection, parts, longest = wanted
    golden = bench.golden(frame)
    golden.go_before(number)
    planned = golden.plan[number]
    machine = bench.machine(planned.spec)
    check_provable(golden, machine, number)
    found: dict[tuple[object, ...], FaultClass] = {}
    for block in range(planned.launch.blocks):
        threads = range(planned.launch.threads_per_block)
        traces = run_golden(machine, planned.launch, golden.memory, block, threads, longest).traces
        for thread, trace in traces.items():
            armed = ProbedBlock(
                machine, planned.launch, golden.memory, block, None if machine.barrier else (thread,)
            )
            for one in struck_faults(armed, thread, trace, selection):
                # A known fate is the same whoever meets it; what has to be run is one thread's own.
                key = (one.fate,) if one.fate.is_known else (block, thread, one.fate)
                weight = parts // (one.targets * one.bits)
                known = found.get(key)
                if known is None:
                    where = (frame, number, block, thread)
                    found[key] = FaultClass(*where, *one[:-1], longest, 1, weight)
                else:
                    found[key] = replace(known, faults=known.faults + 1, weight=known.weight + weight)
            armed.undo()
    return list(found.values())


def struck_faults(
    armed: ProbedBlock, thread: int, trace: NDArray[np.uint32], selection: Selection
) -> Iterator[Struck]:
    """Every single-bit fault of a thread in order, with its fate."""
    program = armed.machine.program
    places = struck_places(selection, program, trace)
    if not len(places):
        return
    fates = AllFates(armed, thread, trace)
    faults, begun = [], []
    pcs = instruction_indexes(trace)[places].tolist()
    for ordinal, (dynamic, pc) in enumerate(zip(places.tolist(), pcs, strict=True)):
        choices = targets(program.instructions[pc], selection)
        for k, target in enumerate(choices):
            for bit in range(target.bits):
                faults.append((ordinal, k, len(choices), bit, target.bits))
                begun.append(fates.begun(dynamic, target, bit))
    for fault, fate in zip(faults, fates.of_begun(begun), strict=True):
        yield Struck(*fault, fate)
