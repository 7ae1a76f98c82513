"""Every opcode form of Turing and its successors that our kernels have, against its oracle, in the plain
and in the armed build, over edge values crossed with each other and random ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.emulator.bench import Cases, Variant
from tests.emulator.test_opcodes import FEW, HIGH, LOW, doubles
from tests.emulator.turing import floats, integers
from tests.emulator.turing.bench import run_stepwise, run_whole
from tests.emulator.values import COUNTS, FLOATS, INTEGERS, cases

EVALUATIONS = 25_000  #: of oracles, about, for each group


@dataclass(frozen=True)
class Group:
    """Variants that share their cases."""

    variants: Callable[[], list[Variant]]
    cases: Callable[[], Cases]


def _integers3() -> Cases:
    return cases(FEW, FEW, FEW, FEW[:4], extra=300, key=22, limit=600)


def _floats() -> Cases:
    return cases(FLOATS, FLOATS, extra=900, key=23, mutate=True)


def _of_warp(make: Callable[[], list[Variant]]) -> Callable[[], list[Variant]]:
    return lambda: integers.of_warp(make())


OF_WARP = {
    "sums": integers.sums,
    "scaled": integers.scaled,
    "products": integers.products,
    "logic": integers.logic,
    "comparisons": integers.comparisons,
}
GROUPS: dict[str, Group] = {
    **{name: Group(make, _integers3) for name, make in OF_WARP.items()},
    **{f"{name} of the warp": Group(_of_warp(make), _integers3) for name, make in OF_WARP.items()},
    "integer choices": Group(integers.choices, lambda: cases(INTEGERS, INTEGERS, extra=500, key=24)),
    "shifts": Group(integers.shifts, lambda: cases(FEW, COUNTS, FEW, extra=300, key=25, limit=1200)),
    "shifts of the warp": Group(
        _of_warp(integers.shifts),
        lambda: cases(FEW, COUNTS, FEW, extra=300, key=25, limit=1200),
    ),
    "sums and products": Group(
        floats.sums_and_products,
        lambda: cases(FLOATS, FLOATS, FLOATS, extra=900, key=26, mutate=True, limit=1100),
    ),
    "float comparisons": Group(floats.comparisons, _floats),
    "float choices": Group(floats.choices, _floats),
    "special functions": Group(floats.special, _floats),
    "to integers": Group(
        floats.to_integers, lambda: cases(FLOATS + LOW, HIGH, extra=1200, key=27, mutate=True, limit=800)
    ),
    "from integers": Group(floats.from_integers, lambda: cases(INTEGERS, INTEGERS, extra=500, key=28)),
    "doubles": Group(floats.doubles, doubles),
    "double comparisons": Group(floats.double_comparisons, doubles),
    "between floats": Group(
        floats.between_floats, lambda: cases(FLOATS + LOW, HIGH, extra=1200, key=29, mutate=True, limit=800)
    ),
    "constants": Group(floats.constants, _floats),
}


@pytest.mark.parametrize("name", GROUPS)
def test_whole_launch(name: str) -> None:
    variants = GROUPS[name].variants()
    inputs = GROUPS[name].cases().some(EVALUATIONS // len(variants))
    for start in range(0, len(variants), 60):
        run_whole(variants[start : start + 60], inputs)


@pytest.mark.parametrize("name", GROUPS)
def test_step_by_step_nothing_else_is_written(name: str) -> None:
    variants = GROUPS[name].variants()
    run_stepwise(variants, GROUPS[name].cases(), max(8, min(128, 1500 // len(variants))))
