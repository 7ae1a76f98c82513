"""Every opcode form of Turing and its successors that our kernels have, against its oracle, in the plain
and in the armed build, over edge values crossed with each other and random ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from tests.emulator.bench import Cases, Variant
from tests.emulator.recording import RecordingFunction, differences
from tests.emulator.test_opcodes import FEW, HIGH, LOW, doubles
from tests.emulator.turing import bits, floats, halves, integers
from tests.emulator.turing.bench import program, run_stepwise, run_whole
from tests.emulator.values import COUNTS, FLOATS, INTEGERS, cases
from tests.kernels.sample import every_nth

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


#: Edges of binary16 and of bfloat16, two to a word.
HALVES = (
    *(0x00008000, 0x3C00BC00, 0x00010001, 0x800103FF, 0x04008400, 0x04017BFF, 0xFBFF7C00, 0xFC007E00),
    *(0x7D01FFFF, 0x3C013BFF, 0x3F80BF80, 0x007F807F, 0x00800081, 0x7F7FFF7F, 0x7F80FF80, 0x7FC17F81),
    *(0x3F8158FE, 0x10001400, 0x33804B80, 0xC0003E00),
)


def _halves() -> Cases:
    return cases(HALVES, HALVES, HALVES, extra=900, key=30, mutate=True, limit=1100)


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
    "halves": Group(halves.arithmetic, _halves),
    "comparisons of halves": Group(halves.comparisons, _halves),
    "choices among halves": Group(halves.choices, _halves),
    "to halves": Group(halves.packed, _floats),
    "more doubles": Group(halves.doubles, doubles),
    "fields": Group(bits.fields, lambda: cases(FEW, COUNTS, COUNTS, extra=300, key=31, limit=800)),
    "fields of the warp": Group(
        _of_warp(bits.masks), lambda: cases(FEW, COUNTS, COUNTS, extra=300, key=31, limit=800)
    ),
    "picks of bytes": Group(bits.picks, _integers3),
    "picks of bytes of the warp": Group(_of_warp(bits.picks), _integers3),
    "narrowed": Group(
        bits.narrowed, lambda: cases(INTEGERS, INTEGERS, COUNTS[:4], extra=300, key=32, limit=700)
    ),
    "dot products": Group(bits.dots, _integers3),
    "choices of the warp": Group(_of_warp(bits.of_one), _integers3),
}


#: What the warp does as a thread does.
LONG = ("fields of the warp", "picks of bytes of the warp", "choices of the warp")
NAMES = [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in GROUPS]


@pytest.mark.alike(3)
@pytest.mark.parametrize("name", every_nth(2, NAMES))
def test_whole_launch(name: str) -> None:
    variants = GROUPS[name].variants()
    inputs = GROUPS[name].cases().some(EVALUATIONS // len(variants))
    for start in range(0, len(variants), 60):
        run_whole(variants[start : start + 60], inputs)


@pytest.mark.parametrize("name", every_nth(4, NAMES))
def test_step_by_step_nothing_else_is_written(name: str) -> None:
    variants = GROUPS[name].variants()
    run_stepwise(variants, GROUPS[name].cases(), max(8, min(128, 1500 // len(variants))))


@pytest.mark.long
@pytest.mark.parametrize("name", GROUPS)
def test_every_form_reads_and_writes_what_its_record_declares(name: str) -> None:
    code = program(*(v.text for v in GROUPS[name].variants()), "EXIT")
    function = RecordingFunction(code)
    function.emit()
    assert [text for i in code.instructions for text in differences(i, function.seen[i.index])] == []
