"""What buffers hold at the start."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.errors import UsageError
from sassafras.workload.buffer import Buffer
from sassafras.workload.own.expressions import Names, value_of
from sassafras.workload.own.schema import Content, Number

Array = NDArray[Any]
UNSET = 0xFF  #: every byte of a buffer that is not initialised: NaN as a float, -1 as an integer


class Contents:
    """Makes the arrays of one file. ``folder``: what paths are relative to; ``seed``: where a content has
    none; ``names``: for formulas.
    """

    def __init__(self, folder: Path, seed: int, names: Names) -> None:
        self._folder, self._seed, self._names = folder, seed, names

    def array(self, buffer: Buffer, content: Content, where: str) -> Array | None:
        """Of the buffer's shape and dtype; None: zeros. Raises UsageError."""
        assert buffer.shape is not None
        shape, dtype = buffer.shape, buffer.dtype
        if content.uninitialised:
            return np.full(buffer.nbytes, UNSET, np.uint8).view(dtype).reshape(shape)
        if content.file is not None:
            return self._of_file(self._folder / content.file, buffer, where)
        if content.values is not None:
            return _fitting(content.values, buffer, where)
        if content.fill is not None:
            return _fitting(np.full(shape, self._number(content.fill, f"{where}.fill")), buffer, where)
        if content.range is not None:
            numbers = [self._number(one, f"{where}.range") for one in content.range]
            start, step = (*numbers, 1)[:2]
            return _fitting((start + step * np.arange(int(np.prod(shape)))).reshape(shape), buffer, where)
        if content.random is not None:
            return self._random(buffer, content, where)
        return None

    def _number(self, given: Number, where: str) -> int | float:
        value = value_of(given, self._names, where) if isinstance(given, str) else given
        if not isinstance(value, int | float):
            raise UsageError(f"{where}: {given!r} is a buffer, not a number")
        return value

    def _random(self, buffer: Buffer, content: Content, where: str) -> Array:
        """Drawn by a counter-based generator (Philox): key from the seed, stream from the buffer's name."""
        seed = self._seed if content.seed is None else content.seed
        key = np.array([seed, zlib.crc32(buffer.name.encode())], np.uint64)
        dice = np.random.Generator(np.random.Philox(key=key))
        defaults = {"low": 0, "high": 1, "mean": 0, "std": 1}
        given = {name: getattr(content, name) for name in defaults}
        low, high, mean, std = (
            self._number(defaults[name] if value is None else value, f"{where}.{name}")
            for name, value in given.items()
        )
        shape = buffer.shape or ()
        if content.random == "normal":
            return _fitting(mean + std * dice.standard_normal(shape), buffer, where)
        if not low < high:
            raise UsageError(f"{where}: low {low} and high {high}: high must be larger")
        if content.random == "uniform":
            return _fitting(low + (high - low) * dice.random(shape), buffer, where)
        if not (float(low).is_integer() and float(high).is_integer()):
            raise UsageError(f"{where}: random integers lie between whole numbers, not {low} and {high}")
        return _fitting(dice.integers(int(low), int(high), shape), buffer, where)

    def _of_file(self, path: Path, buffer: Buffer, where: str) -> Array:
        try:
            if path.suffix == ".npy":
                return _fitting(np.load(path, allow_pickle=False), buffer, f"{where}: {path}", exact=True)
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{where}: cannot read {path}: {error.strerror}") from error
        except (ValueError, EOFError) as error:
            raise UsageError(f"{where}: {path} is no .npy file: {error}") from error
        if len(content) != buffer.nbytes:
            raise UsageError(
                f"{where}: {path} has {len(content)} bytes, the buffer {buffer.name} has {buffer.nbytes} "
                f"({buffer.dtype} {buffer.shape})"
            )
        return np.frombuffer(content, buffer.dtype).reshape(buffer.shape or ())


def _fitting(values: Any, buffer: Buffer, where: str, *, exact: bool = False) -> Array:
    """Values as an array of the buffer. ``exact``: only of its dtype. Raises UsageError."""
    try:
        found = np.asarray(values)
        size, wanted = found.shape, buffer.shape
        if size != wanted:
            raise UsageError(f"{where} has shape {size}, the buffer {buffer.name} has {wanted}")
        if exact and found.dtype != buffer.dtype:
            raise UsageError(f"{where} is {found.dtype}, the buffer {buffer.name} is {buffer.dtype}")
        with np.errstate(over="ignore", invalid="ignore"):
            made = found.astype(buffer.dtype)
        if buffer.dtype.kind in "iu" and not np.array_equal(made, found):
            raise UsageError(f"{where}: a value is none of {buffer.dtype}")
        return np.ascontiguousarray(made)
    except (ValueError, TypeError):
        raise UsageError(f"{where}: these are no values of {buffer.dtype}") from None


def overridden(inputs: Mapping[str, Mapping[str, Content]]) -> tuple[str, ...]:
    """Names of the buffers that sets of inputs fill. Raises UsageError where one set leaves one out."""
    every = tuple(dict.fromkeys(name for given in inputs.values() for name in given))
    for name, given in inputs.items():
        if missing := [buffer for buffer in every if buffer not in given]:
            raise UsageError(f"inputs: {name} does not say what {missing[0]} holds, others do")
    return every
