"""The census against the golden traces: every site counted, every dead register really dead."""

from __future__ import annotations

import numpy as np
import pytest
from tests.faults.launches import Bench, add_bias, gemm, im2col

from sassafras.emulator.armed import instruction_indexes
from sassafras.faults.census import Cell, census, dead_registers, dead_targets
from sassafras.faults.model import THREAD_MODES, FaultModel, Mode
from sassafras.faults.population import Population, ProfiledLaunch
from sassafras.faults.targets import Selection
from sassafras.simulation.traced import register_fate

BENCHES = {"add_bias": add_bias, "im2col_gpu": im2col, "gemm": gemm}
MODELS = (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE)


def profiled(bench: Bench) -> ProfiledLaunch:
    return ProfiledLaunch(0, 0, bench.program, bench.launch.threads_per_block, bench.profile())


@pytest.mark.parametrize("name", list(BENCHES))
def test_every_dead_target_is_masked_by_its_golden_trace(name: str) -> None:
    """Every site and register of every thread: dead by the static flow means masked by what the thread did;
    and there are as many as the census says.
    """
    bench = BENCHES[name]()
    dead = dead_registers(bench.program)
    counted = 0
    checked: set[bytes] = set()
    for trace in bench.traces().values():
        indexes = instruction_indexes(trace)
        counted += int(dead[indexes].sum())
        if trace.tobytes() in checked:
            continue
        checked.add(trace.tobytes())
        for place, index in enumerate(indexes.tolist()):
            for register in np.flatnonzero(dead[index]).tolist():
                assert register_fate(bench.program, trace, place, register) is not None
    assert counted == dead_targets(profiled(bench)) > 0


def test_cells_add_up_to_the_population() -> None:
    items = [profiled(BENCHES[name]()) for name in ("add_bias", "im2col_gpu", "add_bias")]
    places = [("add_bias", 0), ("im2col_gpu", 0), ("add_bias", 4)]
    for mode in THREAD_MODES:
        populations = {m: Population(items, Selection(mode, m)) for m in MODELS}
        cells = census(mode, populations, places)
        assert [(c.kernel, c.layer) for c in cells] == [places[0], places[1], places[2]] * 2
        for model, population in populations.items():
            mine = [c for c in cells if c.model is model]
            assert [c.sites for c in mine] == list(population.sites_per_launch)
            for cell, item in zip(mine, items, strict=True):
                registers = item.program.register_count if mode is Mode.RF else 1
                assert cell.targets == cell.sites * registers
                assert cell.dead == (dead_targets(item) if mode is Mode.RF else 0)
                assert 0 <= cell.dead < cell.targets


def test_launches_of_one_kernel_and_layer_are_one_cell() -> None:
    item = profiled(BENCHES["add_bias"]())
    population = Population([item, item], Selection(Mode.RF, MODELS[0]))
    (cell,) = census(Mode.RF, {MODELS[0]: population}, [("add_bias", 2)] * 2)
    assert cell == Cell(
        Mode.RF, MODELS[0], "add_bias", 2, population.total, cell.targets, 2 * dead_targets(item)
    )


def test_a_program_is_looked_through_once() -> None:
    """A campaign asks for every launch of it."""
    program = add_bias().program
    assert dead_registers(program) is dead_registers(program)
