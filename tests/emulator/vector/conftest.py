"""Small programs are compiled by LLVM's quickest code generator: what is emitted for them is under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sassafras.emulator.effort import wide_effort
from sassafras.emulator.vector import runner
from sassafras.isa.program import Program
from sassafras.native import Passes


def _least_effort(program: Program, *, profiling: bool) -> tuple[int, Passes]:
    return 0, wide_effort(program, profiling=profiling)[1]


@pytest.fixture(scope="module", autouse=True)
def _quick_code(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if "kernels" not in request.module.__name__:
            patch.setattr(runner, "wide_effort", _least_effort)
        yield
