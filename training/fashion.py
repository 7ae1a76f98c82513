"""Fashion-MNIST as it is distributed: gzipped IDX files of train and t10k (Debian: dataset-fashion-mnist)."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 28


@dataclass(frozen=True, eq=False)
class Pictures:
    """``pixels``: uint8 (n, 28, 28); ``labels``: uint8 (n), 0 to 9."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    @property
    def inputs(self) -> NDArray[Any]:
        """As the network takes them: float32 (n, 1, 28, 28), 0 to 1."""
        return self.pixels[:, np.newaxis].astype(np.float32) / np.float32(255)


def read_part(folder: Path, part: str) -> Pictures:
    """``part``: "train" (60,000 pictures) or "t10k" (10,000)."""
    pixels = _values(folder / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, SIDE, SIDE)
    labels = _values(folder / f"{part}-labels-idx1-ubyte.gz", 8)
    if len(pixels) != len(labels):
        raise SystemExit(f"{folder}: {len(pixels)} pictures and {len(labels)} labels of {part}")
    return Pictures(pixels, labels)


def _values(path: Path, header: int) -> NDArray[np.uint8]:
    try:
        return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror or error}; see training/README.md") from None
