"""Where things that can be made again are kept between processes (compiled code and the like).

The time of a file's last access says when it was last used: it is set explicitly, since file systems record
it late or never. Content and time of last change stay: whoever has checked a file need not do it again.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from platformdirs import user_cache_path

_TRIAL = 1 << 16  #: bytes that are written to see whether there is room
_told: set[Path] = set()
_tried: set[Path] = set()
LONG_UNUSED = timedelta(days=60)  #: what nobody has used for so long is not kept

FOUND, MISSING = b"+", b"-"  #: what `watched` notes
_watching: list[int] = []  # file descriptors


@contextmanager
def watched(descriptor: int) -> Iterator[None]:
    """Note every question to the cache in an open file: a byte each, `FOUND` or `MISSING`, by this process
    and by those that are forked from it.
    """
    _watching.append(descriptor)
    try:
        yield
    finally:
        _watching.remove(descriptor)


def _note(answer: bytes) -> None:
    for descriptor in _watching:
        os.write(descriptor, answer)  # processes share the position: none overwrites another's


def cache_dir() -> Path:
    """The cache folder: ``$SASSAFRAS_CACHE``, else ``sassafras`` in the user's cache folder. It need not
    exist yet.
    """
    if chosen := os.environ.get("SASSAFRAS_CACHE"):
        return Path(chosen)
    return user_cache_path("sassafras", appauthor=False)


def read_cached(name: str) -> bytes | None:
    """The bytes stored under a name, or None where there are none or where they are damaged."""
    content = _content(cache_dir() / name)
    _note(MISSING if content is None else FOUND)
    return content


def _content(path: Path) -> bytes | None:
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    mark_used(path)
    digest, content = stored[:32], stored[32:]
    return content if hashlib.sha256(content).digest() == digest else None


def write_cached(name: str, content: bytes) -> None:
    """Store bytes under a name, all or nothing: readers never see half a file. A folder that cannot be
    written is no error, and is told of once (`tell_unwritable`).
    """
    try:
        folder = cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        tell_unwritable(error)


def tell_unwritable(error: OSError) -> None:
    """Warn that the cache folder cannot be written: once for each folder, and only in the process that
    others work for (each of them meets the same).
    """
    folder = cache_dir()
    if folder in _told or multiprocessing.parent_process() is not None:
        return
    _told.add(folder)
    logging.getLogger(__name__).warning(
        "the cache %s cannot be written (%s): everything works, but what takes long is done again each time; "
        "SASSAFRAS_CACHE may name another folder",
        folder,
        error.strerror or error,
    )


def try_cache() -> None:
    """Find out whether the cache folder can be written, before others work for this process: they keep quiet
    about it. Once for each folder.
    """
    folder = cache_dir()
    if folder in _told or folder in _tried:
        return
    _tried.add(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIAL))
    except OSError as error:
        tell_unwritable(error)


def mark_used(path: Path) -> None:
    """Note that a file has been used now. Where that cannot be noted, nothing happens."""
    with suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def cached_files(pattern: str) -> list[Path]:
    """What lies in the cache folder under matching names; nothing where it cannot be looked into."""
    try:
        return list(cache_dir().glob(pattern))
    except OSError:
        return []


def prune(pattern: str, keep: int, idle: timedelta) -> None:
    """Remove files of the cache folder whose names match: all but the ``keep`` last used ones, and of the
    others only what nobody has used for ``idle``.

    Others may be reading: what they have opened or mapped stays with them on POSIX, and cannot be removed on
    Windows (it is removed another time). Whoever comes later finds nothing and makes it again.
    """
    found: list[tuple[float, Path]] = []
    for path in cached_files(pattern):
        with suppress(OSError):
            stat = path.stat()
            found.append((max(stat.st_atime, stat.st_mtime), path))
    newest_first = sorted(found, reverse=True)
    for used, path in newest_first[keep:]:
        if time.time() - used > idle.total_seconds() and path.is_file():
            with suppress(OSError):
                path.unlink()
