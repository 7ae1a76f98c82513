"""What this machine has room for. What it has not is refused before memory is taken, in one line."""

from __future__ import annotations

import os
import sys

from sassafras.campaign.design.settings import Settings
from sassafras.campaign.design.shard import numbers_of
from sassafras.errors import UsageError
from sassafras.faults.ids import NUMBERS
from sassafras.faults.model import Mode

FAULT_BYTES = 1024  #: that a fault takes at least on its way: its id, its draw, its row
WORKER_FILES = 8  #: pipes and locks of a worker process
OTHER_FILES = 64
_SOME = 1 << 36  #: where a system does not say how much memory it has


def memory_bytes() -> int:
    """Memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return _SOME


def check_faults(settings: Settings, strata: int) -> None:
    """Raise UsageError for memory faults where no time is modelled, and for more faults than fit into memory,
    or than ids have numbers. With a goal only some are looked at at a time, and nobody knows how many it will
    be.
    """
    if Mode.MEM in settings.modes:
        settings.architecture.modelled_card()
    if settings.until is not None:
        return
    lanes = len(settings.modes) * strata
    count = lanes * len(numbers_of(settings.shard, min(settings.most_per_lane(strata), sys.maxsize)))
    _check(count, "faults", FAULT_BYTES, "ask for fewer, or divide them among machines with --shard K/N")
    numbers = settings.most_per_lane(strata) * strata
    if numbers > NUMBERS:
        raise UsageError(f"{numbers} faults of a mode: ids have room for {NUMBERS}; ask for fewer")


def check_frames(count: int, each: int) -> None:
    """Raise UsageError for more frames than fit into memory. ``each``: bytes of one."""
    _check(count, "frames", each, "ask for fewer (--frames)")


def _check(count: int, what: str, each: int, way: str) -> None:
    room = memory_bytes()
    if count * each > room:
        raise UsageError(
            f"{count} {what} need at least {_size(count * each)} of memory, this machine has {_size(room)}: "
            f"{way}"
        )


def _size(count: int) -> str:
    exponent = min((max(count, 1).bit_length() - 1) // 10, 5)
    return f"{count / (1 << 10 * exponent):.3g} {('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')[exponent]}"


def check_workers(workers: int) -> None:
    """Raise UsageError for more worker processes than this process may open files for."""
    try:
        import resource  # not on Windows
    except ImportError:
        return
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and workers * WORKER_FILES + OTHER_FILES > most:
        needed = workers * WORKER_FILES + OTHER_FILES
        raise UsageError(
            f"{workers} workers need {needed} open files, this process may have {most} (ulimit -n): "
            f"at most {max(1, (most - OTHER_FILES) // WORKER_FILES)} workers"
        )
