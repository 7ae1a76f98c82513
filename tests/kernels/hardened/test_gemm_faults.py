"""Random faults in a gemm: threads that work together, and checksums."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.kernels.cases import CASES
from tests.kernels.hardened.every_fault import Ending
from tests.kernels.hardened.random_faults import endings

from sassafras.kernels.hardened.technique import Technique

CASE = next(c for c in CASES if c.kernel == "gemm" and c.name == "17x33x18-tame")
TECHNIQUES = (Technique.TMR, Technique.DMR, Technique.DMR_RETRY, Technique.ABFT)
ALLOWED = {Technique.ABFT: 0.3}
"""Share of the plain kernel's SDCs that may be left. Checksums do not see what rounding could have done."""


def totals(found: Counter[tuple[Ending, str]]) -> Counter[Ending]:
    result: Counter[Ending] = Counter()
    for (ending, _), number in found.items():
        result[ending] += number
    return result


def check(technique: Technique, count: int) -> str:
    plain, hardened = (totals(endings(CASE, t, count, seed=5)) for t in (None, technique))
    assert hardened[Ending.SDC] <= ALLOWED.get(technique, 0.0) * plain[Ending.SDC]
    if technique is not Technique.TMR:
        assert hardened[Ending.DETECTED] + hardened[Ending.CORRECTED] > 0.15 * count
    shown = ", ".join(f"{ending.value} {plain[ending]} -> {hardened[ending]}" for ending in Ending)
    return f"gemm {technique}, {count} faults: {shown}"


@pytest.mark.alike(4)
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_few_faults(technique: Technique) -> None:
    check(technique, 100)


@pytest.mark.slow
@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_thousand_faults(technique: Technique, capsys: pytest.CaptureFixture[str]) -> None:
    line = check(technique, 1000)
    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201
