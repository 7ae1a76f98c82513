"""Work for several processes: profiles and injections. Results do not depend on how many there are or who
does what.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol, Self

from sassafras.cache import try_cache
from sassafras.campaign.execution.interrupts import ignore_interrupts, interrupts_held
from sassafras.campaign.execution.limits import check_workers
from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.classes import FaultClass
from sassafras.faults.model import Draw
from sassafras.simulation.fault_classes import Wanted, classes_of_launch
from sassafras.simulation.injector import Injector
from sassafras.simulation.profiles import launch_profiles
from sassafras.simulation.record import Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import SelfCheck
from sassafras.verify.samples import Sampling
from sassafras.workload.inputs import Input
from sassafras.workload.result import Result
from sassafras.workload.workload import Workload

_PARENT_SECONDS = 0.5  #: how often a worker looks whether its campaign is still there


@dataclass(frozen=True)
class WorkerSetup:
    """Everything a worker needs to begin. ``proof``: what it checks of itself first, where it may be on
    another machine than its campaign (`verify.self_check`).
    """

    network: Workload
    inputs: tuple[Input, ...]
    rules: Rules
    proof: Sampling | None = None

    def start(self) -> Worker:
        """The worker, in the process that asks."""
        return Worker(self)


@dataclass(frozen=True)
class Batch:
    """Draws of one frame in launch order."""

    frame: int
    draws: tuple[Draw, ...]


@dataclass(frozen=True)
class BatchResult:
    """Rows and errors (id, mode, message) of a batch. ``proven``: how many needed no run."""

    rows: tuple[Injection, ...]
    errors: tuple[tuple[int, str, str], ...]
    proven: int = 0


@dataclass(frozen=True)
class Preparation:
    """What has to be known of a frame before anything is injected. ``golden``: its result is wanted.
    ``proof``: what the worker checks of itself on the way.
    """

    frame: int
    launches: tuple[int, ...]
    golden: bool = False
    proof: Sampling | None = None


@dataclass(frozen=True, eq=False)
class Prepared:
    """Golden profiles of a frame's launches; result and self-check as wanted."""

    profiles: tuple[LaunchProfile, ...]
    result: Result | None
    check: SelfCheck | None


class Worker:
    """A workbench and an injector."""

    def __init__(self, setup: WorkerSetup) -> None:
        self.bench = Workbench(setup.network, setup.inputs)
        self.injector = Injector(self.bench, setup.rules)
        if setup.proof is not None:
            self.self_check(setup.proof).demand()

    def self_check(self, sampling: Sampling) -> SelfCheck:
        """The short self-check, on the first frame."""
        from sassafras.verify.self_check import short_check

        return short_check(self.bench, 0, sampling)

    def prepare(self, wanted: Preparation) -> Prepared:
        """Prepare a frame; its golden run is remembered."""
        result = self.bench.golden(wanted.frame).result if wanted.golden else None
        check = None if wanted.proof is None else self.self_check(wanted.proof)
        profiles = launch_profiles(self.bench, wanted.frame, wanted.launches)
        return Prepared(tuple(profiles), result, check)

    def classes(self, wanted: Wanted) -> list[FaultClass]:
        """The classes of all faults of a launch."""
        return classes_of_launch(self.bench, wanted)

    def inject(self, batch: Batch) -> BatchResult:
        """Run a batch. A fault that is not reached is recorded as an error."""
        before = self.injector.proven
        rows, errors = self.injector.inject_all(batch.frame, batch.draws)
        return BatchResult(tuple(rows), tuple(errors), self.injector.proven - before)


class Setup(Protocol):
    """What a pool needs to begin: something that makes a worker, whose methods it will call."""

    def start(self) -> object:
        """The worker, in the process that asks."""


_worker: object = None


def _begin(setup: Setup, parent: int) -> None:
    global _worker  # noqa: PLW0603  (one worker per process, made by the pool's initializer)
    ignore_interrupts()
    threading.Thread(target=_end_without, args=(parent,), daemon=True).start()
    _worker = setup.start()


def _end_without(parent: int) -> None:
    """End this process when the campaign's own has been killed: nobody else would ever end it."""
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(1)


def _call(method: str, *arguments: Any) -> Any:
    assert _worker is not None
    return getattr(_worker, method)(*arguments)


_LOSE_THREADS_IN_A_FORK = frozenset({"cupy", "jax", "tensorflow", "torch"})


