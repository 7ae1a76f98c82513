"""Progress on stderr: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
)
from rich.progress import Progress as RichProgress
from rich.text import Text

from sassafras.cli.loudness import is_quiet
from sassafras.progress import Progress, Silence

TASKS = {
    "profile": ("golden run, profiling", "launches"),
    "classes": ("proving what faults do", "launches"),
    "inject": ("injecting", "faults"),
    "verify": ("emulating", "launches"),
    "count": ("counting instructions", "launches"),
    "replay": ("replaying faults", "faults"),
    "trace": ("tracing faults", "faults"),
    "decode": ("decoding pictures", "pictures"),
    "train": ("training", "steps"),
    "gpu": ("measuring on the GPU", "programs"),
}  #: what it says while it works
LINE_SECONDS = 10.0  #: between lines where there is no terminal


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """Progress for this console, none of a quiet command; whatever happens, the terminal is left in order."""
    if is_quiet():
        yield Silence()
        return
    if not console.is_terminal:
        yield LineProgress(console.file)
        return
    bar = BarProgress(console)
    try:
        yield bar
    finally:
        bar.end()


class BarProgress:
    """A bar with count, rate and time left. Redrawn by ``advance`` alone: a drawing thread and forked workers
    do not mix.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: RichProgress | None = None

    def begin(self, task: str, total: int) -> None:
        """A new bar."""
        doing, unit = TASKS.get(task, (task, "steps"))
        self._bar = RichProgress(
            TextColumn("{task.description}"),
            # Short of the last column: a terminal echoes ^C there, and a full line would wrap.
            BarColumn(bar_width=max(8, min(40, self._console.width - 76))),
            MofNCompleteColumn(),
            PaceColumn(unit),
            console=self._console,
            auto_refresh=False,
        )
        self._bar.start()
        self._bar.add_task(doing, total=total)
        self._bar.refresh()

    def advance(self, count: int) -> None:
        """Move the bar."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0], count)
            self._bar.refresh()

    def end(self) -> None:
        """Leave the bar as it is, and the cursor below it."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class PaceColumn(ProgressColumn):
    """Steps per second since the task began, and the time left at this pace."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """Nothing before the first step; when all is done, the time it took."""
        return Text(pace(task.completed, task.total or 0, task.elapsed or 0.0, self._unit))


def pace(done: float, total: float, elapsed: float, unit: str) -> str:
    """Such as "95.2 faults/s, 29 s left", "95.2 faults/s, took 31 s", or nothing before the first step."""
    if done == 0 or elapsed == 0:
        return ""
    rest = (
        f"{duration((total - done) * elapsed / done)} left" if done < total else f"took {duration(elapsed)}"
    )
    return f"{done / elapsed:.1f} {unit}/s, {rest}"


class LineProgress:
    """One line when a task begins, one every `LINE_SECONDS`, one when it ends."""

    def __init__(self, file: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._task, self._unit = "", ""
        self._done = self._total = 0
        self._began = self._last = 0.0

    def begin(self, task: str, total: int) -> None:
        """A new task."""
        self._task, self._unit = TASKS.get(task, (task, "steps"))
        self._done, self._total = 0, total
        self._began = self._last = self._clock()
        self._say(f"{self._task}: {total} {self._unit}")

    def advance(self, count: int) -> None:
        """Count, and speak when it is time."""
        self._done += count
        now = self._clock()
        if now - self._last >= LINE_SECONDS and self._done:
            self._last = now
            share = f"{self._done} of {self._total} ({100 * self._done // self._total} %)"
            self._say(
                f"{self._task}: {share}, {pace(self._done, self._total, now - self._began, self._unit)}"
            )

    def end(self) -> None:
        """The last line of the task."""
        elapsed = self._clock() - self._began
        self._say(f"{self._task}: {self._done} {self._unit} done in {duration(elapsed)}")

    def _say(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()


def duration(seconds: float) -> str:
    """For people: "42 s", "3 min 05 s", "2 h 07 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
