"""How ``gemm`` takes faults through a launch: all states go through the weights in one exact product."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.carry import Carried, Channels, Golden, Pieces, channels_of, covers, only
from sassafras.kernels.exact_gemm import gemm
from sassafras.kernels.pieces import Map, Patch, around, put_over
from sassafras.kernels.window_copy import copy_windows

WIDEST = 640  #: columns that go through one gemm at a time: they stay in the cache
_kept = threading.local()


def carry(golden: Golden, states: Sequence[Pieces], arguments: Arguments) -> Sequence[Carried | None]:
    """Columns of a convolution's product, or rows of a connected layer's. Weights are no map."""
    a = {name: int(value) for name, value in arguments.items() if name in _USED}
    if a["transpose_b"]:
        return _connected(golden, states, a)
    return _convolution(golden, states, a)


_USED = ("transpose_b", "m", "n", "k", "a", "b", "c", "lda", "ldb", "ldc")


def _parts(golden: Golden, a: dict[str, int]) -> tuple[Channels, Channels] | None:
    """Where C is m channels of a map, B k rows of an unfolded image or of a map of the same pixels, no gaps
    anywhere: they. Groups of channels have parts of both.
    """
    found = golden.holding(a["c"])
    if found is None or (a["lda"], a["ldb"], a["ldc"]) != (a["k"], a["n"], a["n"]):
        return None
    pixels = found[1][1:]
    product, unfolded = (
        channels_of(golden, a["c"], a["m"], pixels),
        channels_of(golden, a["b"], a["k"], pixels),
    )
    if product is None or unfolded is None or pixels[0] * pixels[1] != a["n"]:
        return None
    return product, unfolded


def _whole(golden: Golden, a: dict[str, int]) -> bool:
    """Whether they are whole maps."""
    parts = _parts(golden, a)
    if parts is None:
        return False
    shapes = golden.shape(a["c"]), golden.shape(a["b"])
    return [shape and shape[0] for shape in shapes] == [a["m"], a["k"]]


def _convolution(golden: Golden, states: Sequence[Pieces], a: dict[str, int]) -> Sequence[Carried | None]:
    parts = _parts(golden, a)
    if parts is None:
        return [None] * len(states)
    c, b = parts
    found: list[Carried | None] = [None] * len(states)
    chosen = [k for k, pieces in enumerate(states) if only(pieces, b.buffer, c.buffer)]
    jobs = [_job(golden, states[k], c, b) for k in chosen]
    weights = golden.floats(a["a"], a["m"] * a["k"]).reshape(a["m"], a["k"])
    for start, end in _batches([job.count for job in jobs], WIDEST):
        patches = _multiply(weights, jobs[start:end], c)
        for k, patch in zip(chosen[start:end], patches, strict=True):
            found[k] = Carried({c.buffer: patch})
    return found


@dataclass(frozen=True)
class _Job:
    """Part of a convolution's product for one state: of ``whole``, float32 (channels, height, width), the
    channels that are the product's += weights x ``columns``, float32 (..., height, width), gives the pixels
    from (top, left) on.
    """

    top: int
    left: int
    whole: Map
    columns: Map

    @property
    def count(self) -> int:
        """Pixels."""
        return int(self.whole.shape[-2] * self.whole.shape[-1])


def _job(golden: Golden, pieces: Pieces, c: Channels, b: Channels) -> _Job:
    """The columns of the product that pieces can change: their sums so far, and the unfolded image's."""
    columns, product = pieces.get(b.buffer), pieces.get(c.buffer)
    box = around(columns, product)
    whole = put_over(golden.map(c.buffer), product, box)
    return _Job(box.top, box.left, whole, b.of(put_over(golden.map(b.buffer), columns, box)))


def _multiply(weights: Map, jobs: list[_Job], product: Channels) -> list[Patch]:
    """The products of some jobs, side by side in one gemm."""
    ends = list(itertools.accumulate(job.count for job in jobs))
    columns, c = _room(weights.shape[1], ends[-1]), np.empty((len(weights), ends[-1]), np.float32)
    parts = [slice(end - job.count, end) for job, end in zip(jobs, ends, strict=True)]
    for job, part in zip(jobs, parts, strict=True):
        copy_windows(job.columns, columns[:, part])
        copy_windows(product.of(job.whole), c[:, part])
    gemm(weights, columns, c)
    found = []
    for job, part in zip(jobs, parts, strict=True):
        values = np.ascontiguousarray(c[:, part]).reshape(-1, *job.whole.shape[-2:])
        if len(values) < len(job.whole):  # the other channels stay
            made, values = values, job.whole.copy()
            values[product.first : product.end] = made
        found.append(Patch(product.buffer, job.top, job.left, values))
    return found


def _room(rows: int, columns: int) -> Map:
    """A matrix in memory that is used again and again: fresh pages cost as much as filling them."""
    if getattr(_kept, "matrix", np.empty(0)).size < rows * columns:
        _kept.matrix = np.empty(rows * columns, np.float32)
    room: Map = _kept.matrix[: rows * columns].reshape(rows, columns)
    return room


