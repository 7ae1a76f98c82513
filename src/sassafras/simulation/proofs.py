"""Faults whose ending follows from the golden run of the struck thread: they need not be run.

Of single-bit faults of results (mode IOV): what `fates` says of a flip that is masked, or makes the device
trap. All other faults, and those of threads that wait for others, are run.
"""

from __future__ import annotations

from sassafras.emulator.machine import Machine
from sassafras.emulator.probed import ProbedBlock
from sassafras.faults.model import Fault, FaultModel, Mode, Scope
from sassafras.simulation.ending import Ending, Words
from sassafras.simulation.fates import Fate, ThreadFates, why_unprovable
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import Outcome
from sassafras.simulation.strike import Values, strike
from sassafras.simulation.traced import GoldenThreads


def proven_fate(golden: GoldenRun, machine: Machine, fault: Fault, threads: GoldenThreads) -> Fate | None:
    """The fate of a fault, where that is known without running it. ``threads``: the struck one in the golden
    run. Memory stands before the launch, and does so again.
    """
    draw, site = fault.draw, fault.site
    single = (draw.mode, draw.model, draw.scope) == (Mode.IOV, FaultModel.SINGLE_BIT, Scope.THREAD)
    planned = golden.plan[site.launch]
    if not single or machine.barrier or planned.spec.observed or why_unprovable(machine) is not None:
        return None
    block = ProbedBlock(machine, planned.launch, golden.memory, site.block, (site.thread,))
    fates = ThreadFates(block, site.thread, threads.traces[site.thread])
    fate = fates.of_target(site.instruction, fault.target, fault.mask.value.bit_length() - 1)
    block.undo()
    return fate if fate.is_known else None


def proven_ending(golden: GoldenRun, machine: Machine, fault: Fault, threads: GoldenThreads) -> Ending | None:
    """How such a fault ends: what its row says when it is run. None: it has to be run."""
    fate = proven_fate(golden, machine, fault, threads)
    if fate is None:
        return None
    words = Words.of(fault, _struck_word(golden, machine, fault))
    if fate.trap is None:
        return Ending(outcome=Outcome.MASKED, words=words)
    return Ending(outcome=Outcome.DUE, words=words, due_kind=fate.trap)


def _struck_word(golden: GoldenRun, machine: Machine, fault: Fault) -> Values:
    """The struck word before and after. It is not in memory."""
    site, memory = fault.site, golden.memory
    block = machine.arm(golden.plan[site.launch].launch, memory, site.block, (site.thread,))
    block.run_until(site.thread, site.instruction)
    place = (block, site.thread, fault.draw.mode, fault.target, fault.corruption)
    values = strike(*place, memory.layout.base, fault.ioa_register)
    block.undo()
    return values
