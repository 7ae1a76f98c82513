"""One thread, every single-bit IOV fault: what TMR and DMR let through, instruction by instruction."""

from __future__ import annotations

import pytest
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.every_fault import Ending, Survey, survey
from tests.kernels.sample import every_nth, pairs

from sassafras.kernels.hardened.technique import Technique

SMALL = {
    "add_bias": ("1x5x121", 130),
    "im2col_gpu": ("4x10x10-k2-p1-s3", 18),
    "add": ("600-to-a", 130),
    "concatenate": ("600-from-7", 130),
    "normalize": ("1x5x121-1e-05", 130),
    "scale_bias": ("1x5x121", 130),
    "im2col_gpu_ext": ("4x10x10-k2x2-s3x3-d1x1", 18),
    "shortcut": ("3x5x7-s2", 40),
    "forward_avgpool": ("3x49-0.0", 1),
    "upsample": ("3x5x7-s2-1.0", 40),
    "reorg": ("18x3x6-s3", 40),
    "forward_crop": ("3x9x8-5x6-2.0", 40),
    **{f"map_{name}": ("1031", 130) for name in ("sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "exp")},
    **{f"map_{name}": ("1031", 130) for name in ("log", "sqrt", "neg", "erf", "mish")},
    "map_clip": ("1031-0.0-6.0", 130),
    "map_hard_sigmoid": ("1031-0.2-0.5", 130),
    "map_hard_swish": (f"1031-{1 / 6}-0.5", 130),
    "map_leaky": ("1031-0.1", 130),
    "map_elu": ("1031-1.0", 130),
    "window_max": ("oblong-0.05", 7),
    "window_mean": ("oblong-0.05", 7),
    "reduce_max": ("row-0.02", 4),
    "reduce_min": ("row-0.02", 4),
    "reduce_sum": ("row-0.02-7.0", 4),
    "response_norm": ("usual-0.02", 33),
    "copy_strided": ("turned", 50),
    "copy_padded": ("spread-0.0", 81),
    "resize_nearest": ("centres", 45),
    "resize_bilinear": ("centres-centre-0.0", 45),
    **{f"broadcast_{name}": ("channel", 17) for name in ("add", "sub", "mul", "div", "prelu", "pow")},
}
"""Case and thread: one in the middle; a window that touches the border, a sum in place."""
LONG = ("add_bias", "im2col_gpu", "im2col_gpu_ext", "reorg", "forward_crop")
DETECTED_IN_ADD_BIAS = 282
MOVED = (
    18  #: bits of half an address that, struck where it moves to another register, lead to where nothing lies
)
MOVED_TWICE = ("map_clip", "map_hard_sigmoid", "map_leaky", "map_elu", "response_norm")
"""Kernels in which ptxas moves two halves of addresses behind the comparison, not one as in ``add_bias``."""
TECHNIQUES = (Technique.TMR, Technique.DMR, Technique.DMR_RETRY)
PAIRS = [(kernel, technique) for kernel in SMALL for technique in TECHNIQUES]


def case_of(kernel: str) -> tuple[Case, int]:
    name, thread = SMALL[kernel]
    return next(c for c in CASES if c.kernel == kernel and c.name == name), thread


def check(kernel: str, technique: Technique, every: int) -> tuple[Survey, Survey]:
    case, thread = case_of(kernel)
    plain, hardened = survey(case, None, thread, every), survey(case, technique, thread, every)
    assert not hardened.unprotected
    assert hardened.endings[Ending.SDC] == 0 < plain.endings[Ending.SDC]
    return plain, hardened


@pytest.mark.alike(3)
@pytest.mark.parametrize(("kernel", "technique"), every_nth(2, pairs(PAIRS)))
def test_no_fault_of_a_sample_changes_memory_unnoticed(kernel: str, technique: Technique) -> None:
    _, hardened = check(kernel, technique, every=29)
    noticed = hardened.endings[Ending.DETECTED] + hardened.endings[Ending.CORRECTED]
    assert (noticed > 0) == (technique is not Technique.TMR)


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "technique"), PAIRS)
def test_no_fault_changes_memory_unnoticed(
    kernel: str, technique: Technique, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, hardened = check(kernel, technique, every=1)
    with capsys.disabled():
        print(f"\n{kernel} plain: {str(plain).splitlines()[0]}\n{kernel} {technique}: {hardened}")  # noqa: T201
    if technique is Technique.DMR:
        # What reaches memory is a word that was struck on its way there, after the comparison.
        assert hardened.endings[Ending.CORRECTED] == 0
    if technique is Technique.DMR_RETRY:
        # Detected is only what struck between the comparison and the look at memory behind the store: little
        # beside a long computation; beside a short one it is no more than beside a long one.
        if kernel in LONG:
            assert hardened.endings[Ending.CORRECTED] > 5 * hardened.endings[Ending.DETECTED]
        else:
            most = DETECTED_IN_ADD_BIAS + (MOVED if kernel in MOVED_TWICE else 0)
            assert 0 < hardened.endings[Ending.DETECTED] <= most
