"""Draws made by hand or at random, for a workbench."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sassafras.faults.model import DRAWN_MODELS, Draw, FaultModel, Mode, Scope
from sassafras.faults.population import Population, ProfiledLaunch, draw_fault
from sassafras.faults.targets import Selection
from sassafras.simulation.workbench import Workbench

THREADS = (Mode.RF, Mode.IOA, Mode.IOV)  #: modes that strike threads
ANY_BIT = 0x9E3779B97F4A7C15


def profiled(bench: Workbench, frame: int = 0) -> list[ProfiledLaunch]:
    """Every launch of one frame, profiled without the cache."""
    golden = bench.golden(frame)
    found = []
    for number, planned in enumerate(golden.plan):
        golden.go_before(number)
        machine = bench.machine(planned.spec)
        profile = machine.profile(planned.launch, golden.memory)
        golden.put_before(number)
        size = planned.launch.threads_per_block
        found.append(ProfiledLaunch(frame, number, machine.program, size, profile))
    return found


def random_draws(bench: Workbench, count: int, seed: int, scope: Scope = Scope.THREAD) -> Iterator[Draw]:
    """Faults of all models and modes that strike threads, over all launches."""
    launches, models = profiled(bench), list(DRAWN_MODELS)
    populations = {
        mode: {model: Population(launches, Selection(mode, model)) for model in models} for mode in THREADS
    }
    for number in range(count):
        mode = THREADS[number % 3]
        yield draw_fault(seed, mode, number, models, scope, populations[mode])


def register_draws(bench: Workbench) -> Iterator[Draw]:
    """Of each kernel's first launch: thread 1 before several instructions, every allocated register."""
    seen = set()
    for item in profiled(bench):
        if item.program.name in seen:
            continue
        seen.add(item.program.name)
        thread = 0 if item.program.name == "softmax" else 1
        sites = int(item.profile.issued[item.profile.thread_class[thread]].sum())
        for ordinal in np.linspace(0, sites - 1, 5, dtype=int).tolist():
            for register in range(item.program.register_count):
                word = -(-(register << 64) // item.program.register_count)
                yield Draw(
                    0, Mode.RF, FaultModel.SINGLE_BIT, Scope.THREAD, 0, item.launch, 0, thread, ordinal,
                    word, ANY_BIT * (register + 1) % 2**64, 0, longest=item.profile.longest,
                )  # fmt: skip
