"""Faults inside a stratum: what they depend on; they have the population's own distribution there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy import stats
from tests.faults.launches import add_bias, im2col

from sassafras.faults.model import THREAD_MODES, Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population, ProfiledLaunch, draw_fault
from sassafras.faults.strata import Strata, _choose, _name_word, _Ranges
from sassafras.faults.targets import Selection

MODELS = (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)
P_VALUE = 1e-4
LABELS = ("add_bias", "im2col_gpu", "add_bias")


@cache
def launches() -> tuple[ProfiledLaunch, ...]:
    found = []
    for number, make in enumerate((add_bias, im2col, add_bias)):
        bench = make()
        found.append(
            ProfiledLaunch(0, number, bench.program, bench.launch.threads_per_block, bench.profile())
        )
    return tuple(found)


def strata(mode: Mode) -> tuple[Strata, dict[FaultModel, Population]]:
    populations = {m: Population(launches(), Selection(mode, m)) for m in MODELS}
    return Strata(populations, LABELS), populations


def draws(mode: Mode, label: str, count: int, seed: int = 5) -> list[Draw]:
    own, _ = strata(mode)
    return [own.draw(seed, mode, label, k, 2 * k, Scope.THREAD) for k in range(count)]


@pytest.mark.parametrize("mode", list(THREAD_MODES))
def test_weights_are_the_shares_of_sites_and_add_up(mode: Mode) -> None:
    own, populations = strata(mode)
    assert own.weight("add_bias") + own.weight("im2col_gpu") == 1
    expected = Fraction(0)
    for population in populations.values():
        sizes = population.sites_per_launch
        expected += Fraction(sizes[0] + sizes[2], sum(sizes)) / 2
    assert own.weight("add_bias") == expected
    assert own.weight("gemm") == 0


def test_sites_of_a_stratum_are_numbered_once_each() -> None:
    _, populations = strata(Mode.IOV)
    population = populations[FaultModel.SINGLE_BIT]
    first, second, third = population.sites_per_launch
    ranges = _Ranges(population, [0, 2])
    numbers = [ranges.number(k) for k in range(ranges.total)]
    assert numbers == [*range(first), *range(first + second, first + second + third)]


def test_a_fault_depends_on_seed_mode_stratum_and_index_alone() -> None:
    few, many = draws(Mode.IOV, "add_bias", 5), draws(Mode.IOV, "add_bias", 50)
    assert many[:5] == few
    own, _ = strata(Mode.IOV)
    again = own.draw(5, Mode.IOV, "add_bias", 3, 999, Scope.THREAD)
    assert replace(again, id=few[3].id) == few[3], "its number only names it"
    words = {
        (d.target_word, d.bit_word, d.value_word)
        for mode in THREAD_MODES
        for label in ("add_bias", "im2col_gpu")
        for seed in (5, 6)
        for d in draws(mode, label, 20, seed)
    }
    assert len(words) == 3 * 2 * 2 * 20


def test_no_fault_is_one_of_the_unstratified_campaign() -> None:
    _, populations = strata(Mode.RF)
    plain = {draw_fault(5, Mode.RF, k, MODELS, Scope.THREAD, populations).bit_word for k in range(100)}
    assert plain.isdisjoint(d.bit_word for d in draws(Mode.RF, "add_bias", 100))


def test_every_pair_of_site_and_model_is_as_likely_as_in_the_population() -> None:
    """Chi-squared over launches and models, and over the sites of one launch."""
    own, populations = strata(Mode.IOV)
    found = draws(Mode.IOV, "add_bias", 6000)
    counted = Counter((d.launch, d.model) for d in found)
    cells = [(launch, model) for launch in (0, 2) for model in MODELS]
    shares = [
        Fraction(populations[m].sites_per_launch[n], populations[m].total) / 2 / own.weight("add_bias")
        for n, m in cells
    ]
    assert sum(shares) == 1
    expected = [float(share) * len(found) for share in shares]
    assert stats.chisquare([counted[c] for c in cells], expected).pvalue > P_VALUE
    sites = Counter((d.block, d.thread, d.ordinal) for d in found if d.model is MODELS[0] and d.launch == 0)
    count = populations[MODELS[0]].sites_per_launch[0]
    table = np.array([*sites.values(), *[0] * (count - len(sites))])
    assert stats.chisquare(table).pvalue > P_VALUE


def test_a_model_without_sites_in_the_stratum_is_never_chosen() -> None:
    shares = {MODELS[0]: Fraction(0), MODELS[1]: Fraction(1, 3)}
    assert {_choose(word, shares) for word in (0, 2**63, 2**64 - 1)} == {MODELS[1]}
    even = {MODELS[0]: Fraction(1, 4), MODELS[1]: Fraction(1, 4)}
    assert [_choose(word, even) for word in (0, 2**63 - 1, 2**63, 2**64 - 1)] == [
        *[MODELS[0]] * 2,
        *[MODELS[1]] * 2,
    ]


def test_an_empty_stratum_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing in gemm"):
        draws(Mode.RF, "gemm", 1)


@pytest.mark.parametrize(
    ("label", "digest"),  # what sha256sum prints of the label, its first eight bytes
    [
        ("gemm", "16188283876170a4"),
        ("add_bias", "3047a1d31e7e5416"),
        ("im2col_gpu", "2c2987ced9fbb3d5"),
        ("fill_gpu", "8b3ee7a667392d59"),
        ("convolutional 0", "149b8ad0459fa998"),
    ],
)
def test_the_word_of_a_stratum_stays_what_it_is(label: str, digest: str) -> None:
    """Else the same campaign would draw other faults. The lowest bit is set: 0 stands for no stratum."""
    low, *others = bytes.fromhex(digest)
    assert _name_word(label).to_bytes(8, "little") == bytes([low | 1, *others])


def test_a_fault_of_a_stratum_stays_what_it_is() -> None:
    """Seed, mode, stratum and index make the generator's counter; its words are drawn in this order."""
    own, populations = strata(Mode.IOV)
    word = int.from_bytes(bytes([0x30 | 1, 0x47, 0xA1, 0xD3, 0x1E, 0x7E, 0x54, 0x16]), "little")
    generator = np.random.Generator(np.random.Philox(key=5, counter=[0, word, 2, 7]))
    _, *words = (int(w) for w in generator.integers(0, 2**64, 4, dtype=np.uint64))
    draw = own.draw(5, Mode.IOV, "add_bias", 7, 14, Scope.THREAD)
    assert [draw.target_word, draw.bit_word, draw.value_word] == words
    site = int(generator.integers(0, own.sites("add_bias", draw.model)))
    first = populations[draw.model].sites_per_launch[0]
    assert draw.launch == (0 if site < first else 2)
