"""Residency: against numbers worked by hand, NVIDIA's own calculator, and a second reading of its rules."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.kernels.layer_cases import LAYER_CASES

from sassafras.architectures.registry import architecture, architectures
from sassafras.errors import UsageError
from sassafras.kernels.geometry import BLOCK, TILE
from sassafras.kernels.occupancy import Limit, allocation, occupancy
from sassafras.kernels.programs import bundled_kernels, load_program

MULTIPROCESSORS = {name: one.multiprocessor for name, one in architectures().items() if one.multiprocessor}
SM_50 = MULTIPROCESSORS["sm_50"]
GTX_750_TI = 5  #: multiprocessors

# Worked by hand for sm_50: a multiprocessor has 4 partitions of 16,384 registers and 64 warps. A warp gets
# registers x 32, rounded up to 256. Blocks have 16 warps (gemm: 8).
#   registers -> of a warp -> warps by registers (4 x floor(16,384 / warp)) -> blocks, share of the file
WORKED = {
    "fill_gpu": (4, 0.25),  # 6 -> 256 -> 256, warps say 4 blocks: 4 x 16 x 256 = 16,384
    "fill_gpu_dmr": (4, 0.5),  # 11 -> 512: 4 x 16 x 512 = 32,768
    "fill_gpu_dmr_retry": (4, 0.5),  # 13 -> 512
    "fill_gpu_tmr": (4, 0.75),  # 19 -> 768 -> 84 warps, warps say 4: 4 x 16 x 768 = 49,152
    "im2col_gpu": (4, 1.0),  # 32 -> 1,024 -> 64 warps: all of it
    "im2col_gpu_dmr": (3, 0.9375),  # 36 -> 1,280 -> 4 x 12 = 48 warps: 3 x 16 x 1,280 = 61,440
    "im2col_gpu_dmr_retry": (3, 0.9375),  # 38 -> 1,280
    "im2col_gpu_tmr": (2, 1.0),  # 58 -> 2,048 -> 4 x 8 = 32 warps: 2 x 16 x 2,048 = 65,536
    "add_bias": (4, 0.5),  # 12 -> 512
    "add_bias_dmr": (4, 0.75),  # 21 -> 768 -> 84 warps, warps say 4: 4 x 16 x 768 = 49,152
    "add_bias_dmr_retry": (4, 0.75),  # 24 -> 768
    "add_bias_tmr": (4, 0.75),  # 23 -> 768
    "activate_array": (4, 0.5),  # 15 -> 512
    "activate_array_dmr": (4, 0.5),  # 15 -> 512
    "activate_array_dmr_retry": (4, 0.75),  # 21 -> 768
    "activate_array_range": (4, 0.5),  # 15 -> 512
    "activate_array_tmr": (4, 0.75),  # 19 -> 768
    "forward_maxpool": (4, 1.0),  # 27 -> 1,024
    "forward_maxpool_dmr": (4, 1.0),  # 27 -> 1,024
    "forward_maxpool_dmr_retry": (4, 1.0),  # 32 -> 1,024
    "forward_maxpool_first_valid": (4, 1.0),  # 26 -> 1,024
    "forward_maxpool_tmr": (2, 0.75),  # 46 -> 1,536 -> 4 x 10 = 40 warps: 2 x 16 x 1,536 = 49,152
    "softmax": (4, 1.0),  # 32 -> 1,024
    "softmax_dmr": (4, 1.0),  # 28 -> 1,024
    "softmax_dmr_retry": (3, 0.9375),  # 34 -> 1,280
    "softmax_tmr": (2, 0.75),  # 45 -> 1,536
    "add": (4, 0.25),  # 8 -> 256
    "add_dmr": (4, 0.5),  # 16 -> 512
    "add_dmr_retry": (4, 0.75),  # 18 -> 768
    "add_tmr": (4, 0.75),  # 19 -> 768
    "concatenate": (4, 0.25),  # 6 -> 256
    "concatenate_dmr": (4, 0.5),  # 14 -> 512
    "concatenate_dmr_retry": (4, 0.5),  # 15 -> 512
    "concatenate_tmr": (4, 0.75),  # 20 -> 768
    "normalize": (4, 0.5),  # 14 -> 512
    "normalize_dmr": (4, 0.75),  # 20 -> 768
    "normalize_dmr_retry": (4, 0.75),  # 23 -> 768
    "normalize_tmr": (4, 0.75),  # 23 -> 768
    "scale_bias": (4, 0.5),  # 12 -> 512
    "scale_bias_dmr": (4, 0.75),  # 21 -> 768
    "scale_bias_dmr_retry": (4, 0.75),  # 24 -> 768
    "scale_bias_tmr": (4, 0.75),  # 23 -> 768
    "im2col_gpu_ext": (3, 0.9375),  # 40 -> 1,280 -> 48 warps: 3 x 16 x 1,280 = 61,440
    "im2col_gpu_ext_dmr": (2, 0.75),  # 46 -> 1,536 -> 4 x 10 = 40 warps: 2 x 16 x 1,536 = 49,152
    "im2col_gpu_ext_dmr_retry": (2, 0.75),  # 45 -> 1,536
    "im2col_gpu_ext_tmr": (2, 1.0),  # 63 -> 2,048
    "shortcut": (4, 0.5),  # 10 -> 512
    "shortcut_dmr": (4, 0.5),  # 15 -> 512
    "shortcut_dmr_retry": (4, 0.75),  # 19 -> 768
    "shortcut_tmr": (4, 0.75),  # 19 -> 768
    "forward_avgpool": (4, 1.0),  # 26 -> 1,024
    "forward_avgpool_dmr": (4, 1.0),  # 27 -> 1,024
    "forward_avgpool_dmr_retry": (4, 1.0),  # 30 -> 1,024
    "forward_avgpool_tmr": (3, 0.9375),  # 40 -> 1,280
    "upsample": (4, 0.75),  # 17 -> 768
    "upsample_dmr": (4, 0.75),  # 23 -> 768
    "upsample_dmr_retry": (4, 1.0),  # 26 -> 1,024
    "upsample_tmr": (4, 1.0),  # 28 -> 1,024
    "reorg": (4, 0.75),  # 18 -> 768
    "reorg_dmr": (4, 0.75),  # 22 -> 768
    "reorg_dmr_retry": (4, 1.0),  # 26 -> 1,024
    "reorg_tmr": (4, 1.0),  # 25 -> 1,024
    "forward_crop": (4, 0.5),  # 11 -> 512
    "forward_crop_dmr": (4, 0.5),  # 16 -> 512
    "forward_crop_dmr_retry": (4, 0.75),  # 20 -> 768
    "forward_crop_tmr": (4, 0.75),  # 20 -> 768
    "guard": (4, 0.25),  # 4 -> 256
    "gemm": (8, 1.0),  # 32 -> 1,024 -> 64 warps; 2,176 bytes -> 2,304: 28 blocks; warps 8
    "gemm_abft": (3, 0.9375),  # 79 -> 2,560 -> 4 x 6 = 24 warps: 3 x 8 x 2,560 = 61,440
    "gemm_check": (8, 1.0),  # 32 -> 1,024 -> 64 warps; 3,072 bytes: 21 blocks; warps 8
    "gemm_repair": (8, 1.0),  # 32 -> 1,024
    "gemm_dmr": (6, 0.9375),  # 40 -> 1,280 -> 48 warps: 6 x 8 x 1,280 = 61,440
    "gemm_dmr_retry": (6, 0.9375),  # 40 -> 1,280
    "gemm_selective": (8, 1.0),  # 32 -> 1,024; 2,176 bytes, as gemm
    "gemm_selective_places": (8, 1.0),  # 32 -> 1,024
    "gemm_selective_sums": (8, 1.0),  # 32 -> 1,024
    "gemm_tmr": (4, 1.0),  # 64 -> 2,048 -> 32 warps: 4 x 8 x 2,048 = 65,536
}


def block_of(kernel: str) -> int:
    return TILE * TILE if kernel.startswith("gemm") else BLOCK


def test_every_bundled_kernel_is_worked_out() -> None:
    others = {f"{case.kernel}{form}" for case in LAYER_CASES for form in ("", "_tmr", "_dmr", "_dmr_retry")}
    assert (
        set(WORKED) == set(bundled_kernels()) - others - {"map_mish", "map_mish_tmr"} | set(WORKED) & others
    )


@pytest.mark.parametrize("kernel", WORKED)
def test_bundled_kernels_allocate_what_was_worked_out_by_hand(kernel: str) -> None:
    program = load_program(kernel)
    found = occupancy(SM_50, program.register_count, program.shared_bytes, block_of(kernel))
    assert (found.blocks, found.allocated(SM_50)) == WORKED[kernel]


# Blocks per multiprocessor that NVIDIA's calculator gives (cuda_occupancy.h of CUDA 13.0, compiled, its
# cudaOccMaxActiveBlocksPerMultiprocessor called with one barrier per block and partitioned caching off), for
# these (registers per thread, bytes of shared memory per block, threads per block).
ASKED = (
    (6, 0, 512), (15, 0, 512), (32, 0, 512), (32, 2176, 256), (55, 0, 512), (56, 6528, 256), (48, 4736, 256),
    (255, 0, 256), (40, 0, 96), (1, 0, 32), (20, 30000, 128), (100, 49152, 64), (168, 0, 384),
    (33, 1000, 1024),
)  # fmt: skip
ANSWERED = {
    "sm_50": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 2, 1, 1, 1),
    "sm_52": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 3, 2, 1, 1),
    "sm_60": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 2, 1, 1, 1),
    "sm_61": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 3, 2, 1, 1),
    "sm_70": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 3, 2, 1, 1),
    "sm_75": (2, 2, 2, 4, 2, 4, 4, 1, 10, 16, 2, 1, 1, 1),
    "sm_80": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 5, 3, 1, 1),
    "sm_86": (3, 3, 3, 6, 2, 4, 5, 1, 16, 16, 3, 2, 1, 1),
    "sm_87": (3, 3, 3, 6, 2, 4, 5, 1, 16, 16, 5, 3, 1, 1),
    "sm_89": (3, 3, 3, 6, 2, 4, 5, 1, 16, 24, 3, 2, 1, 1),
    "sm_90": (4, 4, 4, 8, 2, 4, 5, 1, 16, 32, 7, 4, 1, 1),
}


@pytest.mark.parametrize("arch", MULTIPROCESSORS)
def test_nvidias_calculator_says_the_same(arch: str) -> None:
    found = tuple(occupancy(architecture(arch).limits(), *asked).blocks for asked in ASKED)
    assert found == ANSWERED[arch]


def by_counting(arch: str, registers: int, shared: int, threads: int) -> int:
    """Put one block after another into a multiprocessor until no further one fits."""
    limits = architecture(arch).limits()
    warps = (threads + 31) // 32
    free = [limits.registers // limits.partitions] * limits.partitions
    need = (registers * 32 + limits.register_unit - 1) // limits.register_unit * limits.register_unit
    bytes_left, blocks, resident = limits.shared_bytes, 0, 0
    per_block = shared + limits.shared_reserved
    per_block = (per_block + limits.shared_unit - 1) // limits.shared_unit * limits.shared_unit
    while blocks < limits.blocks and resident + warps <= limits.warps and bytes_left >= per_block:
        for _ in range(warps):
            partition = max(range(len(free)), key=free.__getitem__)
            free[partition] -= need
        if min(free) < 0:
            break
        blocks, resident, bytes_left = blocks + 1, resident + warps, bytes_left - per_block
    return blocks


@given(
    st.sampled_from(sorted(MULTIPROCESSORS)),
    st.integers(1, 255),
    st.integers(0, 48 * 1024),
    st.integers(1, 1024),
)
def test_blocks_fit_as_counted_one_by_one(arch: str, registers: int, shared: int, threads: int) -> None:
    limits = architecture(arch).limits()
    warps = -(-threads // 32)
    # NVIDIA checks a block as if its warps filled all partitions alike.
    assume(-(-registers * 32 // 256) * 256 * (-(-warps // limits.partitions) * limits.partitions) <= 65536)
    found = occupancy(limits, registers, shared, threads)
    assert found.blocks == by_counting(arch, registers, shared, threads)
    assert found.block_registers == warps * (-(-registers * 32 // 256) * 256)
    assert 0 < found.named_share <= 1
    assert found.allocated(limits) <= 1


def test_a_small_grid_does_not_fill_the_device() -> None:
    softmax = load_program("softmax")
    one = allocation(SM_50, GTX_750_TI, softmax, 1, BLOCK)
    assert (one.resident, one.limits) == (1, (Limit.GRID,))
    assert one.fraction == 16 * 1024 / (5 * 65536) == 0.05
    full = allocation(SM_50, GTX_750_TI, softmax, 20, BLOCK)
    assert (full.resident, full.fraction, full.limits) == (20, 1.0, (Limit.REGISTERS, Limit.WARPS))
    less = allocation(SM_50, GTX_750_TI, softmax, 10**9, BLOCK, 32 * 1024)
    assert (less.occupancy.blocks, less.limits) == (2, (Limit.SHARED_MEMORY,))
    assert allocation(SM_50, GTX_750_TI, softmax, 10**9, BLOCK).fraction == 1.0
    assert allocation(SM_50, GTX_750_TI, softmax, 19, BLOCK).fraction == 0.95


def test_rounding_is_allocated_and_not_named() -> None:
    fill = occupancy(SM_50, 6, 0, 512)
    assert (fill.named, fill.block_registers, fill.named_share) == (6 * 512, 8 * 512, 0.75)
    half_empty_warp = occupancy(SM_50, 8, 0, 16)
    assert half_empty_warp.named_share == 0.5
    launch = allocation(SM_50, GTX_750_TI, load_program("fill_gpu"), 1000, 512)
    assert (launch.fraction, launch.named_fraction) == (0.25, 0.1875)


@pytest.mark.parametrize("asked", [(255, 0, 1024), (32, 48 * 1024 + 1, 32), (8, 0, 1025)])
def test_what_fits_nowhere_is_said(asked: tuple[int, int, int]) -> None:
    with pytest.raises(UsageError, match="fits into no multiprocessor"):
        occupancy(SM_50, *asked)


def test_an_unknown_architecture_is_named() -> None:
    with pytest.raises(UsageError, match=r"sm_30.*known are.*sm_50"):
        architecture("sm_30").limits()
    with pytest.raises(UsageError, match=r"^the occupancy limits of sm_53 are not known here"):
        architecture("sm_53").limits()


def test_what_the_system_reserves_is_counted_once() -> None:
    """A cubin of sm_90 includes it, one of sm_80 does not: six blocks that fill the memory exactly."""
    hopper, ampere = architecture("sm_90"), architecture("sm_80")
    own = 2176  # two tiles of gemm and their padding
    for target, included in ((hopper, 1024), (ampere, 0)):
        program = load_program("gemm", target.name)
        assert program.shared_bytes == own + included
        limits = target.limits()
        room = limits.shared_bytes // 6 - own - limits.shared_reserved
        room -= room % limits.shared_unit
        assert allocation(limits, 1, program, 10**6, 64, room).occupancy.blocks == 6
        assert allocation(limits, 1, program, 10**6, 64, room + 256).occupancy.blocks == 5
