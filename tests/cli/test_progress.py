"""Progress where there is a terminal, and where there is none."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

import sassafras
from sassafras.cli.progress import TASKS, BarProgress, LineProgress, duration, pace, shown_progress


def test_lines_now_and_then() -> None:
    now = [0.0]
    file = io.StringIO()
    progress = LineProgress(file, clock=lambda: now[0])
    progress.begin("inject", 100)
    for _ in range(4):
        now[0] += 4.0
        progress.advance(10)
    now[0] = 20.0
    progress.end()
    assert file.getvalue().splitlines() == [
        "injecting: 100 faults",
        "injecting: 30 of 100 (30 %), 2.5 faults/s, 28 s left",
        "injecting: 40 faults done in 20 s",
    ]


def test_a_bar_in_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with shown_progress(console) as progress:
        assert isinstance(progress, BarProgress)
        progress.begin("profile", 4)
        progress.advance(4)
        progress.end()
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "profiling" in text
    assert "4/4" in text
    assert "launches/s, took" in text


def test_the_terminal_is_left_in_order_when_work_fails() -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    with suppress(KeyboardInterrupt), shown_progress(console) as progress:
        progress.begin("inject", 4)
        raise KeyboardInterrupt
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().rstrip("\n").endswith("\x1b[?25h"), "the cursor is shown again"


def test_no_terminal_no_bar() -> None:
    with shown_progress(Console(file=io.StringIO())) as progress:
        assert isinstance(progress, LineProgress)


def test_pace() -> None:
    assert pace(0, 10, 1.0, "faults") == ""
    assert pace(5, 10, 2.0, "faults") == "2.5 faults/s, 2 s left"
    assert pace(10, 10, 2.0, "faults") == "5.0 faults/s, took 2 s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7620, "2 h 07 min"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_every_phase_has_a_name_in_words() -> None:
    """Whatever begins a task, wherever it is."""
    sources = Path(sassafras.__file__).parent.rglob("*.py")
    begun = {
        name for path in sources for name in re.findall(r'progress\.begin\("(\w+)"', path.read_text("utf-8"))
    }
    assert len(begun) > 4
    assert begun == set(TASKS)
