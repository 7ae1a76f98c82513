"""Faults whose ending follows from the golden run of the struck thread: they need not be run.

Of single-bit faults of results (mode IOV): what `fates` says of a flip that is masked, or makes the device
trap. All other faults, and those of threads that wait for others, are run.
"""

from __future__ import annotations

from sassafras.emulator.machine import Machine
from sassafras.emulator.probed import ProbedBlock
from sassafras.faults.model import Fault, FaultModel, Mode, Scope
from sassafras.simulation.fates import Fate, ThreadFates, why_unprovable
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.observed import Sharing
from sassafras.simulation.traced import GoldenThreads


def proven_fate(golden: GoldenRun, machine: Machine, fault: Fault, threads: GoldenThreads) -> Fate | None:
    """The fate of a fault, where that is known without running it. ``threads``: the struck one in the golden
    run. Memory stands before the launch, and does so again.
    """
    draw, site = fault.draw, fault.site
    single = (draw.mode, draw.model, draw.scope) == (Mode.IOV, FaultModel.SINGLE_BIT, Scope.THREAD)
    if not single or machine.barrier or why_unprovable(machine) is not None:
        return None
    if golden.sharing(site.launch) is not Sharing.NONE:
        return None
    launch = golden.plan[site.launch].launch
    block = ProbedBlock(machine, launch, golden.memory, site.block, (site.thread,))
    fates = ThreadFates(block, site.thread, threads.traces[site.thread])
    fate = fates.of_target(site.instruction, fault.target, fault.mask.value.bit_length() - 1)
    block.undo()
    return fate if fate.is_known else None
