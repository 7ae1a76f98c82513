"""One invocation of a kernel: geometry and parameters."""

from __future__ import annotations

from dataclasses import dataclass

Dim = tuple[int, int, int]


@dataclass(frozen=True)
class Launch:
    """Grid and block in (x, y, z), the packed parameter area exactly as the kernel reads it from constant
    bank 0, and the bytes of shared memory that each block gets behind the kernel's own (CUDA's dynamic shared
    memory: what ``extern __shared__`` arrays lie in).
    """

    grid: Dim
    block: Dim
    parameters: bytes
    shared_bytes: int = 0

    @property
    def blocks(self) -> int:
        """Blocks of the grid."""
        return self.grid[0] * self.grid[1] * self.grid[2]

    @property
    def threads_per_block(self) -> int:
        """Threads of a block."""
        return self.block[0] * self.block[1] * self.block[2]

    @property
    def threads(self) -> int:
        """Threads of the launch. Thread ``t`` is thread ``t % threads_per_block`` of block ``t //
        threads_per_block``; x runs fastest.
        """
        return self.blocks * self.threads_per_block
