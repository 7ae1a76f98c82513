"""How much a command says: ``--quiet``, nothing, or ``--verbose``. What it says beside its answers goes to
stderr.
"""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from enum import Enum

import typer

from sassafras import __version__, cache
from sassafras.errors import UsageError

VERSIONS = ("numpy", "llvmlite", "pandas", "scipy")  #: packages whose version a report of a fault needs


class Loudness(Enum):
    """Quiet: errors, paths and verdicts. Verbose: times of phases, the cache and versions, too."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


_chosen: ContextVar[Loudness] = ContextVar("loudness", default=Loudness.NORMAL)
_ending: ContextVar[ExitStack | None] = ContextVar("ending", default=None)  # what the end of a command closes


def is_quiet() -> bool:
    """Whether only errors, paths and verdicts are wanted."""
    return _chosen.get() is Loudness.QUIET


def is_verbose() -> bool:
    """Whether more than usual is wanted."""
    return _chosen.get() is Loudness.VERBOSE


def choose(loudness: Loudness) -> None:
    """What an option of the command line asks for. Raises UsageError where another one asked otherwise."""
    chosen = _chosen.get()
    if {chosen, loudness} == {Loudness.QUIET, Loudness.VERBOSE}:
        raise UsageError("--quiet and --verbose contradict each other; give one of them")
    _chosen.set(loudness)
    ending = _ending.get()
    if loudness is Loudness.VERBOSE and chosen is not loudness and ending is not None:
        announce(versions())
        ending.enter_context(_cache_told())


@contextmanager
def own_loudness() -> Iterator[None]:
    """A command begins without a wish, and what it chose ends with it."""
    before = _chosen.set(Loudness.NORMAL)
    try:
        with ExitStack() as stack:
            _ending.set(stack)
            yield
    finally:
        _ending.set(None)
        _chosen.reset(before)


@contextmanager
def _cache_told() -> Iterator[None]:
    """At the end: what the cache did for this process and for those forked from it."""
    with tempfile.TemporaryFile() as seen, cache.watched(seen.fileno()):
        yield
        seen.seek(0)
        notes = seen.read()
    found, missing = notes.count(cache.FOUND), notes.count(cache.MISSING)
    announce(f"cache {cache.cache_dir()}: {found} found, {missing} not there")


def announce(line: str) -> None:
    """Say something beside the answers, unless the command is quiet."""
    if not is_quiet():
        typer.echo(line, err=True)


def versions() -> str:
    """Versions of what results may depend on, in a line."""
    from importlib.metadata import version

    packages = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    machine = f"{platform.system()} {platform.machine()}"
    return f"sassafras {__version__}, Python {platform.python_version()}, {packages}, {machine}"


@contextmanager
def phase(words: str) -> Iterator[None]:
    """Work without a count of its own: a terminal shows what is being done, until it is done; a verbose
    command says how long it took.
    """
    stream = typer.get_text_stream("stderr")
    shown = stream.isatty() and not is_quiet()
    if shown:
        stream.write(f"{words} ...")
        stream.flush()
    began = time.monotonic()
    try:
        yield
    finally:
        if shown:
            stream.write("\r" + " " * (len(words) + 4) + "\r")
            stream.flush()
    if is_verbose():
        announce(f"{words}: {time.monotonic() - began:.1f} s")
