"""How much of a register file a launch allocates: the rules of CUDA's occupancy calculator.

A block is resident while it runs. How many fit into a multiprocessor is decided by registers, shared memory,
warps and blocks; registers are allocated to warps, in units. Source of the rules: NVIDIA's occupancy
calculator (``cuda_occupancy.h`` of CUDA 13.0, functions named in the docstrings below); the numbers are the
architecture's (`sassafras.architectures.multiprocessor`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sassafras.architectures.architecture import LAUNCH
from sassafras.architectures.multiprocessor import WARP, Multiprocessor
from sassafras.errors import UsageError
from sassafras.isa.program import Program
from sassafras.isa.target import LaunchLimits


class Limit(StrEnum):
    """What keeps a further block out of a multiprocessor."""

    REGISTERS = "registers"
    SHARED_MEMORY = "shared memory"
    WARPS = "warps"
    BLOCKS = "blocks"
    GRID = "grid"  #: there are no more blocks


@dataclass(frozen=True)
class Occupancy:
    """Residency of a kernel. ``blocks``: that fit into a multiprocessor; ``limits``: what keeps out the next
    one (several, where they agree); ``block_registers``: allocated to a block; ``named``: of them, those
    that the program can name and a thread stands behind (the others are rounding).
    """

    blocks: int
    limits: tuple[Limit, ...]
    block_registers: int
    named: int

    @property
    def named_share(self) -> float:
        """Named registers / allocated registers."""
        return self.named / self.block_registers if self.block_registers else 0.0

    def allocated(self, limits: Multiprocessor) -> float:
        """Share of the register file that full residency allocates."""
        return self.blocks * self.block_registers / limits.registers


def occupancy(
    limits: Multiprocessor,
    registers: int,
    shared_bytes: int,
    threads_per_block: int,
    launch: LaunchLimits = LAUNCH,
) -> Occupancy:
    """How many blocks of a kernel are resident in a multiprocessor: the least of the four limits.

    ``registers``: per thread; ``shared_bytes``: per block; ``launch``: the largest
    launches. Follows cudaOccMaxActiveBlocksPerMultiprocessor
    without partitioned caching. Raises UsageError for a block that fits nowhere.
    """
    warps = _ceil(threads_per_block, WARP)
    warp_registers = _round_up(registers * WARP, limits.register_unit)
    per_kind = {
        Limit.REGISTERS: _by_registers(limits, warp_registers, warps),
        Limit.SHARED_MEMORY: _by_shared_memory(limits, shared_bytes)
        if shared_bytes <= launch.shared_bytes
        else 0,
        Limit.WARPS: limits.warps // warps if threads_per_block <= launch.threads else 0,
        Limit.BLOCKS: limits.blocks,
    }
    blocks = min(count for count in per_kind.values() if count is not None)
    if blocks == 0:
        raise UsageError(
            f"a block of {threads_per_block} threads with {registers} registers each and {shared_bytes} "
            "bytes of shared memory fits into no multiprocessor; choose a smaller block"
        )
    binding = tuple(kind for kind, count in per_kind.items() if count == blocks)
    return Occupancy(blocks, binding, warp_registers * warps, registers * threads_per_block)


def _by_registers(limits: Multiprocessor, warp_registers: int, warps: int) -> int | None:
    """cudaOccMaxBlocksPerSMRegsLimit: warps fill each partition by itself; a block must fit as if its warps
    took all partitions alike. None: no limit.
    """
    if warp_registers == 0:
        return None
    if warp_registers * _round_up(warps, limits.partitions) > limits.registers:
        return 0
    per_partition = limits.registers // limits.partitions // warp_registers
    return per_partition * limits.partitions // warps


def _by_shared_memory(limits: Multiprocessor, shared_bytes: int) -> int | None:
    """cudaOccMaxBlocksPerSMSmemLimit; None: no limit."""
    each = _round_up(shared_bytes + limits.shared_reserved, limits.shared_unit)
    return limits.shared_bytes // each if each else None


@dataclass(frozen=True)
class Allocation:
    """What a launch allocates of a device's register file while it runs. ``resident``: blocks on the whole
    device at once; ``fraction``: share of the register file.
    """

    occupancy: Occupancy
    limits: tuple[Limit, ...]
    resident: int
    fraction: float

    @property
    def named_fraction(self) -> float:
        """Share of the register file that the program can name."""
        return self.fraction * self.occupancy.named_share


def allocation(
    limits: Multiprocessor,
    multiprocessors: int,
    program: Program,
    blocks: int,
    threads_per_block: int,
    shared_bytes: int = 0,
) -> Allocation:
    """What a launch of ``blocks`` blocks allocates: as many blocks as fit, or all there are.
    ``shared_bytes``: of a block, beside the program's own.

    The last, partial wave of a larger grid is taken for a full one, and a block for one that keeps its
    registers as long as the launch takes: an upper bound.
    """
    own = max(program.shared_bytes - limits.shared_counted, 0)
    found = occupancy(
        limits,
        program.register_count,
        own + shared_bytes,
        threads_per_block,
        program.architecture.launch,
    )
    room = found.blocks * multiprocessors
    resident = min(blocks, room)
    return Allocation(
        found,
        found.limits if blocks >= room else (Limit.GRID,),
        resident,
        resident * found.block_registers / (multiprocessors * limits.registers),
    )


def _ceil(count: int, unit: int) -> int:
    return -(-count // unit)


def _round_up(count: int, unit: int) -> int:
    return _ceil(count, unit) * unit
