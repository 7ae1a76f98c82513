"""Where things that can be made again are kept between processes (compiled code and the like)."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def cache_dir() -> Path:
    """The cache folder: ``$SASSAFRAS_CACHE``, else ``sassafras`` in the user's cache folder. It need not
    exist yet.
    """
    chosen = os.environ.get("SASSAFRAS_CACHE")
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "sassafras"


def read_cached(name: str) -> bytes | None:
    """The bytes stored under a name, or None where there are none or where they are damaged."""
    try:
        stored = (cache_dir() / name).read_bytes()
    except OSError:
        return None
    digest, content = stored[:32], stored[32:]
    return content if hashlib.sha256(content).digest() == digest else None


def write_cached(name: str, content: bytes) -> None:
    """Store bytes under a name, all or nothing: readers never see half a file. A folder that cannot be
    written is no error.
    """
    with suppress(OSError):
        folder = cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