def _batches(sizes: list[int], most: int) -> list[tuple[int, int]]:
    """Neighbours [start, end) whose sizes add up to at most ``most`` (a larger one stands alone)."""
    found, start, total = [], 0, 0
    for k, size in enumerate(sizes):
        if k > start and total + size > most:
            found.append((start, k))
            start, total = k, 0
        total += size
    if start < len(sizes):
        found.append((start, len(sizes)))
    return found


# connected layers -------------------------------------------------------------------------------------


def _is_connected(golden: Golden, a: dict[str, int]) -> bool:
    """Whether A is one vector, a map of k values, and C one of n."""
    steps = a["m"] == 1 and a["ldb"] == a["k"]
    return steps and covers(golden, a["a"], a["k"]) and covers(golden, a["c"], a["n"])


def _connected(golden: Golden, states: Sequence[Pieces], a: dict[str, int]) -> Sequence[Carried | None]:
    if not _is_connected(golden, a):
        return [None] * len(states)
    found: list[Carried | None] = [None] * len(states)
    weights = golden.floats(a["b"], a["n"] * a["k"]).reshape(a["n"], a["k"])
    vectors = [k for k, p in enumerate(states) if only(p, a["a"], a["c"]) and a["a"] in p]
    rows = _products(golden, [states[k] for k in vectors], weights, a)
    for k, row in zip(vectors, rows, strict=True):
        found[k] = _vector(golden, row, a)
    for k, pieces in enumerate(states):
        if found[k] is None and only(pieces, a["c"]):
            found[k] = _vector(golden, _struck_sums(golden, pieces, weights, a), a)
    return found


def _vector(golden: Golden, row: Map, a: dict[str, int]) -> Carried:
    """A product as a piece: the whole of it."""
    return Carried({a["c"]: Patch(a["c"], 0, 0, row.reshape(golden.map(a["c"]).shape))})


def _faulty(golden: Golden, pieces: Pieces, address: int) -> Map:
    """All values of a map of a state, float32 (count,)."""
    whole, piece = golden.map(address), pieces.get(address)
    return (piece.over(whole) if isinstance(piece, Patch) else whole).reshape(-1)


def _products(golden: Golden, states: list[Pieces], weights: Map, a: dict[str, int]) -> list[Map]:
    """The products of states whose input is faulty."""
    if not states:
        return []
    inputs = np.stack([_faulty(golden, pieces, a["a"]) for pieces in states])
    sums = np.stack([_faulty(golden, pieces, a["c"]) for pieces in states])
    gemm(inputs, weights, sums, transpose_b=True)
    return [row.copy() for row in sums]


def _struck_sums(golden: Golden, pieces: Pieces, weights: Map, a: dict[str, int]) -> Map:
    """The product of a state whose sums so far alone are faulty: only those that differ are made again."""
    before, now = golden.floats(a["c"], a["n"]), _faulty(golden, pieces, a["c"])
    changed = np.flatnonzero(now.view(np.uint32) != before.view(np.uint32))
    part = now[changed][None]
    gemm(golden.floats(a["a"], a["k"])[None], np.ascontiguousarray(weights[changed]), part, transpose_b=True)
    output = golden.floats_after(a["c"], a["n"]).copy()
    output[changed] = part[0]
    return output


# weights ----------------------------------------------------------------------------------------------


def carry_weights(
    golden: Golden, addresses: NDArray[np.int64], contents: NDArray[np.uint8], arguments: Arguments
) -> Carried | None:
    """The product where the weights alone are faulty: they change whole rows of it and nothing else. None if
    other bytes are faulty.
    """
    a = {name: int(value) for name, value in arguments.items() if name in _USED}
    connected = bool(a["transpose_b"])
    if not (_is_connected(golden, a) if connected else _whole(golden, a)):
        return None
    start, outputs = (a["b"], a["n"]) if connected else (a["a"], a["m"])
    if addresses[0] < start or addresses[-1] >= start + 4 * outputs * a["k"]:
        return None
    weights = golden.floats(start, outputs * a["k"]).reshape(outputs, a["k"])
    rows = np.unique((addresses - start) // 4 // a["k"])
    faulty = weights[rows]
    row, byte = np.divmod(addresses - start, 4 * a["k"])
    faulty.view(np.uint8)[np.searchsorted(rows, row), byte] = contents
    after = golden.map_after(a["c"]).copy()
    flat = after.reshape(outputs, -1)
    sums = golden.floats(a["c"], after.size).reshape(flat.shape)[rows]
    if connected:
        part = sums.reshape(1, -1)
        gemm(golden.floats(a["a"], a["k"])[None], faulty, part, transpose_b=True)
        sums = part.reshape(sums.shape)
    else:
        gemm(faulty, golden.floats(a["b"], a["k"] * a["n"]).reshape(a["k"], a["n"]), sums)
    flat[rows] = sums
    return Carried({a["c"]: Patch(a["c"], 0, 0, after)})
