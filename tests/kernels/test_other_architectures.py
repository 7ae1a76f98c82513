"""Machine code for every bundled architecture but the default one leaves what the native twins leave, bit for
bit, plain and hardened: the compiler fuses and orders the same everywhere.

What may differ are bits of a NaN. ``broadcast_pow`` negates one by FSEL, a move, where Maxwell's FADD makes
the canonical one; ``activate_array`` takes the smaller of two by FMNMX.NAN from sm_80 on, which makes the
canonical one of an input's NaN, where Maxwell moves it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.kernels import sample
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened import launches
from tests.kernels.hardened.launches import prepare
from tests.kernels.sample import sampled
from tests.kernels.twins import by_twin

from sassafras.architectures.registry import DEFAULT
from sassafras.emulator.machine import Machine
from sassafras.kernels.hardened.registry import techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import bundled_architectures, bundled_kernels, load_program
from sassafras.kernels.registry import KERNELS
from sassafras.verify.known_outcomes import check_known_faults

OTHERS = [arch for arch in bundled_architectures() if arch != DEFAULT]
FIRST = "sm_80"  #: looked at in every run of the tests, the others in slow ones
NAN_BITS = {"activate_array": ("sm_80", "sm_86", "sm_89", "sm_90"), "broadcast_pow": tuple(OTHERS)}
each_architecture = pytest.mark.parametrize("arch", sampled(OTHERS, lambda arch: arch == FIRST))


@cache
def machine(kernel: str, arch: str) -> Machine:
    return Machine(load_program(kernel, arch))


def words(memory: NDArray[np.uint8], *, nan_bits: bool) -> NDArray[np.uint32]:
    """Memory as words; every NaN the same where their bits may differ."""
    found = memory.view(np.uint32).copy()
    if nan_bits:
        found[np.isnan(found.view(np.float32))] = 0x7FFFFFFF
    return found


@each_architecture
@pytest.mark.parametrize("case", sampled(CASES, lambda case: case.kernel in sample.PLAIN))
def test_twin_equals_machine_code(case: Case, arch: str) -> None:
    kernel = KERNELS[case.kernel]
    emulated, arguments = case.build()
    twin, _ = case.build()
    assert machine(case.kernel, arch).run(kernel.launch(arguments), emulated, limit=100_000).trap is None
    by_twin(kernel, twin, arguments)
    nan_bits = arch in NAN_BITS.get(case.kernel, ())
    np.testing.assert_array_equal(
        words(emulated.data, nan_bits=nan_bits), words(twin.data, nan_bits=nan_bits)
    )


def _hardened() -> list[tuple[Case, Technique]]:
    """Of every hardened kernel one case."""
    first = {case.kernel: case for case in reversed(CASES)}
    found = [(case, technique) for case in first.values() for technique in techniques_of(case.kernel)]
    return [(case, technique) for case, technique in found if not technique.changes_flow]


@pytest.mark.long
@each_architecture
@pytest.mark.parametrize(
    ("case", "technique"), sampled(_hardened(), lambda each: (each[0].kernel, each[1]) in sample.PAIRS)
)
def test_hardened_code_leaves_what_plain_code_leaves(
    case: Case, technique: Technique, arch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launches, "machine", lambda name: machine(name, arch))
    plain, hardened = prepare(case, None), prepare(case, technique)
    assert plain.machine.program.architecture.name == arch
    assert plain.machine.run(plain.launch, plain.memory).trap is None
    assert hardened.machine.run(hardened.launch, hardened.memory).trap is None
    np.testing.assert_array_equal(hardened.memory.data, plain.memory.data)
    assert not hardened.flags.any()


@each_architecture
def test_known_faults_have_their_outcomes_by_both_engines(arch: str) -> None:
    check = check_known_faults(arch, tuple(KERNELS), full=True)
    assert check.passed, check.detail


def test_the_same_kernels_are_bundled_for_all() -> None:
    assert OTHERS and all(bundled_kernels(arch) == bundled_kernels(DEFAULT) for arch in OTHERS)
