"""One mutant against the tests that reach it, in a copy of the tree."""

from __future__ import annotations

import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.reach import Groups, Reach

LEFT_OUT = (
    *(".git", ".venv", "build", "dist", "runs", "site", "__pycache__"),
    *(".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
)
CHUNK = 6  #: test files of a process
UNKNOWN_TEST = 4  #: pytest's exit status where it does not know the name of a test
NOTHING_RAN = 5  #: pytest's exit status where every test was deselected
WRITES_NO_CODE = (
    "faults",
    "simulation",
)  #: rooms below all that write machine code: theirs is right for others
READS_CODE = (*WRITES_NO_CODE, "kernels")  #: what this room compiles is kept by the digest of its own sources


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMEOUT = "timeout"  #: a test hung: killed, too
    SURVIVED = "survived"  #: all near tests passed, and as many of the others as there was time for
    EQUIVALENT = "equivalent"  #: computes the same, as is argued in ``equivalent.txt``; not tried
    UNFINISHED = "unfinished"  #: the time was over before all near tests had run: nothing is known


@dataclass(frozen=True)
class Found:
    """``by``: the test that failed, or the test files of the process that crashed or hung. ``files``: how
    many test files have run to their end, of how many that ``reach`` the mutant. ``seconds``: all in all.
    """

    verdict: Verdict
    by: str
    files: int
    reach: int
    seconds: float


@dataclass(frozen=True)
class _Run:
    status: int | None  #: None: out of time
    output: str

    @property
    def failed(self) -> str:
        """The first failing test, as its node id, or the file that could not be imported."""
        found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", self.output, re.MULTILINE)
        return found[1] if found else ""

    @property
    def hung(self) -> bool:
        return re.search(r"^Timeout \(\d+:\d\d:\d\d\)!", self.output, re.MULTILINE) is not None


class BrokenTest(Exception):
    """A test that killed a mutant fails (or hangs) without it as well: nothing is proven."""


class Trials:
    """A copy of the tree in ``scratch``, and the tests run there. ``each``: processor seconds for one mutant
    (another program beside must not make a survivor of it); ``hang``: seconds for one test, longer than any
    needs.
    """

    def __init__(self, root: Path, scratch: Path, each: float, hang: float) -> None:
        self._copy = scratch / "tree"
        shutil.copytree(root, self._copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        self._scratch = scratch
        self._reach = Reach(self._copy)
        self._each = each
        self._hang = hang
        self._sound: set[str] = set()  # tests that pass where nothing is changed

    def run(self, mutant: Mutant) -> Found:
        """Change the copy, run tests until one fails or its processor time is used, and change it back."""
        file = self._copy / mutant.path
        source = file.read_bytes()
        began = time.monotonic()
        file.write_bytes(mutant.apply(source))
        try:
            verdict, by, files, reach = self._against_tests(mutant, _used() + self._each)
        finally:
            file.write_bytes(source)
        if verdict in {Verdict.KILLED, Verdict.TIMEOUT}:
            self._check_sound(by)
        return Found(verdict, by, files, reach, round(time.monotonic() - began, 1))

    def _against_tests(self, mutant: Mutant, until: float) -> tuple[Verdict, str, int, int]:
        tests = self._reach.tests(mutant.path)
        done, count = 0, tests.count
        room = mutant.path.split("/")[2]
        with self._cache(read=room in READS_CODE, write=room in WRITES_NO_CODE) as cache:
            for files in _chunks(tests):
                left = until - _used()
                found = self._pytest(files, left, cache) if left > 0 else _Run(None, "")
                if found.hung:
                    return Verdict.TIMEOUT, " ".join(files), done, count
                if found.status is None:
                    break
                if found.status not in {0, NOTHING_RAN}:
                    return Verdict.KILLED, found.failed or " ".join(files), done, count
                done += len(files)
        whole = done >= len(tests.named) + len(tests.near)
        return Verdict.SURVIVED if whole else Verdict.UNFINISHED, "", done, count

    def _check_sound(self, tests: str) -> None:
        """Raises BrokenTest if the tests fail where nothing is changed."""
        if tests in self._sound:
            return
        named = [tests] if "::" in tests else tests.split()  # an id may hold blanks
        with self._cache(read=True, write=True) as cache:
            found = self._pytest(named, None, cache)
            if found.status == UNKNOWN_TEST:  # an id with a dash between blanks was cut: the whole file
                found = self._pytest([tests.partition("::")[0]], None, cache)
        if found.status not in {0, NOTHING_RAN}:
            raise BrokenTest(f"{tests} fails without any mutant:\n{found.output[-3000:]}")
        self._sound.add(tests)

    def _cache(self, *, read: bool, write: bool) -> _Cache:
        return _Cache(self._scratch / "home", self._scratch / "machine-code", read=read, write=write)

    def _pytest(self, tests: Sequence[str], seconds: float | None, home: Path) -> _Run:
        """Tests in a process of its own, to the first failure."""
        command = [
            *([] if seconds is None else _allowing(seconds)),
            *(sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "--tb=line", "-p", "no:cacheprovider"),
            *("-o", f"faulthandler_timeout={self._hang}", "-o", "faulthandler_exit_on_timeout=true"),
            *("--hypothesis-profile", "unshrunk", "--basetemp", str(home / "pytest"), *tests),
        ]
        environment = os.environ | {
            "PYTHONPATH": str(self._copy / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",  # a compiled file could stand for the source before its change
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home),
            "SASSAFRAS_CACHE": str(home / "sassafras"),
        }
        with subprocess.Popen(
            command, cwd=self._copy, env=environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as process:  # fmt: skip
            try:
                output, _ = process.communicate()
            finally:
                _end(process)
        spent = seconds is not None and process.returncode == -signal.SIGXCPU
        return _Run(None if spent else process.returncode, output)


class _Cache:
    """A home folder of a mutant's own, empty at first but for machine code where it is to ``read`` what is in
    ``keep``. What it compiles itself goes there where it is to ``write``: never what a mutant may have
    changed.
    """

    def __init__(self, home: Path, keep: Path, *, read: bool, write: bool) -> None:
        self._home = home
        self._keep = keep
        self._read = read
        self._write = write

    def __enter__(self) -> Path:
        (self._home / "sassafras").mkdir(parents=True)
        if self._read and self._keep.exists():
            _copy_code(self._keep, self._home / "sassafras")
        return self._home

    def __exit__(self, *_: object) -> None:
        if self._write:
            self._keep.mkdir(exist_ok=True)
            _copy_code(self._home / "sassafras", self._keep)
        shutil.rmtree(self._home, ignore_errors=True)


def _copy_code(source: Path, target: Path) -> None:
    for file in source.glob("native-*.o"):
        if not (target / file.name).exists():
            shutil.copy2(file, target / file.name)


def _chunks(tests: Groups) -> Iterator[Sequence[str]]:
    """A few test files at a time, nearest first."""
    for group in (tests.named, tests.near, tests.far):
        for first in range(0, len(group), CHUNK):
            yield group[first : first + CHUNK]


def _used() -> float:
    """Processor seconds that ended children have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _allowing(seconds: float) -> list[str]:
    """The start of a command that may use no more processor time than that."""
    return ["/bin/sh", "-c", f'ulimit -S -t {math.ceil(seconds)}; exec "$@"', "sh"]


def _end(process: subprocess.Popen[str]) -> None:
    """End what a test run has left: its own group of processes, nothing else."""
    kill: Callable[[int, int], None] | None = getattr(os, "killpg", None)
    if kill is not None:
        try:
            kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    elif process.poll() is None:
        process.kill()
