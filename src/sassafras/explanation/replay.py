"""The fault once more: the row must be the stored one, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.emulator.machine import Machine
from sassafras.emulator.traps import Trap
from sassafras.errors import CampaignError
from sassafras.explanation.case import Case
from sassafras.explanation.stored import as_stored, differing_columns, name_of
from sassafras.faults.model import Fault
from sassafras.simulation.faulty_launch import FaultyLaunch
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.golden_threads import golden_threads
from sassafras.simulation.raised_alarms import WORD, read_notice
from sassafras.simulation.regions import inside
from sassafras.simulation.strike import Values
from sassafras.simulation.struck_launch import Difference
from sassafras.simulation.traced import GoldenThreads, strike_points, struck_threads
from sassafras.workload.launches import PlannedLaunch


@dataclass(frozen=True, eq=False)
class Replay:
    """A fault that has been run again, and the parts it was run with; ``golden.memory`` stands before its
    launch.

    ``points``: struck thread -> dynamic instruction. ``threads``: what the struck threads did in the golden
    run. ``trap``, ``difference``: how the faulty launch ended, alarm words left out; ``alarms``: those of
    them that a hardened kernel has set. ``values``: the struck word before and after. ``before``: the
    difference stands before its launch (a fault in memory: no thread is struck).
    """

    case: Case
    golden: GoldenRun
    machine: Machine
    planned: PlannedLaunch
    fault: Fault
    points: dict[int, int]
    threads: GoldenThreads
    trap: Trap | None
    difference: Difference
    alarms: tuple[str, ...]
    values: Values
    before: bool = False

    @property
    def watchdog(self) -> int:
        """Dynamic instructions that a thread may issue before it counts as hanging."""
        return self.case.rules.watchdog * self.case.draw.longest


def check_same_end(case: Case) -> None:
    """Run a case again. Raises CampaignError, naming the columns, where the row is not the stored one."""
    row = as_stored(case.injector.inject(case.draw))
    different = differing_columns(row, case.row)
    if different:
        raise CampaignError(
            f"fault {name_of(case.row.id)} of {case.source} does not end as it is stored (different: "
            f"{', '.join(different)}); machine code, network or version have changed since: run the campaign "
            "again into another folder"
        )


def replay(case: Case) -> Replay:
    """Run a case again. Raises CampaignError, naming the columns, where the row is not the stored one."""
    check_same_end(case)
    draw, golden = case.draw, case.bench.golden(case.draw.frame)
    golden.go_before(draw.launch)
    planned = golden.plan[draw.launch]
    machine = case.bench.machine(planned.spec)
    draw = case.injector.settled(draw, machine, golden)
    struck = struck_threads(draw, planned.launch)
    threads = golden_threads(golden, machine, draw.launch, draw.block, struck, draw.longest)
    fault = case.injector.find_fault(draw, machine, threads, golden)
    points = strike_points(fault, threads.traces)
    effect = FaultyLaunch(golden, machine, fault, points, threads, case.rules.watchdog).run()
    difference = read_notice(effect.difference, golden.workload).difference
    alarms = _alarms(golden, effect.difference)
    return Replay(
        case, golden, machine, planned, fault, points, threads, effect.trap, difference, alarms, effect.values
    )


def _alarms(golden: GoldenRun, difference: Difference) -> tuple[str, ...]:
    """Names of the alarm words that differ."""
    alarms = golden.workload.alarms
    if alarms is None:
        return ()
    base = golden.memory.layout.base
    places = {"detected": alarms.detected - base, "corrected": alarms.corrected - base}
    return tuple(
        n for n, start in places.items() if inside(difference.offsets, [(start, start + WORD)]).any()
    )
