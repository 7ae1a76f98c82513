"""What there is, and what is said of what there is not."""

from __future__ import annotations

import pytest
from tests.kernels.cases import CASES
from tests.kernels.hardened.launches import prepare
from tests.kernels.sample import pairs

from sassafras.errors import UsageError
from sassafras.kernels.hardened.registry import (
    HARDENED,
    NETWORK,
    check_technique,
    harden_arguments,
    hardened_kernel,
    techniques_of,
)
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

SELECTIVE = {Technique.SELECTIVE_SUMS, Technique.SELECTIVE_PLACES, Technique.SELECTIVE}


def test_every_kernel_has_the_three_general_techniques_and_some_have_their_own() -> None:
    general = {Technique.TMR, Technique.DMR, Technique.DMR_RETRY}
    own = {
        "gemm": {Technique.ABFT, Technique.CHECKSUM, *SELECTIVE, Technique.SELECTIVE_CHECKSUM},
        "activate_array": {Technique.RANGE},
        "forward_maxpool": {Technique.FIRST_VALID},
    }
    for kernel in KERNELS:
        assert set(techniques_of(kernel)) == general | own.get(kernel, set())
    assert techniques_of(NETWORK) == (Technique.GUARD,)
    assert len({kernel.name for kernel in HARDENED.values()}) == len(HARDENED)


@pytest.mark.parametrize(("kernel", "technique"), pairs(HARDENED))
def test_packed_arguments_fill_the_parameters_of_the_machine_code(kernel: str, technique: Technique) -> None:
    prepared = prepare(next(c for c in CASES if c.kernel == kernel), technique)
    packed = prepared.kernel.pack(prepared.arguments)
    parameters = load_program(prepared.kernel.name).parameters
    assert len(packed) == max(p.offset + p.size for p in parameters)
    assert list(prepared.arguments) == [name for name, _ in prepared.kernel.parameters]


def test_a_technique_that_a_kernel_lacks() -> None:
    with pytest.raises(
        UsageError, match=r"^fill_gpu cannot be hardened with abft; it can with: tmr, dmr, dmr-retry$"
    ):
        hardened_kernel("fill_gpu", Technique.ABFT)
    check_technique("gemm", Technique.CHECKSUM)
    check_technique(NETWORK, Technique.GUARD)
    for kernel, technique in (("gemm", Technique.GUARD), ("add_bias", Technique.CHECKSUM)):
        with pytest.raises(
            UsageError, match=f"{kernel} cannot be hardened with {technique}; it can with: tmr"
        ):
            check_technique(kernel, technique)
    with pytest.raises(
        UsageError,
        match=r"^there is no kernel 'sgemm' to harden; did you mean gemm\? there are: fill_gpu, .*, add",
    ):
        harden_arguments("sgemm", Technique.TMR, {}, 0)
