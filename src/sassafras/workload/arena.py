"""One file with the initial device memory of a network, mapped privately by every process that asks.

Pages are shared until a process writes to them, so ten workers hold one copy of the weights. The file is the
arena followed by the SHA-256 of key and arena. It is replaced atomically, and rebuilt when its size or digest
is wrong. Files are large (AlexNet: 245 MB), and every network, layout and version has its own: when one is
written, those that nobody uses any more are removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from sassafras.cache import LONG_UNUSED, cache_dir, mark_used, prune, tell_unwritable

_FORMAT = "sassafras-arena-1"
_KEPT = 4  #: arenas that stay however long nobody uses them
_IDLE = timedelta(hours=1)  #: any other that has been used since stays too (a day of trying made 47 GB)
_TRAILER = hashlib.sha256().digest_size
_verified: dict[Path, tuple[int, ...]] = {}  #: files that this process has hashed or written, and their state
_opening: dict[Path, Thread] = {}  #: files that it is hashing or making

Fill = Callable[[NDArray[np.uint8]], None]  #: writes contents into bytes that are zero


def arena_path(key: str) -> Path:
    """Where the arena of that key is cached."""
    return cache_dir() / f"arena-{hashlib.sha256(key.encode()).hexdigest()[:32]}.bin"


def open_arena(key: str, nbytes: int, fill: Fill) -> NDArray[np.uint8]:
    """``nbytes`` writable bytes as ``fill`` makes them, private to the caller.

    ``key`` names the content: equal keys must mean equal bytes. Where the cache folder cannot be written they
    are filled anew: same content, not shared.
    """
    _finish_early()
    return _open(key, nbytes, fill)


def _open(key: str, nbytes: int, fill: Fill) -> NDArray[np.uint8]:
    try:
        path = arena_path(key)
        if not _is_intact(path, key, nbytes):
            _write(path, key, nbytes, fill)
            prune("arena-*", _KEPT, _IDLE)
            prune("*", 0, LONG_UNUSED)
        mark_used(path)
        return np.asarray(np.memmap(path, np.uint8, mode="c", shape=(nbytes,)))
    except OSError as error:
        tell_unwritable(error)
        data = np.zeros(nbytes, np.uint8)
        fill(data)
        return data


def open_early(key: str, nbytes: int, fill: Fill) -> None:
    """Begin to hash the file of that key beside other work, or to make it; `open_arena` waits for that."""
    path = arena_path(key)
    if path not in _opening:
        thread = _opening[path] = Thread(target=_try_open, args=(key, nbytes, fill), daemon=True)
        thread.start()


def _try_open(key: str, nbytes: int, fill: Fill) -> None:
    with contextlib.suppress(Exception):  # who opens the arena meets it again
        _open(key, nbytes, fill)


def _finish_early() -> None:
    for path in list(_opening):
        _opening.pop(path).join()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_finish_early)  # a thread does not survive a fork; what it found does


def _digest(key: str, data: NDArray[np.uint8]) -> bytes:
    digest = hashlib.sha256(f"{_FORMAT} {key}\0".encode())
    digest.update(data.data)
    return digest.digest()


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_intact(path: Path, key: str, nbytes: int) -> bool:
    """Whether the file is whole. A file is hashed once per process, and again when it has changed."""
    try:
        state = _state(path)
    except FileNotFoundError:
        return False
    if state[1] != nbytes + _TRAILER:
        return False
    if _verified.get(path) != state:
        content = np.memmap(path, np.uint8, mode="r")
        if _digest(key, content[:nbytes]) != content[nbytes:].tobytes():
            return False
        _verified[path] = state
    return True


def _write(path: Path, key: str, nbytes: int, fill: Fill) -> None:
    """Write beside, then rename: nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    beside = Path(name)
    try:
        with os.fdopen(handle, "r+b") as file:
            _reserve(file.fileno(), nbytes + _TRAILER)
            data = np.memmap(file, np.uint8, mode="r+", shape=(nbytes,))
            fill(np.asarray(data))
            file.seek(nbytes)
            file.write(_digest(key, data))
            file.flush()
            del data
        beside.replace(path)
        _verified[path] = _state(path)
    finally:
        beside.unlink(missing_ok=True)


def _reserve(descriptor: int, nbytes: int) -> None:
    """Make a file so long. Where the disk has no room this is told now (OSError), not by a signal later."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, nbytes)
    else:
        os.truncate(descriptor, nbytes)
