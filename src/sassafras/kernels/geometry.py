"""How Darknet splits work into blocks and threads."""

from __future__ import annotations

from math import isqrt

from sassafras.emulator.launch import Dim

BLOCK = 512  #: threads of a block
LARGEST_GRID = 65535  #: blocks along x that Darknet is content with
TILE = 16  #: edge of a gemm block (``cuda/gemm.cu``)


def linear(n: int) -> tuple[Dim, Dim]:
    """One thread per element, as Darknet's ``cuda_gridsize``: a square of blocks where a line would be too
    long.
    """
    blocks = (n - 1) // BLOCK + 1
    x, y = blocks, 1
    if blocks > LARGEST_GRID:
        x = isqrt(blocks - 1) + 1
        y = (n - 1) // (x * BLOCK) + 1
    return (x, y, 1), (BLOCK, 1, 1)


def line(n: int) -> tuple[Dim, Dim]:
    """One line of blocks, as Darknet's ``im2col_ongpu``."""
    return ((n + BLOCK - 1) // BLOCK, 1, 1), (BLOCK, 1, 1)


def tiles(rows: int, columns: int) -> tuple[Dim, Dim]:
    """One block per 16 x 16 tile of a matrix."""
    return (-(-columns // TILE), -(-rows // TILE), 1), (TILE, TILE, 1)
