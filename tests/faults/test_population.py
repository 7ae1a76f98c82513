"""The population of sites: every site of the golden traces once, and every one equally likely."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.faults.launches import Bench, Traces, add_bias, gemm, im2col

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.ids import fault_id
from sassafras.faults.model import DRAWN_MODELS, THREAD_MODES, Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population, ProfiledLaunch, draw_fault, draw_faults
from sassafras.faults.targets import Selection, targets
from sassafras.isa.groups import Group

SINGLE = FaultModel.SINGLE_BIT
BENCHES = {"add_bias": add_bias, "im2col_gpu": im2col, "gemm": gemm}
SELECTIONS = [
    Selection(Mode.RF, SINGLE),
    Selection(Mode.IOA, SINGLE),
    Selection(Mode.IOV, SINGLE),
    Selection(Mode.IOV, FaultModel.RANDOM_VALUE),
    Selection(Mode.IOV, SINGLE, frozenset({Group.STORE})),
    Selection(Mode.IOV, SINGLE, frozenset({Group.PR})),
    Selection(Mode.IOV, SINGLE, frozenset({Group.CC, Group.LD})),
]
P_VALUE = 1e-4


@cache
def measured(name: str) -> tuple[Bench, Traces, ProfiledLaunch]:
    bench = BENCHES[name]()
    item = ProfiledLaunch(0, 3, bench.program, bench.launch.threads_per_block, bench.profile())
    return bench, bench.traces(), item


def struck(bench: Bench, trace: NDArray[np.uint32], selection: Selection) -> list[int]:
    """Sites of a trace, straight from the definition."""
    found = []
    for number, (index, executed) in enumerate(
        zip(instruction_indexes(trace).tolist(), executed_mask(trace).tolist(), strict=True)
    ):
        possible = executed and targets(bench.program.instructions[index], selection)
        if selection.mode is Mode.RF or possible:
            found.append(number)
    return found


def lengths(name: str) -> NDArray[np.int64]:
    """Instructions that each thread of the launch issues, in linear order."""
    traces = measured(name)[1]
    return np.array([len(traces[place]) for place in sorted(traces)])


def label(selection: Selection) -> str:
    groups = "all" if selection.groups is None else "+".join(sorted(g.name for g in selection.groups))
    return f"{selection.mode}-{selection.model}-{groups}"


@pytest.mark.alike(4)
@pytest.mark.parametrize("selection", SELECTIONS, ids=label)
@pytest.mark.parametrize("name", ["add_bias", "im2col_gpu"])
def test_locating_every_site_is_a_bijection_with_the_traces(name: str, selection: Selection) -> None:
    bench, traces, item = measured(name)
    if not any(targets(i, selection) for i in bench.program.instructions) and selection.mode is not Mode.RF:
        pytest.skip("this kernel has no such instruction")
    population = Population([item], selection)
    size = bench.launch.threads_per_block
    per_thread = {place: struck(bench, trace, selection) for place, trace in traces.items()}
    expected = [
        (block * size + thread, ordinal)
        for block, thread in sorted(per_thread)
        for ordinal in range(len(per_thread[block, thread]))
    ]
    assert population.total == len(expected) == sum(population.sites_per_launch)
    located = [population.locate(site) for site in range(population.total)]
    assert sorted((found.thread, found.ordinal) for found in located) == expected, "every site, once"
    assert all(found.item is item and not found.of_warp for found in located)


def test_predicated_off_instructions_count_for_the_register_file_only() -> None:
    _, traces, item = measured("im2col_gpu")
    issued = sum(len(trace) for trace in traces.values())
    executed = sum(int(executed_mask(trace).sum()) for trace in traces.values())
    assert executed < issued, "the border of im2col predicates loads off"
    assert Population([item], Selection(Mode.RF, SINGLE)).total == issued
    for selection in SELECTIONS[1:3]:
        bench = measured("im2col_gpu")[0]
        off = [
            index
            for trace in traces.values()
            for index in instruction_indexes(trace)[~executed_mask(trace)].tolist()
            if targets(bench.program.instructions[index], selection)
        ]
        on = sum(len(struck(bench, trace, selection)) for trace in traces.values())
        assert off
        assert Population([item], selection).total == on


def test_ranges_are_half_open_across_launches() -> None:
    items = [measured(name)[2] for name in BENCHES]
    population = Population(items, Selection(Mode.RF, SINGLE))
    first = 0
    for item, sites in zip(items, population.sites_per_launch, strict=True):
        for site in (first, first + sites - 1):
            assert population.locate(site)[0] is item
        assert population.locate(first)[2] == 0
        last = population.locate(first + sites - 1)
        assert last.ordinal == lengths(item.program.name)[last.thread] - 1
        first += sites
    assert first == population.total
    for outside in (-1, population.total):
        with pytest.raises(IndexError):
            population.locate(outside)


def test_launches_and_threads_without_sites_are_never_located() -> None:
    """Idle threads execute no store; a launch whose kernel has no load of shared memory has no such site."""
    items = [measured(name)[2] for name in ("add_bias", "gemm", "im2col_gpu")]
    stores = Population(items[:1], Selection(Mode.IOV, SINGLE, frozenset({Group.STORE})))
    assert stores.total == 600
    assert {stores.locate(s)[1] for s in range(600)} == set(range(600))
    loads = Population(items, Selection(Mode.IOV, SINGLE, frozenset({Group.LDS})))
    assert loads.sites_per_launch[0] == loads.sites_per_launch[2] == 0
    assert loads.locate(0)[0] is loads.locate(loads.total - 1)[0] is items[1]
    with pytest.raises(ValueError, match="can be struck"):
        Population(items[:1], Selection(Mode.IOV, SINGLE, frozenset({Group.LDS})))


def _drawn(number: int, seed: int = 5) -> list[tuple[int, int, int]]:
    items = [measured("add_bias")[2], replace(measured("im2col_gpu")[2], frame=1, launch=9)]
    populations = {SINGLE: Population(items, Selection(Mode.RF, SINGLE))}
    draws = [draw_fault(seed, Mode.RF, k, [SINGLE], Scope.THREAD, populations) for k in range(number)]
    return [(d.launch, d.block * 512 + d.thread, d.ordinal) for d in draws]


def test_draws_are_uniform_over_launches_threads_and_instructions() -> None:
    drawn = _drawn(24_000)
    sites = {3: lengths("add_bias"), 9: lengths("im2col_gpu")}
    total = sum(int(counts.sum()) for counts in sites.values())

    def uniform(observed: list[int], weights: list[int]) -> None:
        expected = np.array(weights) * len(drawn) / total
        assert stats.chisquare(observed, expected * sum(observed) / expected.sum()).pvalue > P_VALUE

    uniform([sum(d[0] == launch for d in drawn) for launch in sites], [int(c.sum()) for c in sites.values()])
    for launch, counts in sites.items():
        pieces = np.array_split(np.arange(len(counts)), 16)
        threads = np.bincount([d[1] for d in drawn if d[0] == launch], minlength=len(counts))
        uniform([int(threads[p].sum()) for p in pieces], [int(counts[p].sum()) for p in pieces])
        longest = int(counts.max())
        ordinals = np.bincount([d[2] for d in drawn if d[0] == launch], minlength=longest)
        alive = np.array([(counts > k).sum() for k in range(longest)])
        bins = np.array_split(np.arange(longest), 10)
        uniform([int(ordinals[b].sum()) for b in bins], [int(alive[b].sum()) for b in bins])


def test_a_draw_depends_on_seed_mode_and_number_alone() -> None:
    item = measured("add_bias")[2]
    models = list(DRAWN_MODELS)

    def draw(seed: int, mode: Mode, number: int) -> Draw:
        populations = {m: Population([item], Selection(mode, m)) for m in models}
        return draw_fault(seed, mode, number, models, Scope.THREAD, populations)

    np.random.Generator(np.random.Philox(1)).random(1000)
    forward = {(m, k): draw(8, m, k) for m in THREAD_MODES for k in range(20)}
    backward = {(m, k): draw(8, m, k) for k in reversed(range(20)) for m in reversed(THREAD_MODES)}
    assert forward == backward
    places = {(d.block, d.thread, d.ordinal, d.bit_word) for d in forward.values()}
    assert len(places) == len(forward)
    assert all(draw(9, m, k) != found for (m, k), found in forward.items())
    for (mode, number), found in forward.items():
        assert found.id == fault_id(mode, number)
        assert found.model is models[number % len(models)]
    assert len({fault_id(m, k) for m in THREAD_MODES for k in range(1000)}) == 3000


@pytest.mark.parametrize("mode", list(THREAD_MODES))
def test_many_faults_are_drawn_as_one_by_one(mode: Mode) -> None:
    items = [replace(measured(name)[2], frame=k) for k, name in enumerate(BENCHES)]
    models = list(DRAWN_MODELS)[: 3 if mode is Mode.IOA else 4]
    populations = {m: Population(items, Selection(mode, m)) for m in models}
    numbers = [*range(300), 10**9 + 1, 5, 10**6]
    drawn = draw_faults(7, mode, numbers, models, Scope.WARP, populations)
    assert drawn == [draw_fault(7, mode, k, models, Scope.WARP, populations) for k in numbers]
    assert draw_faults(7, mode, [], models, Scope.WARP, populations) == []


def test_a_seed_of_63_bits_is_used_whole() -> None:
    low, high = _drawn(30, seed=5), _drawn(30, seed=5 + 2**62)
    assert low != high
    assert low == _drawn(30, seed=5)


def test_words_that_pick_target_bit_and_value_are_independent_and_uniform() -> None:
    item = measured("add_bias")[2]
    populations = {SINGLE: Population([item], Selection(Mode.IOV, SINGLE))}
    draws = [draw_fault(3, Mode.IOV, k, [SINGLE], Scope.THREAD, populations) for k in range(8000)]
    words = np.array([(d.target_word, d.bit_word, d.value_word) for d in draws], np.uint64)
    bytes_of = words.view(np.uint8).reshape(len(draws), 3, 8)
    for word in range(3):
        for byte in range(8):
            assert stats.chisquare(np.bincount(bytes_of[:, word, byte], minlength=256)).pvalue > P_VALUE
    for one, two in ((0, 1), (0, 2), (1, 2)):
        table = np.zeros((8, 8))
        np.add.at(table, (bytes_of[:, one, 7] >> 5, bytes_of[:, two, 7] >> 5), 1)
        assert stats.chi2_contingency(table).pvalue > P_VALUE
