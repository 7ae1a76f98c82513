"""Counter-based randomness of a training: what a step does depends on the seed and on its number alone, so
that a training that goes on after a stop does what it would have done.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_STREAM_WORD, _NUMBER_WORD = 192, 128  #: places in Philox's 256-bit counter


class Stream(IntEnum):
    """What is drawn; streams share no draw."""

    HELD_OUT = 0
    ORDER = 1  #: of an epoch
    MIRROR = 2  #: of an epoch
    DROPOUT = 3  #: of a step
    START = 4  #: of a layer


def words(seed: int, stream: Stream, number: int, count: int) -> NDArray[np.uint64]:
    """Raw words of Philox 4x64: the same with every version of NumPy."""
    counter = (int(stream) << _STREAM_WORD) | (number << _NUMBER_WORD)
    source = np.random.Philox(key=seed, counter=counter)
    return np.asarray(source.random_raw(count), np.uint64)


def shuffled(seed: int, stream: Stream, number: int, count: int) -> NDArray[np.int64]:
    """The numbers below ``count`` in random order."""
    return np.argsort(words(seed, stream, number, count), kind="stable").astype(np.int64)


def batches(seed: int, epoch: int, count: int, size: int) -> list[NDArray[np.int64]]:
    """An epoch: all examples in random order, in batches of one size; what is left over is not seen in it.
    Fewer examples than that are one batch.
    """
    order = shuffled(seed, Stream.ORDER, epoch, count)
    size = min(size, count)
    return [order[start : start + size] for start in range(0, count - size + 1, size)]


def mirrored(seed: int, epoch: int, count: int) -> NDArray[np.bool_]:
    """Which examples are seen in a mirror in an epoch: each with a chance of one half."""
    return (words(seed, Stream.MIRROR, epoch, count) >> np.uint64(63)).astype(np.bool_)


def kaiming(seed: int, layer: int, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights to begin with (He et al. 2015): normal, variance 2 / inputs of an output."""
    raw = words(seed, Stream.START, layer, 2 * int(np.prod(shape)))
    even, odd = ((raw >> np.uint64(11)).astype(np.float64) * 2.0**-53).reshape(2, -1)
    normal = np.sqrt(-2 * np.log1p(-even)) * np.cos(2 * np.pi * odd)  # Box and Muller
    spread = np.sqrt(2 / np.prod(shape[1:]))
    return np.asarray((normal * spread).reshape(shape), np.float32)
