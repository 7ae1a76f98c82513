"""What runs in a dask worker process: it keeps its workers between calls, each for the setup it was sent.

A dask process does one call at a time, whatever its number of threads: a workbench is moved from launch to
launch, and cannot be at two.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sassafras.campaign.execution.setup_bytes import installed_digest, unpack

KEPT = 2  #: workers kept per process (campaigns that share a cluster)

_workers: OrderedDict[str, object] = OrderedDict()
_arriving: dict[str, dict[int, bytes]] = {}
_complete: dict[str, Sequence[bytes]] = {}
_at_work = threading.Lock()


@dataclass(frozen=True)
class Missing:
    """Answer of a process that does not have the setup (yet). ``installed``: digest of the code it runs."""

    address: str
    installed: str


def call(key: str, method: str, arguments: tuple[Any, ...]) -> Any:
    """Call a method of the worker of a setup (made when first needed); `Missing` where it was not sent."""
    from distributed import get_worker

    with _at_work:
        worker = _worker(key)
        if worker is None:
            return Missing(get_worker().address, installed_digest())
        return getattr(worker, method)(*arguments)


def receive(key: str, number: int, count: int, part: bytes) -> None:
    """Take part ``number`` of the ``count`` parts of a setup."""
    parts = _arriving.setdefault(key, {})
    parts[number] = part
    if len(parts) == count:
        _complete[key] = [parts[k] for k in range(count)]
        del _arriving[key]


def _worker(key: str) -> object | None:
    if key in _workers:
        _workers.move_to_end(key)
    elif key in _complete:
        _workers[key] = unpack(_complete.pop(key)).start()
        if len(_workers) > KEPT:
            _workers.popitem(last=False)
    else:
        return None
    return _workers[key]
