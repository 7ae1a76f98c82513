"""Profiles are kept under what they depend on: the code of kernels without a twin before, as well."""

from __future__ import annotations

import numpy as np
from tests.simulation.hand_written import THREADS, kernel, workload

from sassafras.kernels.kernel import Kernel
from sassafras.simulation.profiles import profile_key

LOAD, STORE = "LDG.E R6, [R2]", "STG.E [R4], R6"
VALUES = np.arange(THREADS, dtype=np.int32)


def adding(amount: int, name: str) -> Kernel:
    return kernel(name, LOAD, f"IADD R6, R6, {amount:#x}", STORE, "EXIT", observed=True)


def keys(first: int, second: int) -> list[str]:
    launches = ((adding(first, "first"), "in", "b"), (adding(second, "second"), "b", "out"))
    made, given = workload(*launches, values=VALUES)
    return [profile_key(made, given, planned.spec.code(made.architecture)) for planned in made.plan]


def test_the_code_of_an_earlier_launch_makes_another_key() -> None:
    before, after = keys(1, 2), keys(3, 2)
    assert before[0] != after[0] and before[1] != after[1]
    assert keys(1, 2) == before


def test_the_code_of_a_later_launch_does_not() -> None:
    before, after = keys(1, 2), keys(1, 5)
    assert before[0] == after[0] and before[1] != after[1]
