"""Without a fault a hardened kernel leaves the bits of the plain one and raises no flag.

Those that compute something else (``changes_flow``) have tests of their own: ``test_variants``.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.kernels import sample
from tests.kernels.cases import CASES, Case
from tests.kernels.darknet_cases import DARKNET_CASES
from tests.kernels.hardened.launches import prepare
from tests.kernels.layer_cases import LAYER_CASES
from tests.kernels.sample import sampled
from tests.kernels.twins import by_twin

from sassafras.kernels.hardened.registry import HARDENED, techniques_of
from sassafras.kernels.hardened.technique import Technique

FIRST = {case.kernel: case for case in reversed(CASES)}
MORE = {case.kernel for case in (*DARKNET_CASES, *LAYER_CASES)}  #: of these, one case is quick, all are slow
FEW: dict[Technique, tuple[str, ...]] = {
    Technique.SELECTIVE_SUMS: (),
    Technique.SELECTIVE_PLACES: (),
    Technique.SELECTIVE: (
        "17x33x18-wild",
        "17x33x18-transposed-wild",
        "5x7x0-tame",
        "1x50x37-transposed-tame",
    ),
}
"""Settings of one source: these cases are quick, all are slow."""
EVERY = [
    (case, technique)
    for case in CASES
    for technique in techniques_of(case.kernel)
    if not technique.changes_flow
]
PAIRS = sampled(
    EVERY,
    lambda each: (
        (each[0].kernel, each[1]) in sample.PAIRS
        and (each[0].kernel not in MORE or each[0] is FIRST[each[0].kernel])
        and each[0].name in FEW.get(each[1], (each[0].name,))
    ),
)


@pytest.mark.alike(3)
@pytest.mark.parametrize(("case", "technique"), sample.every_nth(2, PAIRS))
def test_memory_is_bitwise_that_of_the_plain_kernel(case: Case, technique: Technique) -> None:
    plain, hardened = prepare(case, None), prepare(case, technique)
    assert plain.machine.run(plain.launch, plain.memory).trap is None
    result = hardened.machine.run(hardened.launch, hardened.memory)
    assert result.trap is None
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)
    assert not hardened.flags.any()


@pytest.mark.parametrize(("case", "technique"), PAIRS)
def test_the_twin_and_the_regions_are_the_plain_ones(case: Case, technique: Technique) -> None:
    plain, hardened = prepare(case, None), prepare(case, technique)
    assert hardened.kernel is HARDENED[case.kernel, technique]
    assert hardened.kernel.geometry(hardened.arguments) == plain.kernel.geometry(plain.arguments)
    assert hardened.kernel.reads(hardened.arguments) == plain.kernel.reads(plain.arguments)
    stored = plain.kernel.writes(plain.arguments)
    writes = hardened.kernel.writes(hardened.arguments)
    assert writes[: len(stored)] == stored
    flags = hardened.memory.layout["flags"]
    assert all(flags.address <= r.address and r.nbytes == 4 for r in writes[len(stored) :])
    by_twin(plain.kernel, plain.memory, plain.arguments)
    by_twin(hardened.kernel, hardened.memory, hardened.arguments)
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)


@pytest.mark.parametrize(("case", "technique"), PAIRS)
def test_what_registers_hold_at_the_start_does_not_matter(case: Case, technique: Technique) -> None:
    """On hardware they hold anything; emulated they are zero, which would hide a value that is never set."""
    plain, hardened = prepare(case, None), prepare(case, technique)
    assert plain.machine.run(plain.launch, plain.memory).trap is None
    generator = np.random.Generator(np.random.Philox(7))
    for block in range(hardened.launch.blocks):
        armed = hardened.machine.arm(hardened.launch, hardened.memory, block)
        for thread in range(hardened.launch.threads_per_block):
            registers, predicates = armed.registers(thread), armed.predicates(thread)
            registers[:] = generator.integers(0, 2**32, len(registers), dtype=np.uint32)
            predicates[:] = generator.integers(0, 2, len(predicates))
        armed.run(1_000_000)
        assert armed.trap is None
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)
    assert not hardened.flags.any()
