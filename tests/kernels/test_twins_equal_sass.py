"""Every native twin leaves exactly the memory that the emulated machine code leaves, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kernels.cases import CASES, Case
from tests.kernels.sample import sampled_cases
from tests.kernels.twins import by_twin

from sassafras.emulator.machine import Machine
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS


@pytest.fixture(scope="module")
def machines() -> dict[str, Machine]:
    """A machine per kernel."""
    return {name: Machine(load_program(name)) for name in KERNELS}


@pytest.mark.parametrize("case", sampled_cases(CASES))
def test_twin_equals_machine_code(case: Case, machines: dict[str, Machine]) -> None:
    kernel = KERNELS[case.kernel]
    emulated, arguments = case.build()
    twin, _ = case.build()
    result = machines[case.kernel].run(kernel.launch(arguments), emulated, limit=100_000)
    assert result.trap is None
    by_twin(kernel, twin, arguments)
    words, others = emulated.data.view(np.uint32), twin.data.view(np.uint32)
    differs = np.flatnonzero(words != others)
    first = int(differs[0]) if differs.size else 0
    assert differs.size == 0, (
        f"{differs.size} words differ, the first at byte {4 * first} of the arena: "
        f"machine code {words[first]:#010x}, twin {others[first]:#010x}"
    )
