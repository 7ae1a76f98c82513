"""Ctrl-C, once and twice, as a terminal sends it: in every phase, to one process and to the whole group."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  #: seconds until a test gives up
QUICK = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "60", "--out", "study"]
AT_ONCE = 5.0  #: seconds in which a process must be gone: far less than the phase lasts


@contextmanager
def held(phase: str, files: Any, workers: int) -> Iterator[subprocess.Popen[str]]:
    """A run that has reached a phase and stays there."""
    mark = Path("reached").absolute()
    words = [*files.options, *QUICK, "--workers", str(workers)]
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.held", phase, str(mark), "run", *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (ours may be ignored)
    )
    try:
        wait(lambda: mark.exists() or started.poll() is not None)
        assert started.poll() is None, started.communicate()[0]
        yield started
    finally:
        if not gone(started):
            os.killpg(started.pid, signal.SIGKILL)
        started.communicate()


def wait(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def gone(process: subprocess.Popen[str]) -> bool:
    """Whether nobody of its group is left."""
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def press(process: subprocess.Popen[str], whole_group: bool) -> None:
    """Ctrl-C; nothing where nobody is left."""
    if process.poll() is None:
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)


def stored(folder: Path) -> int:
    """Rows in the store; 0 before there is one."""
    try:
        with closing(
            sqlite3.connect(f"{(folder / 'results.sqlite').absolute().as_uri()}?mode=ro", uri=True)
        ) as db:
            return int(db.execute("SELECT COUNT(*) FROM injections").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def ends_quietly(process: subprocess.Popen[str], rows: int) -> str:
    """It is gone soon, with everybody that worked for it; what it said."""
    said = process.communicate(timeout=AT_ONCE)[0]
    assert process.returncode == 130, said
    wait(lambda: gone(process))
    for word in ("Traceback", "KeyboardInterrupt", "Error", "Exception", "ForkProcess"):
        assert word not in said, said
    assert said.splitlines()[-1].endswith(("to go on", "sassafras resume study)")), said
    assert stored(Path("study")) >= rows
    return said


PHASES = ["loading", "golden", "injecting", "report"]
FEW = (("injecting", 2, True), ("report", 2, True))
PRESSES = [
    pytest.param(phase, workers, group, marks=[] if (phase, workers, group) in FEW else pytest.mark.long)
    for phase in PHASES
    for workers in (1, 2)
    for group in (False, True)
]


@pytest.mark.parametrize(("phase", "workers", "whole_group"), PRESSES)
def test_two_presses(phase: str, workers: int, whole_group: bool, files: Any) -> None:
    with held(phase, files, workers) as process:
        rows = stored(Path("study"))
        assert (rows > 0) == (phase in ("injecting", "report"))
        press(process, whole_group)
        time.sleep(0.3)
        press(process, whole_group)
        ends_quietly(process, rows)


@pytest.mark.parametrize("phase", [pytest.param(PHASES[0], marks=pytest.mark.long), *PHASES[1:]])
def test_one_press(phase: str, files: Any) -> None:
    with held(phase, files, 1) as process:
        rows = stored(Path("study"))
        press(process, whole_group=True)
        ends_quietly(process, rows)


def test_a_second_press_while_the_first_is_obeyed(files: Any) -> None:
    """A store that takes long to close: nobody waits for it twice."""
    with held("closing", files, 1) as process:
        rows = stored(Path("study"))
        press(process, whole_group=False)
        time.sleep(0.3)
        press(process, whole_group=False)
        ends_quietly(process, rows)


def test_what_was_stored_goes_on(files: Any, sassafras: Any) -> None:
    with held("injecting", files, 2) as process:
        for _ in range(2):
            press(process, whole_group=True)
            time.sleep(0.3)
        ends_quietly(process, 1)
    assert sassafras("status", "study").stdout.splitlines()[0].startswith("study: unfinished, ")
    done = sassafras("resume", "study", "--workers", "1")
    assert done.exit_code == 0, done.output
    assert stored(Path("study")) == 120


def test_while_the_program_is_loaded(tmp_path: Path) -> None:
    """A press that a library takes for a failure of its own, and one that nobody catches."""
    for how in ("raise KeyboardInterrupt", "signal.raise_signal(signal.SIGINT)"):
        script = (
            "import signal, sys, types\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from sassafras.__main__ import main\n"
            "class Finder:\n"
            "    def find_spec(self, name, path=None, target=None):\n"
            "        if name == 'sassafras.cli.plan':\n"
            f"            {how}\n"
            "sys.meta_path.insert(0, Finder())\n"
            "main()\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stdout) == (130, ""), done.stderr
        assert done.stderr == "interrupted; give the same command again to go on\n"
