"""Every opcode and modifier against its oracle, in both builds, over edge values crossed with each other and
random ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from tests.emulator import addition, bitwise, comparing, converting, flags, floating, multiply, video
from tests.emulator.bench import Cases, Variant, run_stepwise, run_whole
from tests.emulator.values import COUNTS, FIELDS, FLOATS, INTEGERS, cases
from tests.kernels.sample import every_nth

FEWER = 4_000  #: the same for groups of many simple variants
EVALUATIONS = 25_000  #: of oracles, about, for each group; the slow test takes all cases
FEW = INTEGERS[:9]
FLOATS3 = FLOATS[::2]
HIGH = (0x00000000, 0x80000000, 0x3FF00000, 0x7FF00000, 0x7FF80000, 0x000FFFFF, 0x00100000, 0x7FEFFFFF,
    0xC1E00000, 0x43E00000, 0x43F00000,
        0x36A00000, 0x380FFFFF, 0x47EFFFFF, 0x41DFFFFF, 0xBFE00000)  # fmt: skip
GENERIC = (0, 0xFFFFFF, 0x1000000, 0x1000010, 0x1FFFFFF, 0x2000000, 0x2FFFFFF, 0x3000000, 0x3FFFFF0,
    0x4000000, 0x81000000, 0xFFFFFFFF)  # fmt: skip
LOW = (0, 1, 0xFFFFFFFF, 0xE0000000, 0x10000000)


@dataclass(frozen=True)
class Group:
    """Variants that share their cases."""

    variants: Callable[[], list[Variant]]
    cases: Callable[[], Cases]
    evaluations: int = EVALUATIONS


def _integers2() -> Cases:
    return cases(INTEGERS, INTEGERS, extra=500, key=1)


def _integers3() -> Cases:
    return cases(FEW, FEW, FEW, extra=300, key=2, limit=600)


def _floats2() -> Cases:
    return cases(FLOATS, FLOATS, extra=900, key=3, mutate=True)


def _floats3() -> Cases:
    return cases(FLOATS, FLOATS, FLOATS, extra=900, key=4, mutate=True, limit=1100)


def doubles() -> Cases:
    return cases(LOW, HIGH, LOW[:2], HIGH, LOW[:1], HIGH, extra=400, key=5, mutate=True, limit=700)


GROUPS: dict[str, Group] = {
    **{name: Group(make, _integers3 if name in ("iadd3", "high", "uncounted") else _integers2) for name,
        make in addition.GROUPS.items()},
    **{name: Group(make, _integers3 if name == "choices" else _integers2) for name,
        make in comparing.GROUPS.items()},
    "generic addresses": Group(addition.where, lambda: cases(GENERIC, FEW, (0, 1, 0xFFFFFFFF), extra=200,
        key=15)),
    "guards": Group(comparing.guards, _integers2),
    "imul": Group(multiply.imul_variants, _integers2),
    "xmad": Group(multiply.variants, lambda: cases(FEW, FEW, FEW, extra=200, key=6, limit=200)),
    "shifts": Group(bitwise.shifts, lambda: cases(INTEGERS, COUNTS, key=7)),
    "funnels": Group(bitwise.funnels, lambda: cases(FEW, COUNTS, FEW, extra=300, key=8, limit=1200)),
    "logic": Group(bitwise.logic, _integers2),
    "fields": Group(bitwise.fields, lambda: cases(INTEGERS, FIELDS, FEW[:2], extra=500, key=9, limit=1600)),
    "counts": Group(bitwise.counts, lambda: cases([1 << k for k in range(32)], key=10)),
    "permutations": Group(bitwise.permutations, lambda: cases(FEW, (0x3210, 0xBA98, 0xFEDC, 0x7777, 0x1234),
        FEW, key=11)),
    "table tests": Group(bitwise.tables_with_tests, _integers3),
    "sums and products": Group(floating.sums_and_products, _floats3),
    "float comparisons": Group(floating.comparisons, _floats2),
    "float selections": Group(floating.selections, _floats3),
    "special functions": Group(floating.special, lambda: cases(FLOATS, key=12, mutate=True)),
    "doubles": Group(floating.doubles, doubles),
    "directed doubles": Group(floating.directed_doubles, doubles),
    "negated factors": Group(floating.negated_factors, doubles),
    "double choices": Group(floating.double_choices, doubles, FEWER),
    "upper words": Group(floating.upper_words, lambda: cases(HIGH, extra=1200, key=15, mutate=True)),
    **{name: Group(make, _integers3 if name == "logic with codes" else _integers2, FEWER) for name,
        make in flags.GROUPS.items()},
    "all predicates": Group(flags.all_predicates, _integers2),
    **{name: Group(make, _integers3, FEWER) for name, make in video.GROUPS.items()},
    "to integers": Group(converting.to_integers, lambda: cases(FLOATS + LOW, HIGH, extra=1200, key=13,
        mutate=True, limit=800)),
    "from integers": Group(converting.from_integers, _integers2),
    "between integers": Group(converting.between_integers, _integers2),
    "between floats": Group(converting.between_floats, lambda: cases(FLOATS + LOW, HIGH, extra=1200, key=14,
        mutate=True)),
}  # fmt: skip


def chunks(variants: Sequence[Variant], size: int = 60) -> list[Sequence[Variant]]:
    return [variants[k : k + size] for k in range(0, len(variants), size)]


WHOLE = [name for name in GROUPS if name not in ("guards", "all predicates")]


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", every_nth(2, WHOLE))
def test_whole_launch(name: str) -> None:
    variants = GROUPS[name].variants()
    inputs = GROUPS[name].cases().some(GROUPS[name].evaluations // len(variants))
    for chunk in chunks(variants):
        run_whole(chunk, inputs)


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", GROUPS)
def test_step_by_step_nothing_else_is_written(name: str) -> None:
    variants = GROUPS[name].variants()
    run_stepwise(variants, GROUPS[name].cases(), max(8, min(128, 1500 // len(variants))))


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_all_cases(name: str) -> None:
    for chunk in chunks(GROUPS[name].variants()):
        run_whole(chunk, GROUPS[name].cases())
    run_stepwise(GROUPS[name].variants(), GROUPS[name].cases())


def test_guards_in_a_whole_launch() -> None:
    run_whole(comparing.guards(), _integers2().some(256), ("R0", "R1", "R2", "R3", "P0", "P1", "Z", "C"))


@pytest.mark.parametrize("first", range(0, 256, 64))
def test_all_truth_tables(first: int) -> None:
    run_whole(bitwise.tables(first, first + 64), cases(FEW[:4], FEW[:4], FEW[:4], extra=64, key=20))
