"""Ctrl-C on the command line: the first press ends the command in order, the second ends it at once.

What is stored is safe either way: the store survives a kill at any moment (`campaign.store.results`).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Never

INTERRUPTED = 130  #: exit code: 128 + SIGINT, as shells have it
STOPPED = "interrupted; give the same command again to go on"
AT_ONCE = "stopped at once; what was stored is kept: give the same command again to go on"
SHOW_CURSOR = "\x1b[?25h"

_pressed = False


def listen() -> None:
    """From now on a second Ctrl-C ends this process at once. Whoever ignores Ctrl-C (a command in the
    background of a shell) goes on to.
    """
    mine = threading.current_thread() is threading.main_thread()
    if mine and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _press)


def pressed() -> bool:
    """Whether Ctrl-C was pressed: an error that comes after it may be its echo (a library that was being
    loaded takes it for a failure of its own).
    """
    return _pressed


def _press(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    global _pressed  # noqa: PLW0603  (a signal has nowhere else to leave its trace)
    if _pressed:
        leave(AT_ONCE)
    _pressed = True
    raise KeyboardInterrupt


def leave(line: str = "") -> Never:
    """End this process and its workers now, without a word from any of them. ``line``: for a person."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception):
        if "multiprocessing" in sys.modules:
            from multiprocessing import active_children

            for child in active_children():
                child.kill()
    with suppress(OSError):
        cursor = SHOW_CURSOR if os.isatty(2) else ""
        os.write(2, f"{cursor}{line}\n".encode() if line else cursor.encode())
    os._exit(INTERRUPTED)


def end(code: object) -> Never:
    """End a command with this exit code; an interrupted one without waiting for anything."""
    if code == INTERRUPTED:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        leave()
    sys.exit(code)  # type: ignore[arg-type]  # what SystemExit had
