"""A campaign's faults, fully determined, with what their threads had done before: what site lists are made
of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.execution.chunks import pieces_of
from sassafras.campaign.execution.workers import ProcessPool, Worker, WorkerSetup
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.model import Draw, Fault, Mode
from sassafras.faults.population import ProfiledLaunch
from sassafras.isa.program import Program
from sassafras.progress import Progress
from sassafras.simulation.golden_threads import golden_threads

PIECE = 128  #: faults that a worker traces before it reports


@dataclass(frozen=True, eq=False)
class TracedFault:
    """A fault. ``before``: int64 (instructions,), how often its thread had executed (RF: issued) each
    instruction when it is struck.
    """

    fault: Fault
    before: NDArray[np.int64]


@dataclass(frozen=True)
class TraceSetup:
    """A worker that profiles and traces."""

    setup: WorkerSetup

    def start(self) -> TraceWorker:
        """The worker, in the process that asks."""
        return TraceWorker(self.setup)


class TraceWorker(Worker):
    """Follows golden threads to where they are struck."""

    def trace(self, frame: int, draws: Sequence[Draw]) -> list[TracedFault]:
        """Faults of draws of one frame in launch order."""
        golden = self.bench.golden(frame)
        found = []
        for draw in draws:
            golden.go_before(draw.launch)
            planned = golden.plan[draw.launch]
            machine = self.bench.machine(planned.spec)
            own = self.injector.settled(draw, machine, golden)
            block, struck = draw.block, (draw.thread,)
            threads = golden_threads(golden, machine, draw.launch, block, struck, draw.longest)
            fault = self.injector.find_fault(own, machine, threads, golden)
            trace = threads.traces[draw.thread][: fault.site.instruction]
            reached = instruction_indexes(trace)
            if draw.mode is not Mode.RF:
                reached = reached[executed_mask(trace)]
            before = np.bincount(reached, minlength=len(machine.program.instructions))
            found.append(TracedFault(fault, before.astype(np.int64)))
        return found


def traced_faults(
    campaign: Campaign, wanted: Sequence[tuple[Mode, int]], workers: int, progress: Progress
) -> list[TracedFault]:
    """The faults of these (mode, number), ordered by id. Profiles the campaign (from disk, if it has run)."""
    settings = campaign.settings
    setup = TraceSetup(WorkerSetup(campaign.network, campaign.images, settings.rules))
    found: list[TracedFault] = []
    with ProcessPool(setup, workers) as pool:
        campaign.profile(pool, progress)
        draws = campaign.draws(wanted)
        pieces = pieces_of(draws, PIECE)
        progress.begin("trace", len(draws))
        for _, faults in pool.map("trace", pieces, [frame for frame, _ in pieces]):
            found += faults
            progress.advance(len(faults))
        progress.end()
    return sorted(found, key=lambda item: item.fault.draw.id)


class Ranks:
    """Numbers of sites within a launch, thread after thread in linear order.

    The injectors count thread-instructions by one counter for all threads of a launch, in whatever order the
    hardware runs them. Linear order is one of those orders: it maps sites to numbers one to one, so that a
    uniform choice stays one.
    """

    def __init__(self, launches: Sequence[ProfiledLaunch]) -> None:
        self._launches = {(item.frame, item.launch): item for item in launches}
        self._ends: dict[tuple[int, int, bytes, bool], NDArray[np.int64]] = {}

    def program(self, fault: Fault) -> Program:
        """The program that a fault strikes."""
        return self._launch(fault).program

    def _launch(self, fault: Fault) -> ProfiledLaunch:
        return self._launches[fault.site.frame, fault.site.launch]

    def rank(self, traced: TracedFault, mask: NDArray[np.bool_]) -> int:
        """Thread-instructions of the mask (bool (instructions,)) that come before the struck one, from 0."""
        fault = traced.fault
        item = self._launch(fault)
        issued = fault.draw.mode is Mode.RF
        key = (fault.site.frame, fault.site.launch, mask.tobytes(), issued)
        if key not in self._ends:
            self._ends[key] = thread_ends(item.profile, mask, issued=issued)
        thread = fault.site.block * item.threads_per_block + fault.site.thread
        earlier = int(self._ends[key][thread - 1]) if thread else 0
        return earlier + int(traced.before[mask].sum())


def thread_ends(profile: LaunchProfile, mask: NDArray[np.bool_], *, issued: bool) -> NDArray[np.int64]:
    """For each thread of a launch, thread-instructions of the mask up to and with it, int64 (threads,)."""
    counts = (profile.issued if issued else profile.executed)[:, mask].sum(axis=1)
    ends: NDArray[np.int64] = np.cumsum(counts[profile.thread_class], dtype=np.int64)
    return ends
