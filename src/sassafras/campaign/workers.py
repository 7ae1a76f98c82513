"""Work for several processes: profiles and injections. Results do not depend on how many there are or who
does what.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sassafras.campaign.injector import Injector, Rules
from sassafras.campaign.profiles import launch_profile
from sassafras.campaign.record import Injection
from sassafras.campaign.workbench import Workbench
from sassafras.emulator.profile import LaunchProfile
from sassafras.faults.model import Draw
from sassafras.network.network import Network

Result = TypeVar("Result")


@dataclass(frozen=True)
class WorkerSetup:
    """Everything a worker needs to begin."""

    network: Network
    images: tuple[NDArray[np.float32], ...]
    arch: str
    rules: Rules

    def start(self) -> Worker:
        """The worker, in the process that asks."""
        return Worker(self)


@dataclass(frozen=True)
class Batch:
    """Draws of one frame in launch order, each with its launch's longest golden thread."""

    frame: int
    items: tuple[tuple[Draw, int], ...]


@dataclass(frozen=True)
class BatchResult:
    """Rows and errors (id, mode, message) of a batch."""

    rows: tuple[Injection, ...]
    errors: tuple[tuple[int, str, str], ...]


class Worker:
    """A workbench and an injector."""

    def __init__(self, setup: WorkerSetup) -> None:
        self.bench = Workbench(setup.network, setup.images, setup.arch)
        self.injector = Injector(self.bench, setup.rules)

    def profile(self, frame: int, launches: Sequence[int]) -> list[LaunchProfile]:
        """Profiles of launches of one frame."""
        return [launch_profile(self.bench, frame, number) for number in launches]

    def inject(self, batch: Batch) -> BatchResult:
        """Run a batch. A fault that is not reached is recorded as an error."""
        rows, errors = self.injector.inject_all(batch.frame, batch.items)
        return BatchResult(tuple(rows), tuple(errors))


class Setup(Protocol):
    """What a pool needs to begin: something that makes a worker, whose methods it will call."""

    def start(self) -> object:
        """The worker, in the process that asks."""


_worker: object = None


def _begin(setup: Setup) -> None:
    global _worker  # noqa: PLW0603  (one worker per process, made by the pool's initializer)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _worker = setup.start()


def _call(method: str, *arguments: Any) -> Any:
    assert _worker is not None
    return getattr(_worker, method)(*arguments)


class Pool:
    """Runs worker methods here (one worker) or in processes. A context manager: leaving it stops the
    processes.
    """

    def __init__(self, setup: Setup, workers: int) -> None:
        self._here = setup.start() if workers == 1 else None
        self._executor: Executor | None = None
        if workers > 1:
            context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
            self._executor = ProcessPoolExecutor(
                workers, mp_context=context, initializer=_begin, initargs=(setup,)
            )

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def map(self, method: str, arguments: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Call a worker's method for each tuple of arguments; yields (position, result) as they finish."""
        if self._here is not None:
            call: Callable[..., Any] = getattr(self._here, method)
            for position, given in enumerate(arguments):
                yield position, call(*given)
            return
        assert self._executor is not None
        futures: dict[Future[Any], int] = {
            self._executor.submit(_call, method, *given): position for position, given in enumerate(arguments)
        }
        for future in as_completed(futures):
            yield futures[future], future.result()
