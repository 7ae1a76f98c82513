"""A pool on dask.distributed: workers on other machines, or dask processes of this one.

Each dask process keeps a worker of its own. It is sent the setup when it says that it has none: once, when it
has just begun, whether it was there from the start, came later or was started again.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from sassafras.campaign.execution.dask_address import check_scheduler
from sassafras.campaign.execution.dask_versions import check_versions
from sassafras.campaign.execution.dask_worker import Missing, call, receive
from sassafras.campaign.execution.interrupts import interrupts_held
from sassafras.campaign.execution.setup_bytes import installed_digest, pack
from sassafras.campaign.execution.workers import Setup, WorkQueue
from sassafras.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 5.0  #: until a scheduler that does not answer is given up
ARRIVAL_SECONDS = 20.0  #: until a scheduler must have its first worker
PATIENCE_SECONDS = 300.0  #: without a single worker, in the middle of the work
POLL_SECONDS = 1.0  #: between looks for new and lost workers while nothing finishes
AHEAD = 2  #: calls that a dask process has been given: the one it works on, and the next
LOSSES = 5  #: workers that may be lost over the same call until it is given up

SILENT_SIGINT = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""Run by local dask processes: Ctrl-C reaches them too, but the campaign decides what it means."""


@dataclass(frozen=True)
class DaskScheduler:
    """A dask scheduler that runs somewhere: ``tcp://host:port`` (an ``OpenPool``)."""

    address: str

    def __str__(self) -> str:
        return f"dask workers of {self.address}"

    def __call__(self, setup: Setup) -> DaskPool:
        """Connect. Raises ClusterError where nobody answers, nobody works, or versions differ."""
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            client = stack.enter_context(_connect(self.address))
            _await_workers(client, self.address)
            check_versions(client.get_versions(packages=["sassafras"]))
            return DaskPool(setup, client, f"the dask scheduler at {self.address}", stack.pop_all())


@dataclass(frozen=True)
class LocalCluster:
    """A dask scheduler and this many worker processes on this machine, for as long as the pool lives (an
    ``OpenPool``).
    """

    processes: int

    def __str__(self) -> str:
        return f"{self.processes} local dask worker{'s' * (self.processes != 1)}"

    def __call__(self, setup: Setup) -> DaskPool:
        """Start the processes."""
        _need_distributed()
        from distributed import Client
        from distributed import LocalCluster as DaskCluster

        with ExitStack() as stack:
            stack.enter_context(_quiet())
            with interrupts_held():
                cluster = DaskCluster(
                    n_workers=self.processes,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=":0",
                    silence_logs=logging.CRITICAL,
                    memory_limit=0,
                    preload=[SILENT_SIGINT],
                )
            stack.enter_context(cluster)
            client = stack.enter_context(Client(cluster, set_as_default=False))
            return DaskPool(setup, client, "the local dask cluster", stack.pop_all())


class DaskPool:
    """A `Pool` on the workers of a dask client. ``where``: for messages; ``ending``: what closes it all."""

    def __init__(self, setup: Setup, client: Client, where: str, ending: ExitStack) -> None:
        self.client = client
        self.where = where
        self._ending = ending
        self._parcel = pack(setup)
        self._seen = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def map(
        self, method: str, arguments: Sequence[tuple[Any, ...]], keys: Sequence[object] | None = None
    ) -> Iterator[tuple[int, Any]]:
        """As `Pool` says. Raises ClusterError when the scheduler is lost, when no worker has been there for
        long, and when a call goes on killing its workers.
        """
        return _Mapping(self, method, arguments, keys).results()

    def workers(self) -> list[str]:
        """Addresses of the workers that are there now, sorted."""
        try:
            found = sorted(self.client.nthreads())
        except OSError as error:
            raise self.lost() from error
        if found:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > PATIENCE_SECONDS:
            raise ClusterError(
                f"no worker of {self.where} has been there for {PATIENCE_SECONDS:.0f} seconds; "
                "what is finished is stored: start workers and give the same command again to go on"
            )
        return found

    def lost(self) -> ClusterError:
        """The error for a scheduler that is gone."""
        return ClusterError(
            f"{self.where} is gone; what is finished is stored: "
            "start it again and give the same command again to go on"
        )

    def submit(self, method: str, arguments: tuple[Any, ...], address: str) -> Future[Any]:
        """A call for this worker alone: when it is lost, its calls are given to others by us (dask forgets
        calls for particular workers, where all workers are lost for a moment).
        """
        key = self._parcel.key
        return self.client.submit(call, key, method, arguments, workers=[address], pure=False)

    def fetch(self, future: Future[Any], address: str) -> Any:
        """The result of a finished call, which its worker still has; the call's exception is raised.

        Raises CancelledError when the worker is lost before the result is here.
        """
        loop: Any = self.client.loop
        gathering = self.client.gather(future, asynchronous=True)
        coming = asyncio.run_coroutine_threadsafe(gathering, loop.asyncio_loop)
        while True:
            try:
                return coming.result(timeout=POLL_SECONDS)
            except TimeoutError:
                if coming.done():
                    raise
                if address not in self.workers():
                    self.client.cancel([future])

    def equip(self, missing: Missing) -> None:
        """Send the setup to a worker. Raises ClusterError where it runs other code."""
        if missing.installed != installed_digest():
            raise ClusterError(
                f"worker {missing.address} runs another Sassafras than this process, of the same version "
                "number; install the same one on both"
            )
        parts = self._parcel.parts
        for number, part in enumerate(parts):
            # A worker that has died meanwhile is no error here: its call goes to another one.
            self.client.run(
                receive,
                self._parcel.key,
                number,
                len(parts),
                bytes(part),
                workers=[missing.address],
                on_error="ignore",
            )


