"""100,000 draws of every row of every table, against the table: chi-square, fixed seeds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pytest
from scipy import stats

from sassafras.faults.model import FaultModel
from sassafras.faults.models.lanes import Lanes
from sassafras.faults.models.power_law import PowerLaw
from sassafras.faults.models.relative_error import RelativeError
from sassafras.faults.models.rows import Key, Rows, rows_of_csv
from sassafras.faults.models.stream import Stream
from sassafras.faults.models.value_classes import DRAWS, ValueClass, ValueClasses

N = 100_000
P = 0.001  #: divided by the number of rows: no row of a right sampler may fall below
WORD = 0x5EB851EC  #: a common value; no class leaves it as it is


L = TypeVar("L", ValueClasses, RelativeError, PowerLaw)


def law(name: str, kind: type[L]) -> L:
    found = FaultModel(name).file.law
    assert isinstance(found, kind)
    return found


def lanes() -> Lanes:
    found = FaultModel("rtl-value-class").file.lanes
    assert found is not None
    return found


CLASSES, ERRORS = law("rtl-value-class", ValueClasses), law("rtl-relative-error", RelativeError)
FITS, LANES = law("published-power-law", PowerLaw), lanes()


TABLES = (CLASSES.classes, CLASSES.multiplicity, CLASSES.alone, CLASSES.together)


def fits(counts: Sequence[int], weights: Sequence[float], rows: int) -> bool:
    """Whether counts are a fair sample of weights; what has no weight must have no count."""
    expected = np.array(weights) / sum(weights) * sum(counts)
    seen, there = np.array(counts), expected > 0
    assert not seen[~there].any()
    if there.sum() == 1:
        return True
    return bool(stats.chisquare(seen[there], expected[there]).pvalue > P / rows)


def tables_of(text: str) -> list[tuple[Key, tuple[float, ...]]]:
    return list(rows_of_csv(text).items())


@pytest.mark.parametrize("text", TABLES, ids=("classes", "multiplicity", "alone", "together"))
@pytest.mark.parametrize("seed", range(2))
def test_every_row_is_drawn_as_it_stands(text: str, seed: int) -> None:
    rows = tables_of(text)
    for number, (_, weights) in enumerate(rows):
        if sum(weights):
            stream = Stream(seed, number)
            drawn = Counter(stream.choose(weights) for _ in range(N // 20))
            assert fits([drawn[k] for k in range(len(weights))], weights, 2 * len(rows))


@pytest.mark.slow
@pytest.mark.parametrize("text", TABLES, ids=("classes", "multiplicity", "alone", "together"))
def test_every_row_is_drawn_as_it_stands_a_hundred_thousand_times(text: str) -> None:
    rows = tables_of(text)
    for number, (_, weights) in enumerate(rows):
        if sum(weights):
            stream = Stream(5, number)
            drawn = Counter(stream.choose(weights) for _ in range(N))
            assert fits([drawn[k] for k in range(len(weights))], weights, len(rows))


@pytest.mark.parametrize(
    ("site", "opcode", "value_class", "share", "within"),
    [
        ("execution_units", "ALL_FLOAT", ValueClass.ONE_BIT, 0.597, 0.005),
        ("pipeline", "ALL_FLOAT", ValueClass.ZERO, 0.343, 0.005),
    ],
)
def test_published_shares(
    site: str, opcode: str, value_class: ValueClass, share: float, within: float
) -> None:
    weights, stream = CLASSES.weights(site, (opcode,)), Stream(1, 2)
    drawn = Counter(list(weights)[stream.choose(list(weights.values()))] for _ in range(N))
    assert abs(drawn[value_class] / N - share) < within


def class_of(word: int) -> set[ValueClass]:
    """The classes that a changed word may be of, told from its bits alone."""
    flips = word ^ WORD
    count, run = flips.bit_count(), flips // (flips & -flips)
    found = {ValueClass.ZERO} if word == 0 else set()
    found |= {ValueClass.NAN_OR_INF} if word == WORD | 0x7F800000 else set()
    found |= {ValueClass.SMALL_INTEGER} if 1 <= word <= 255 else set()
    found |= {ValueClass.ONE_BIT} if count == 1 else set()
    found |= {ValueClass.TWO_ADJACENT if run == 3 else ValueClass.TWO_APART} if count == 2 else set()
    found |= {ValueClass.RUN} if count >= 3 and run & run + 1 == 0 else set()
    for kind, least, most in (
        (ValueClass.BITS_3_TO_8, 3, 8),
        (ValueClass.BITS_9_TO_16, 9, 16),
        (ValueClass.BITS_17_TO_32, 17, 32),
    ):
        found |= {kind} if least <= count <= most else set()
    return found


@pytest.mark.parametrize("value_class", ValueClass)
def test_a_class_is_what_it_says(value_class: ValueClass) -> None:
    for row in ("FADD", "FFMA", "IMAD", "ALL"):
        tables, stream = CLASSES.tables("pipeline", (row,)), Stream(3, 4)
        for _ in range(300):
            word = DRAWS[value_class](WORD, tables, stream)
            assert 0 <= word < 2**32
            assert value_class in class_of(word)


def test_single_bits_and_scattered_ones_lie_where_the_table_has_them() -> None:
    tables, stream = CLASSES.tables("execution_units", ("FFMA",)), Stream(9, 9)
    alone = Counter(DRAWS[ValueClass.ONE_BIT](WORD, tables, stream) ^ WORD for _ in range(20_000))
    assert fits([alone[1 << k] for k in range(32)], tables.alone, 3)
    first: Counter[int] = Counter()
    for _ in range(20_000):
        first[stream.choose_several(tables.together, 3)[0]] += 1
    assert fits([first[k] for k in range(32)], tables.together, 3)


def exact_second(weights: Sequence[float]) -> list[float]:
    """How likely each index is the second of two drawn one after the other."""
    total = sum(weights)
    return [
        w * sum(v / (total * (total - v)) for j, v in enumerate(weights) if j != k)
        for k, w in enumerate(weights)
    ]


def test_several_are_drawn_one_after_the_other() -> None:
    weights, stream = [5.0, 1.0, 0.0, 3.0], Stream(1, 1)
    pairs = [stream.choose_several(weights, 2) for _ in range(20_000)]
    assert all(len(set(pair)) == 2 for pair in pairs)
    second = Counter(pair[1] for pair in pairs)
    assert fits([second[k] for k in range(4)], exact_second(weights), 1)
    assert sorted(stream.choose_several(weights, 9)) == [0, 1, 3]


def test_many_lanes_as_often_as_published() -> None:
    many = LANES.many("pipeline", ("IADD",), ("common",))
    assert many == 479 / (185 + 479)
    stream = Stream(7, 7)
    assert abs(sum(stream.uniform() < many for _ in range(N)) / N - 0.721) < 0.014
    for opcode in ("FADD", "FMUL", "FFMA", "IADD", "IMUL", "IMAD"):
        assert LANES.many("execution_units", (opcode,)) == 0
    assert 0.4 < LANES.many("execution_units", ("FEXP", "FSIN")) < 0.48
    with_all = Lanes(sites={"pipeline": 1}, counts=LANES.counts)
    assert with_all.many("pipeline", ("NOTHING",)) == 0


@pytest.mark.slow
def test_every_row_of_lanes_a_hundred_thousand_times() -> None:
    """How often a fault strikes several lanes, for every structure, opcode and size of operands."""
    rows = rows_of_csv(LANES.counts)
    for number, key in enumerate(rows):
        many, stream = LANES.many(key.site, (key.opcode,), (key.operand,)), Stream(21, number)
        drawn = sum(stream.uniform() < many for _ in range(N))
        one, several = rows[key]
        assert many == (several / (one + several) if one + several else many)
        assert stats.binomtest(drawn, N, many).pvalue > P / len(rows)


@pytest.mark.parametrize("key", [k for k, c in rows_of_csv(ERRORS.errors).items() if sum(c[1:])], ids=str)
def test_relative_errors_by_decade(key: Key) -> None:
    check_errors(key, 4000)


@pytest.mark.slow
@pytest.mark.parametrize("key", [k for k, c in rows_of_csv(ERRORS.errors).items() if sum(c[1:])], ids=str)
def test_relative_errors_a_hundred_thousand_times(key: Key) -> None:
    check_errors(key, N)


def check_errors(key: Key, n: int) -> None:
    """So many draws of a row: decades, and which of them grow."""
    larger, *counts = rows_of_csv(ERRORS.errors)[key]
    stream = Stream(11, sum(map(ord, "".join(key))))
    factors = [ERRORS.factor(key, stream) for _ in range(n)]
    decades = Counter(math.floor(math.log10(abs(f - 1)) + 1e-9) for f in factors if abs(f - 1) > 1e-12)
    rows: Rows = rows_of_csv(ERRORS.errors)
    assert fits([decades[d] for d in ERRORS.decades], counts, len(rows))
    grown = sum(f > 1 for f in factors)
    assert stats.binomtest(grown, n, min(1.0, larger / sum(counts))).pvalue > P / len(rows)


def test_the_published_power_law() -> None:
    assert FITS.factor("FADD", "common", 0.0) == 2.0230031
    assert f"{FITS.factor('FADD', 'common', 0.5):.4e}" == "4.0067e+05"
    assert FITS.factor("MUFU", "small", 0.7) == 0, "a degenerate fit, as published"
    uniform = np.random.Generator(np.random.Philox(4)).random(N)
    for (_, opcode, operand), (alpha, xmin) in rows_of_csv(FITS.fits).items():
        if xmin and alpha < 2:  # steeper ones are a point for a binary64
            logs = np.log([FITS.factor(opcode, operand, u) / xmin for u in uniform[:5000]]) * (alpha - 1)
            assert stats.kstest(logs, "expon").pvalue > P / 21
