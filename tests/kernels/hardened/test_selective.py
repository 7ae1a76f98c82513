"""Selective duplication in gemm: what is done twice is, what moves data is not, and faults show it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.every_fault import Ending
from tests.kernels.hardened.launches import prepare
from tests.kernels.hardened.random_faults import endings
from tests.kernels.hardened.test_copies import executed

from sassafras.hardening.plan import protect
from sassafras.hardening.workload import harden
from sassafras.kernels.hardened.technique import Technique
from sassafras.network.alexnet import load_alexnet
from sassafras.network.frames import render_frame
from sassafras.network.images import image_from_frame
from sassafras.simulation.workbench import Workbench

STEPS = 3  #: of the long case: the last one has one product
LEFT = {Technique.SELECTIVE_SUMS: 0.85, Technique.SELECTIVE_PLACES: 0.7, Technique.SELECTIVE: 0.45}
"""Share of the plain kernel's silent corruptions that may be left, on a case that is all edges."""
SUMS = [Technique.SELECTIVE_SUMS, Technique.SELECTIVE]


def case(name: str) -> Case:
    return next(c for c in CASES if c.kernel == "gemm" and c.name == name)


@pytest.mark.parametrize("technique", LEFT)
def test_sums_are_computed_twice_and_data_moves_once(technique: Technique) -> None:
    """The compiler keeps both sums apart, and adds no access in the loop: one load of C, and the look whether
    the result has arrived.
    """
    given = case("17x33x18-tame")
    plain, hardened = executed(prepare(given, None)), executed(prepare(given, technique))
    assert hardened["FFMA"] == (2 if technique in SUMS else 1) * plain["FFMA"]
    for opcode in ("LDS", "STS", "STG"):
        assert hardened[opcode] == plain[opcode], opcode
    results = plain["STG"]
    more = (technique in SUMS) + (technique is not Technique.SELECTIVE_SUMS)
    assert hardened["LDG"] == plain["LDG"] + more * results
    assert hardened["LDL"] == hardened["STL"] == 0


def by_opcode(technique: Technique | None, count: int) -> Counter[str]:
    """Silent corruptions by what was struck."""
    found: Counter[str] = Counter()
    for (ending, opcode), number in endings(case("17x33x18-tame"), technique, count, seed=5).items():
        if ending is Ending.SDC:
            found[opcode] += number
    return found


def check(technique: Technique, count: int) -> str:
    plain, hardened = (by_opcode(t, count) for t in (None, technique))
    if technique in SUMS:
        assert plain["FFMA"] > 0 == hardened["FFMA"]
    assert hardened.total() <= LEFT[technique] * plain.total()
    return f"gemm {technique}, {count} faults: SDC {plain.total()} -> {hardened.total()}"


def test_a_few_faults() -> None:
    check(Technique.SELECTIVE, 100)


@pytest.mark.slow
@pytest.mark.parametrize("technique", LEFT)
def test_a_thousand_faults(technique: Technique, capsys: pytest.CaptureFixture[str]) -> None:
    line = check(technique, 1000)
    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201


@pytest.mark.slow
@pytest.mark.parametrize("technique", LEFT)
def test_every_product_of_alexnet_has_the_bits_of_the_twin(technique: Technique) -> None:
    network = harden(load_alexnet(), protect({"gemm": technique}))
    bench = Workbench(network, [image_from_frame(render_frame(100, 0))])
    golden = bench.golden(0)
    launches = 0
    for planned in golden.plan:
        if planned.kernel != "gemm":
            continue
        golden.go_before(planned.index)
        emulated = golden.memory.data.copy()
        result = bench.machine(planned.spec).run(planned.launch, golden.memory)
        assert result.trap is None
        after, golden.memory.data[...] = golden.memory.data.copy(), emulated
        golden.go_before(planned.index + 1)
        for region in planned.spec.writes(planned.arguments):
            start = region.address - golden.memory.layout.base
            part = slice(start, start + region.nbytes)
            np.testing.assert_array_equal(after[part], golden.memory.data[part])
        launches += 1
    assert launches == 8
