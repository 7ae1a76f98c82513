"""The faults of a campaign once more, in the hardened kernels (see `sassafras.hardening.counterpart`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sassafras.campaign.execution.workers import Batch, BatchResult
from sassafras.emulator.machine import Machine
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, Fault
from sassafras.hardening.counterpart import counterpart
from sassafras.hardening.workload import HardenedWorkload
from sassafras.kernels.hardened.technique import VARIANTS
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.injector import Injector
from sassafras.simulation.lone_threads import golden_on_its_way
from sassafras.simulation.rules import Rules
from sassafras.simulation.traced import GoldenThreads, run_golden, struck_threads
from sassafras.simulation.workbench import Workbench
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload

NO_COUNTERPART = "no counterpart"  #: how the message of such a fault begins


class NoCounterpart(FaultNotReached):
    """The fault's site does not exist in the hardened program."""


@dataclass(frozen=True)
class PlacedDraw(Draw):
    """A fault of the plain campaign at its place in the hardened network's plan, with ``longest`` of its
    launch there; ``plain_longest``: of its launch in the plain network.
    """

    plain_longest: int = field(kw_only=True)


@dataclass(frozen=True)
class ReplaySetup:
    """Both networks, the inputs and the campaign's rules."""

    plain: Workload
    hardened: Workload
    inputs: tuple[Input, ...]
    rules: Rules

    def start(self) -> ReplayWorker:
        """The worker, in the process that asks."""
        return ReplayWorker(self)


class ReplayWorker:
    """A workbench of the hardened network, and an injector that translates faults of the plain one."""

    def __init__(self, setup: ReplaySetup) -> None:
        bench = Workbench(setup.hardened, setup.inputs)
        self._injector = TranslatingInjector(bench, setup.rules, setup.plain, setup.hardened)

    def replay(self, batch: Batch) -> BatchResult:
        """Rows of the placed faults that have a counterpart; others and errors of ours as (id, mode,
        message).
        """
        rows, errors = self._injector.inject_all(batch.frame, batch.draws)
        return BatchResult(tuple(rows), tuple(errors))


def places_of(hardened: Workload) -> tuple[int, ...]:
    """Where each launch of the plain workload stands in the plan of the hardened one."""
    return hardened.places if isinstance(hardened, HardenedWorkload) else tuple(range(len(hardened.plan)))


def placed(draw: Draw, network: Workload, longest: Callable[[int, int], int]) -> PlacedDraw:
    """A draw of the plain network's campaign, at the place of its launch in the hardened network's plan.
    ``longest``: there, (frame, launch) to dynamic instructions of the launch's longest golden thread.
    """
    launch = places_of(network)[draw.launch]
    own = vars(draw) | {"launch": launch, "longest": longest(draw.frame, launch)}
    return PlacedDraw(**own, plain_longest=draw.longest)


class TranslatingInjector(Injector):
    """Takes draws of the plain network's campaign, with the launch's place in the hardened one (`placed`),
    and injects their counterparts.

    Both networks have the same addresses and, fault-free, the same bits before every launch: the plain golden
    thread is run on the hardened network's memory. Where the bits may differ (``range`` may hold fault-free
    values, too), it is run on the plain network's own.
    """

    def __init__(self, bench: Workbench, rules: Rules, plain: Workload, hardened: Workload) -> None:
        super().__init__(bench, rules)
        self._plain = {place: plain.plan[number] for number, place in enumerate(places_of(hardened))}
        self._plain_bench = _bench_of_its_own(bench, plain)  # its golden runs move as this injector's do

    def find_fault(self, draw: Draw, machine: Machine, threads: GoldenThreads, golden: GoldenRun) -> Fault:
        """The counterpart. Raises NoCounterpart."""
        planned, hardened = self._plain[draw.launch], golden.plan[draw.launch]
        launch = planned.launch
        if (launch.grid, launch.block) != (hardened.launch.grid, hardened.launch.block):
            raise NoCounterpart(f"{NO_COUNTERPART}: {hardened.program} has another grid")
        plain = self._bench.machine(planned.spec)
        struck = struck_threads(draw, launch)
        assert isinstance(draw, PlacedDraw)
        longest = draw.plain_longest
        memory = golden.memory
        if self._plain_bench is not None:
            own = self._plain_bench.golden(draw.frame)
            own.go_before(planned.index)
            memory = own.memory
        before = None
        if len(struck) == 1:
            before = golden_on_its_way(plain, launch, memory, draw.block, draw.thread, longest)
        before = before or run_golden(plain, launch, memory, draw.block, struck, longest)
        fault = super().find_fault(draw, plain, before, golden)
        found = counterpart(
            fault,
            plain.program,
            before.traces[draw.thread],
            machine.program,
            threads.traces[draw.thread],
        )
        if found is None:
            text = plain.program.instructions[fault.pc].text
            raise NoCounterpart(f"{NO_COUNTERPART}: {hardened.program} has no such {text}")
        return found


def _bench_of_its_own(bench: Workbench, plain: Workload) -> Workbench | None:
    """A workbench of the plain network, where the hardened one's golden memory may be another; else None."""
    hardened = bench.workload
    other = not isinstance(hardened, HardenedWorkload) or any(
        chosen in VARIANTS for chosen in hardened.protection.chosen
    )
    return Workbench(plain, bench.inputs) if other else None
