"""Figures drawn by processes of their own, while this one goes on with the other parts of a report.

Drawing takes as long as everything else together, and nobody waits for a figure but the end of the command.
Every figure is drawn from plain data alone: its bytes do not depend on who draws it.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from sassafras.campaign.workers import start_method

MOST = 6  #: processes; each of them loads the plotting library first

Draw = Callable[[Sequence[Any]], object]  #: draws some of the figures and writes their files


class Drawing:
    """Figures on their way. A context manager: what is not finished is given up when it is left."""

    def __init__(self, draw: Draw, figures: Sequence[Any], processes: int) -> None:
        """Begin. ``processes``: 1 draws all figures here, in `finish`; so does whoever cannot fork safely."""
        count = min(processes, len(figures), MOST) if _may_fork() else 1
        self._draw = draw
        self._waiting = [list(figures)] if count <= 1 else []
        self._running: list[tuple[BaseProcess, list[Any]]] = []
        if count > 1:
            context = multiprocessing.get_context("fork")
            for number in range(count):
                part = list(figures[number::count])
                process = context.Process(target=_drawn_elsewhere, args=(draw, part), daemon=True)
                process.start()
                self._running.append((process, part))

    def finish(self) -> None:
        """Wait until all are drawn. What a process has failed to draw is drawn here: an error is told as if
        there had been no process.
        """
        while self._running:
            process, part = self._running[0]
            process.join()
            self._running.pop(0)
            if process.exitcode != 0:
                self._waiting.append(part)
        while self._waiting:
            self._draw(self._waiting.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process, _ in self._running:
            process.terminate()
        for process, _ in self._running:
            process.join()


def _may_fork() -> bool:
    """Whether a fork is safe: so for workers (`start_method`), and no other thread may hold a lock."""
    return start_method() == "fork" and threading.active_count() == 1


def _drawn_elsewhere(draw: Draw, part: Sequence[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    try:
        draw(part)
    except Exception as error:  # told by the parent, which draws this part again
        raise SystemExit(1) from error
