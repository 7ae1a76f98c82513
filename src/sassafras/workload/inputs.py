"""What goes into one run of a workload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.workload.buffer import Buffer
from sassafras.workload.choices import Fit

Arrays = tuple[NDArray[Any], ...]  #: one for each input buffer of a workload, in their order


class Input(Protocol):
    """``name``: for people. ``label``: number of the right answer, None where nobody knows it. ``arrays``:
    what the input buffers are filled with. A network's is an `sassafras.network.images.Image`.
    """

    @property
    def name(self) -> str:
        """For people."""

    @property
    def label(self) -> int | None:
        """Number of the right answer, None where nobody knows it."""

    @property
    def arrays(self) -> Arrays:
        """One for each input buffer."""

    @property
    def fit(self) -> Fit | None:
        """How a picture was made to fit, None where none was."""


@dataclass(frozen=True, eq=False)
class GivenInput:
    """An `Input` as it is given."""

    name: str
    arrays: Arrays
    label: int | None = None
    fit: Fit | None = None


def bytes_of(arrays: Arrays) -> Iterable[bytes]:
    """Their bytes, one after another: for digests."""
    return (np.ascontiguousarray(array).tobytes() for array in arrays)


def check_arrays(what: str, taker: str, buffers: tuple[Buffer, ...], arrays: Arrays) -> None:
    """Raise UsageError unless the arrays are what the input buffers take: number, shapes and dtypes."""
    if len(arrays) != len(buffers):
        raise UsageError(f"{what} has {len(arrays)} arrays, {taker} takes {len(buffers)}")
    for buffer, array in zip(buffers, arrays, strict=True):
        if array.shape != buffer.shape or array.dtype != buffer.dtype:
            raise UsageError(
                f"{what} is {array.dtype} {array.shape}, {taker} takes {buffer.dtype} {buffer.shape} "
                f"({buffer.name})"
            )