@dataclass(frozen=True)
class _Call:
    position: int
    address: str


class _Mapping:
    """One ``map``: what waits, and a bounded number of calls under way."""

    def __init__(
        self,
        pool: DaskPool,
        method: str,
        arguments: Sequence[tuple[Any, ...]],
        keys: Sequence[object] | None,
    ) -> None:
        self._pool = pool
        self._method = method
        self._arguments = arguments
        self._queue = WorkQueue(list(range(len(arguments))) if keys is None else keys)
        self._again: list[int] = []
        self._running: dict[Future[Any], _Call] = {}
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()
        self._losses: Counter[int] = Counter()

    def results(self) -> Iterator[tuple[int, Any]]:
        """(position, result) as they come."""
        left = len(self._arguments)
        try:
            while left:
                self._give_out()
                for position, result in self._collect():
                    left -= 1
                    yield position, result
        finally:
            if self._running:
                self._pool.client.cancel(list(self._running))

    def _give_out(self) -> None:
        """Give every worker something to do, then something to do next."""
        addresses = self._pool.workers()
        self._take_back(addresses)
        given = Counter(entry.address for entry in self._running.values())
        for ahead in range(1, AHEAD + 1):
            for address in addresses:
                if given[address] < ahead and (position := self._take(address)) is not None:
                    self._submit(position, address)
                    given[address] += 1

    def _take_back(self, addresses: Sequence[str]) -> None:
        """What lost workers had in flight waits again."""
        lost = [future for future, made in self._running.items() if made.address not in addresses]
        for future in lost:
            self._lose(self._running.pop(future))
        if lost:
            self._pool.client.cancel(lost)

    def _lose(self, made: _Call) -> None:
        """Raise ClusterError when too many workers were lost over the same call."""
        self._losses[made.position] += 1
        if self._losses[made.position] == LOSSES:
            raise ClusterError(
                f"the workers of {self._pool.where} die again and again over the same faults "
                f"({made.address} was the last); look at their logs and their memory"
            )
        self._again.append(made.position)

    def _take(self, address: str) -> int | None:
        return self._again.pop() if self._again else self._queue.take(address)

    def _submit(self, position: int, address: str) -> None:
        future = self._pool.submit(self._method, self._arguments[position], address)
        self._running[future] = _Call(position, address)
        future.add_done_callback(self._finished.put)

    def _collect(self) -> Iterator[tuple[int, Any]]:
        """The next finished call's result; none if it has to be made again, or nothing finishes for long."""
        from distributed import KilledWorker

        try:
            future = self._finished.get(timeout=POLL_SECONDS)
        except Empty:
            return
        made = self._running.pop(future, None)
        if made is None:  # taken back from a lost worker
            return
        if future.status == "cancelled":
            raise self._pool.lost()
        try:
            result = self._pool.fetch(future, made.address)
        except (KilledWorker, CancelledError):
            self._lose(made)
        else:
            if isinstance(result, Missing):
                self._pool.equip(result)
                self._submit(made.position, result.address)
            else:
                yield made.position, result


def _need_distributed() -> None:
    try:
        import distributed  # noqa: F401  (is it there?)
    except ImportError as error:
        raise ClusterError(
            "--scheduler and --local-cluster need dask.distributed: pip install 'sassafras[cluster]'"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask tells its story of every lost worker; ours is in the errors raised here."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _connect(address: str) -> Client:
    _need_distributed()
    check_scheduler(address, CONNECT_SECONDS)
    from distributed import Client, Security
    from distributed.versions import VersionMismatchWarning

    if address.startswith("tls:") and Security().get_connection_args("client").get("ssl_context") is None:
        raise ClusterError(f"{address} needs certificates; set distributed.comm.tls in dask's configuration")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # checked by us, in one line
            return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"the dask scheduler at {address} refuses us: {error}") from error


def _await_workers(client: Client, address: str) -> None:
    from distributed import TimeoutError as DaskTimeout

    try:
        client.wait_for_workers(1, timeout=ARRIVAL_SECONDS)
    except (TimeoutError, DaskTimeout) as error:
        raise ClusterError(
            f"the dask scheduler at {address} has no workers; "
            f"start some, on any machine that reaches it: dask worker {address} --nthreads 1"
        ) from error