def start_method() -> str:
    """How workers start: forked where that is safe (they share the network's weights at once), else spawned.

    Libraries with native thread pools do not survive a fork of the process that has used them.
    """
    safe = sys.platform == "linux" and _LOSE_THREADS_IN_A_FORK.isdisjoint(sys.modules)
    return "fork" if safe else "spawn"


class Pool(Protocol):
    """Workers, wherever they are. A context manager: leaving it lets them go."""

    def __enter__(self) -> Self:
        """The pool."""

    def __exit__(self, *_: object) -> None:
        """Give up what is not finished."""

    def map(
        self, method: str, arguments: Sequence[tuple[Any, ...]], keys: Sequence[object] | None = None
    ) -> Iterator[tuple[int, Any]]:
        """Call a worker's method for each tuple of arguments; yields (position, result) as they finish.

        ``keys``: what a worker needs for each (a frame): a worker goes on with a key it has had, as long as
        there is work for it. An exception of a worker is raised here.
        """


OpenPool = Callable[[Setup], Pool]  #: how to get a pool of workers that begin with a setup


class ProcessPool:
    """A `Pool` in this process (one worker) or in processes of this machine."""

    def __init__(self, setup: Setup, workers: int) -> None:
        check_workers(workers)
        self._here = setup.start() if workers == 1 else None
        self._owners: dict[object, object] = {}
        self._executors: list[ProcessPoolExecutor] = []
        if workers > 1:
            try_cache()
            context = multiprocessing.get_context(start_method())
            self._executors = [
                ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(setup, os.getpid()))
                for _ in range(workers)
            ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Once, and waiting: an executor that is told without waiting forgets its thread, which then closes
        # its pipes while the interpreter, at its end, writes into them.
        for executor in self._executors:
            executor.shutdown(wait=True, cancel_futures=True)

    def map(
        self, method: str, arguments: Sequence[tuple[Any, ...]], keys: Sequence[object] | None = None
    ) -> Iterator[tuple[int, Any]]:
        """As `Pool` says."""
        if self._here is not None:
            call: Callable[..., Any] = getattr(self._here, method)
            for position, given in enumerate(arguments):
                yield position, call(*given)
            return
        named = None if keys is None else self._owners
        queue = WorkQueue(list(range(len(arguments))) if keys is None else keys, named)
        running: dict[Future[Any], tuple[int, int]] = {}
        for worker in range(len(self._executors)):
            self._next(method, arguments, queue, running, worker)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                position, worker = running.pop(future)
                self._next(method, arguments, queue, running, worker)
                yield position, future.result()

    def _next(
        self,
        method: str,
        arguments: Sequence[tuple[Any, ...]],
        queue: WorkQueue,
        running: dict[Future[Any], tuple[int, int]],
        worker: int,
    ) -> None:
        """Give an idle worker its next call, if there is one."""
        position = queue.take(worker)
        if position is not None:
            with interrupts_held():  # the first call starts the process
                future = self._executors[worker].submit(_call, method, *arguments[position])
            running[future] = (position, worker)


class WorkQueue:
    """Positions that wait, by key. A worker keeps to its key; then it takes one it has had before, then one
    nobody has had, then the one with the most left.

    ``owners``: who has had which key, kept up to date here, so that the next queue knows.
    """

    def __init__(self, keys: Sequence[object], owners: dict[object, object] | None = None) -> None:
        self._waiting: dict[object, deque[int]] = {}
        for position, key in enumerate(keys):
            self._waiting.setdefault(key, deque()).append(position)
        self._key_of: dict[object, object] = {}
        self._owners = {} if owners is None else owners

    def take(self, worker: object) -> int | None:
        """The next position for a worker, None when nothing waits."""
        if not self._waiting:
            return None
        key = self._key_of.get(worker)
        if key not in self._waiting:
            key = self._key_of[worker] = self._next_key(worker)
            self._owners.setdefault(key, worker)
        position = self._waiting[key].popleft()
        if not self._waiting[key]:
            del self._waiting[key]
        return position

    def _next_key(self, worker: object) -> object:
        taken = set(self._key_of.values())
        free = [key for key in self._waiting if key not in taken]
        for wanted in (worker, None):
            mine = [key for key in free if self._owners.get(key) == wanted]
            if mine:
                return mine[0]
        return max(free or self._waiting, key=lambda key: len(self._waiting[key]))
