"""Ctrl-C and worker processes: a terminal sends the signal to all of them, the parent alone decides what it
means.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_CAN_MASK = hasattr(signal, "pthread_sigmask")  # not on Windows


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until this is left. Processes and threads that are started within are born with it held:
    a child can be interrupted neither before it gets to `ignore_interrupts` nor after.
    """
    if not _CAN_MASK:
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_interrupts() -> None:
    """For a process that works for another one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
