"""The limits of a multiprocessor, which decide how many blocks are resident.

Source of the numbers (each architecture's file): NVIDIA's occupancy calculator, ``cuda_occupancy.h`` of CUDA
13.0: register unit 256 and shared unit 256 (from 8.0 on: 128), cudaOccRegAllocationGranularity and
cudaOccSMemAllocationGranularity; four partitions, 6.0 two, cudaOccSubPartitionsPerMultiprocessor; blocks,
cudaOccMaxBlocksPerMultiprocessor. Warps (threads / 32), 65,536 registers and shared memory: CUDA C++
Programming Guide, "Technical Specifications per Compute Capability"; 1 KiB reserved per block from 8.0 on:
the guide, chapters "Compute Capability 8.x" and "9.0" (cudaDevAttrReservedSharedMemoryPerBlock). 5.0 to 6.1
from the table of CUDA 12, which still has them.
"""

from __future__ import annotations

from dataclasses import dataclass

WARP = 32
REGISTER_BITS = 32
KIB = 1024


@dataclass(frozen=True)
class Multiprocessor:
    """Limits of a multiprocessor of one compute capability.

    ``registers``: 32-bit registers; ``register_unit``: allocated per warp in multiples of this many;
    ``partitions``: sub-partitions, each with its share of the registers; ``warps``, ``blocks``: most resident
    ones; ``shared_bytes``: shared memory, of which a block gets a multiple of ``shared_unit`` that holds its
    own and ``shared_reserved`` bytes of the system's; ``shared_counted``: how many of those the size in a
    cubin that uses shared memory includes (9.0: all; our own cubins of gemm have 1,024 bytes more there).
    """

    warps: int
    blocks: int
    shared_bytes: int
    shared_unit: int
    shared_reserved: int = 0
    shared_counted: int = 0
    partitions: int = 4
    registers: int = 65536
    register_unit: int = 256

    @property
    def register_bits(self) -> int:
        """Bits of the register file."""
        return self.registers * REGISTER_BITS
