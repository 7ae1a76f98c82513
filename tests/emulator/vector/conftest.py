"""Small programs are compiled by LLVM's quickest code generator: what is emitted for them is under test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sassafras.emulator.vector import runner


@pytest.fixture(scope="module", autouse=True)
def _quick_code(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if "kernels" not in request.module.__name__:
            patch.setattr(runner, "LEVEL", 0)
        yield
