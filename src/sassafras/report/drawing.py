"""Figures drawn by processes of their own, while this one goes on with the other parts of a report.

Drawing takes as long as everything else together, and nobody waits for a figure but the end of the command.
Every figure is drawn from plain data alone: its bytes do not depend on who draws it.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from types import TracebackType
from typing import Any, Self

from sassafras.campaign.execution.interrupts import ignore_interrupts, interrupts_held
from sassafras.campaign.execution.workers import start_method

MOST = 6  #: processes beside this one; each of them loads the plotting library first
FEW = 4  #: figures that are left to others: loading the plotting library takes as long as drawing a few

Draw = Callable[[Sequence[Any]], object]  #: draws some of the figures and writes their files


class Drawing:
    """Figures on their way. A context manager: what is not finished is given up when it is left."""

    def __init__(self, draw: Draw, figures: Sequence[Any], processes: int) -> None:
        """Begin. ``processes``: that may work, this one among them; it draws in `finish`."""
        self._draw = draw
        self.figures = list(figures)
        self._running: list[BaseProcess] = []
        self._taken: Synchronized[int] | None = None
        count = min(processes - 1, len(self.figures), MOST)
        if count > 0 and _may_fork():
            context = multiprocessing.get_context("fork")
            self._taken = context.Value("i", 0)
            for _ in range(count):
                process = context.Process(target=self._drawn_elsewhere, daemon=True)
                with interrupts_held():
                    process.start()
                self._running.append(process)

    def finish(self) -> None:
        """Wait until all are drawn, and help where many are left. Where a process has failed all are drawn
        here: an error is told as if there had been no process.
        """
        self._draw_taken(leave=FEW if self._running else 0)
        for process in self._running:
            process.join()
        if any(process.exitcode != 0 for process in self._running):
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

    def _draw_taken(self, leave: int = 0) -> None:
        """Draw figures that nobody has taken, as long as more than ``leave`` of them are left."""
        if self._taken is None:
            self._draw(self.figures)
            return
        while True:
            with self._taken.get_lock():
                number = self._taken.value
                if number + leave >= len(self.figures):
                    return
                self._taken.value += 1
            self._draw(self.figures[number : number + 1])

    def _drawn_elsewhere(self) -> None:
        ignore_interrupts()
        try:
            self._draw_taken()
        except Exception as error:  # told by the parent, which draws all again
            raise SystemExit(1) from error


def _may_fork() -> bool:
    """Whether a fork is safe: so for workers (`start_method`), and no other thread may hold a lock."""
    return start_method() == "fork" and threading.active_count() == 1
