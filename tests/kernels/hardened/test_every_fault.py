"""One thread, every single-bit IOV fault: what TMR and DMR let through, instruction by instruction."""

from __future__ import annotations

import pytest
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.every_fault import Ending, Survey, survey

from sassafras.kernels.hardened.technique import Technique

SMALL = {"add_bias": ("1x5x121", 130), "im2col_gpu": ("4x10x10-k2-p1-s3", 18)}
"""Case and thread: one in the middle, whose window touches the border."""
AFTER = {
    Technique.TMR: ("LOP3.LUT", "ISETP.NE.AND P0", "STG.E"),
    Technique.DMR: ("ISETP", "MOV", "@!P0 STG.E", "STG.E"),
    Technique.DMR_RETRY: ("ISETP", "MOV", "@!P0 STG.E", "STG.E"),
}
"""What stands between agreement and memory: the vote or comparison, the guard, a moved address, the store."""
PAIRS = [(kernel, technique) for kernel in SMALL for technique in AFTER]


def case_of(kernel: str) -> tuple[Case, int]:
    name, thread = SMALL[kernel]
    return next(c for c in CASES if c.kernel == kernel and c.name == name), thread


def check(kernel: str, technique: Technique, every: int) -> tuple[Survey, Survey]:
    case, thread = case_of(kernel)
    plain, hardened = survey(case, None, thread, every), survey(case, technique, thread, every)
    instructions = [text.split(" ", 1)[1] for text in hardened.unprotected]
    assert all(text.startswith(AFTER[technique]) for text in instructions), hardened.unprotected
    assert len(hardened.unprotected) <= 5
    share = hardened.endings[Ending.SDC] / hardened.struck
    assert share < 0.1 * plain.endings[Ending.SDC] / plain.struck
    return plain, hardened


@pytest.mark.parametrize(("kernel", "technique"), PAIRS)
def test_a_sample_of_faults_passes_only_behind_the_agreement(kernel: str, technique: Technique) -> None:
    _, hardened = check(kernel, technique, every=29)
    noticed = hardened.endings[Ending.DETECTED] + hardened.endings[Ending.CORRECTED]
    assert (noticed > 0) == (technique is not Technique.TMR)


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "technique"), PAIRS)
def test_every_fault_passes_only_behind_the_agreement(
    kernel: str, technique: Technique, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, hardened = check(kernel, technique, every=1)
    with capsys.disabled():
        print(f"\n{kernel} plain: {str(plain).splitlines()[0]}\n{kernel} {technique}: {hardened}")  # noqa: T201
    if technique is Technique.DMR:
        # What reaches memory is a word that was struck on its way there, after the comparison.
        assert hardened.endings[Ending.CORRECTED] == 0
    if technique is Technique.DMR_RETRY:
        assert hardened.endings[Ending.CORRECTED] > 10 * hardened.endings[Ending.DETECTED]
