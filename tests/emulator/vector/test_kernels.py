"""Every bundled kernel, plain and hardened, in its cases: wide equals thread by thread, bit for bit.

Four are quick, all are slow: each is compiled wide for a second or more.
"""

from __future__ import annotations

from functools import cache

import pytest
from tests.emulator.vector.both import WIDTHS, Both, Prepared
from tests.kernels.cases import CASES, Case
from tests.kernels.hardened.launches import prepare
from tests.kernels.sample import sampled

from sassafras.emulator.vector.choice import Form, chosen_form
from sassafras.isa.program import Program
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

QUICK = ("add_bias", "im2col_gpu", "gemm", "forward_maxpool")
FIRST = {case.kernel: case for case in reversed(CASES)}
EVERY = [(FIRST[kernel], technique) for kernel, technique in HARDENED if kernel in FIRST]


@cache
def both(program: Program, lanes: int) -> Both:
    return Both(program, lanes)


@pytest.mark.parametrize("lanes", sampled(WIDTHS, lambda lanes: lanes == max(WIDTHS)))
@pytest.mark.parametrize("kernel", sampled(KERNELS, QUICK.__contains__))
def test_plain_kernels(kernel: str, lanes: int) -> None:
    for case in (case for case in CASES if case.kernel == kernel):

        def prepared(case: Case = case) -> Prepared:
            memory, arguments = case.build()
            return KERNELS[case.kernel].launch(arguments), memory

        both(load_program(kernel), lanes).equal(prepared)


@pytest.mark.parametrize(("case", "technique"), sampled(EVERY, lambda _: False))
def test_hardened_kernels(case: Case, technique: Technique) -> None:
    program = prepare(case, technique).machine.program

    def prepared() -> Prepared:
        made = prepare(case, technique)
        return made.launch, made.memory

    both(program, max(WIDTHS)).equal(prepared)


@pytest.mark.slow
def test_all_of_them_are_run_wide() -> None:
    """Where launches are large enough."""
    names = [*KERNELS, *(kernel.name for kernel in HARDENED.values())]
    assert {chosen_form(load_program(name), 1 << 25) for name in names} == {Form.WIDE}
