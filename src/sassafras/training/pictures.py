"""Pictures decoded once, in a file of their own: training sees each of them many times."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import TrainingError
from sassafras.network.fit import Fit
from sassafras.network.tensor import Shape
from sassafras.progress import Progress
from sassafras.training.examples import Examples
from sassafras.whole_files import whole_file

PIXELS, STATE = "pictures.u8", "pictures.json"
OFTEN = 500  #: pictures between two notes of how far it is


def decoded(
    folder: Path, examples: Examples, shape: Shape, fit: Fit, progress: Progress
) -> NDArray[np.uint8]:
    """All pictures, uint8 (n, channels, height, width), mapped from a file in ``folder``: values 0 to 1 times
    255, rounded. What another start has decoded is not decoded again. Raises NetworkError, and TrainingError
    where there is no room.
    """
    key = hashlib.sha256(f"{examples.digest} {shape} {fit}".encode()).hexdigest()
    path, size = folder / PIXELS, (len(examples), *shape)
    done = _done(folder, key) if path.exists() and path.stat().st_size == np.prod(size) else 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(int(np.prod(size)))
            os.posix_fallocate(file.fileno(), 0, int(np.prod(size)))  # room for all, or an error now
        kept = np.memmap(path, np.uint8, "r+", shape=size)
        progress.begin("decode", len(examples) - done)
        for number, pixels in enumerate(examples.pictures.read(done, shape, fit), done):
            kept[number] = np.rint(pixels * np.float32(255)).astype(np.uint8)
            progress.advance(1)
            if (number + 1) % OFTEN == 0 or number + 1 == len(examples):
                kept.flush()
                _note(folder, key, number + 1)
        progress.end()
    except OSError as error:
        gib = np.prod(size) / 2**30
        raise TrainingError(
            f"{path}: {error.strerror or error}; {gib:.3g} GiB of pictures are kept there while it trains"
        ) from None
    return np.memmap(path, np.uint8, "r", shape=size)


def forget(folder: Path) -> None:
    """Remove what was decoded."""
    for name in (PIXELS, STATE):
        (folder / name).unlink(missing_ok=True)


def _done(folder: Path, key: str) -> int:
    try:
        state = json.loads((folder / STATE).read_text("utf-8"))
        return int(state["done"]) if state["key"] == key else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _note(folder: Path, key: str, done: int) -> None:
    with whole_file(folder / STATE) as file:
        file.write(json.dumps({"key": key, "done": done}).encode())
