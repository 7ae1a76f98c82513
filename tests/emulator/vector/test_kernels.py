"""Every bundled kernel, plain and hardened, in its cases, for every architecture: wide equals thread by
thread, bit for bit.

Some are quick, all are slow: each is compiled wide for a second or more.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest
from tests.emulator.vector.both import WIDTHS, Both, Prepared
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.launches import prepare
from tests.kernels.sample import sampled

from sassafras.architectures.registry import DEFAULT
from sassafras.emulator.vector.choice import Form, chosen_form
from sassafras.isa.program import Program
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import bundled_architectures, load_program
from sassafras.kernels.registry import KERNELS

QUICK = ("add_bias", "im2col_gpu", "gemm", "forward_maxpool")
QUICK_ELSEWHERE = (("map_sqrt", "sm_75"), ("gemm", "sm_80"), ("concatenate", "sm_90"))
"""A function that is called, shared memory and barriers, addresses in registers of the warp."""
OTHERS = [arch for arch in bundled_architectures() if arch != DEFAULT]
FIRST = {case.kernel: case for case in reversed(CASES)}
EVERY = [(FIRST[kernel], technique) for kernel, technique in HARDENED if kernel in FIRST]


@cache
def both(program: Program, lanes: int) -> Both:
    return Both(program, lanes)


def check_plain(kernel: str, lanes: int, arch: str = DEFAULT) -> None:
    for case in (case for case in CASES if case.kernel == kernel):

        def prepared(case: Case = case) -> Prepared:
            memory, arguments = case.build()
            return KERNELS[case.kernel].launch(arguments), memory

        both(load_program(kernel, arch), lanes).equal(prepared)


@pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))
@pytest.mark.parametrize("kernel", sampled(KERNELS, QUICK.__contains__))
def test_plain_kernels(kernel: str, lanes: int) -> None:
    check_plain(kernel, lanes)


@pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))
@pytest.mark.parametrize(("kernel", "arch"), sampled(product(KERNELS, OTHERS), QUICK_ELSEWHERE.__contains__))
def test_plain_kernels_for_other_architectures(kernel: str, arch: str, lanes: int) -> None:
    check_plain(kernel, lanes, arch)


@pytest.mark.parametrize(("case", "technique"), sampled(EVERY, lambda _: False))
def test_hardened_kernels(case: Case, technique: Technique) -> None:
    check_hardened(case, technique)


def check_hardened(case: Case, technique: Technique, arch: str = DEFAULT) -> None:
    program = load_program(prepare(case, technique).kernel.name, arch)

    def prepared() -> Prepared:
        made = prepare(case, technique)
        return made.launch, made.memory

    if program.is_warp_synchronous:
        assert (arch, chosen_form(program, 1 << 25)) == ("sm_75", Form.THREADS)
        return
    both(program, max(WIDTHS)).equal(prepared)


@pytest.mark.slow
@pytest.mark.parametrize("arch", OTHERS)
@pytest.mark.parametrize(("case", "technique"), EVERY)
def test_hardened_kernels_for_other_architectures(case: Case, technique: Technique, arch: str) -> None:
    check_hardened(case, technique, arch)


@pytest.mark.slow
@pytest.mark.parametrize("arch", bundled_architectures())
def test_all_of_them_are_run_wide(arch: str) -> None:
    """Where launches are large enough; but for some for sm_75, whose lanes speak to each other."""
    names = [*KERNELS, *(kernel.name for kernel in HARDENED.values())]
    programs = [load_program(name, arch) for name in names]
    by_threads = {p.name for p in programs if chosen_form(p, 1 << 25) is Form.THREADS}
    assert by_threads == {p.name for p in programs if p.is_warp_synchronous}
    assert len(by_threads) == (6 if arch == "sm_75" else 0)
