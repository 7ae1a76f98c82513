"""Figures drawn by processes of their own, while this one goes on with the other parts of a report.

Drawing takes as long as everything else together, and nobody waits for a figure but the end of the command.
Every figure is drawn from plain data alone: its bytes do not depend on who draws it.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Self

from sassafras.campaign.execution.interrupts import ignore_interrupts, interrupts_held
from sassafras.campaign.execution.workers import start_method

MOST = 6  #: processes beside this one; each of them loads the plotting library first

Draw = Callable[[Sequence[Any]], object]  #: draws some of the figures and writes their files


class Drawing:
    """Figures on their way. A context manager: what is not finished is given up when it is left."""

    def __init__(self, draw: Draw, figures: Sequence[Any], processes: int) -> None:
        """Begin. ``processes``: that may work, this one among them: it has other things to do."""
        self._draw = draw
        self.figures = list(figures)
        self._running: list[BaseProcess] = []
        count = min(processes - 1, len(self.figures), MOST)
        if count > 0 and _may_fork():
            context = multiprocessing.get_context("fork")
            for number in range(count):
                part = self.figures[number::count]
                process = context.Process(target=self._drawn_elsewhere, args=(part,), daemon=True)
                with interrupts_held():
                    process.start()
                self._running.append(process)

    def finish(self) -> None:
        """Wait until all are drawn. Where a process has failed, or there is none, all are drawn here: an
        error is told as if there had been no process.
        """
        for process in self._running:
            process.join()
        if not self._running or any(process.exitcode != 0 for process in self._running):
            self._draw(self.figures)
        self._running = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.join()

    def _drawn_elsewhere(self, part: Sequence[Any]) -> None:
        ignore_interrupts()
        try:
            self._draw(part)
        except Exception as error:  # told by the parent, which draws all again
            raise SystemExit(1) from error


def _may_fork() -> bool:
    """Whether a fork is safe: so for workers (`start_method`), and no other thread may hold a lock."""
    return start_method() == "fork" and threading.active_count() == 1
