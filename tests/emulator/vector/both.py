"""One launch run wide and thread by thread: the two must not be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.context import NO_LIMIT, LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine, RunResult
from sassafras.emulator.memory import DeviceMemory
from sassafras.emulator.vector.choice import Form
from sassafras.errors import GoldenTrap
from sassafras.isa.program import Program
from sassafras.native import Host, host, narrower

WIDTHS: dict[int, Host] = {lanes: narrower(lanes) for lanes in (16, 8) if lanes <= host().lanes}
"""By lanes of a vector, what this machine has: two of 16 are a warp, or four of 8 (without AVX-512)."""

Prepared = tuple[Launch, DeviceMemory]


@dataclass(frozen=True)
class Outcome:
    """What a run has left."""

    result: RunResult
    data: NDArray[np.uint8]


class Both:
    """A program, compiled thread by thread and wide for vectors of so many lanes."""

    def __init__(self, program: Program, lanes: int) -> None:
        self.threads = Machine(program, Form.THREADS)
        self.wide = Machine(program, Form.WIDE, WIDTHS[lanes])

    def equal(
        self, prepare: Callable[[], Prepared], *, limit: int = 100_000, profile: bool = True
    ) -> Outcome:
        """Run both, the plain builds and the profiling ones; memory, counts, traps and profiles are the same.
        Returns what was left.
        """
        assert self.wide._wide is not None, f"{self.wide.program.name} has no wide form"
        found = []
        for machine in (self.threads, self.wide):
            launch, memory = prepare()
            found.append(Outcome(machine.run(launch, memory, limit=limit), memory.data))
        one, two = found
        assert one.result == two.result
        differs = np.flatnonzero(one.data != two.data)
        assert differs.size == 0, f"{differs.size} bytes differ, the first at {differs[0]}"
        if profile and one.result.trap is None:
            self.equal_profiles(prepare)
        return one

    def equal_profiles(self, prepare: Callable[[], Prepared]) -> None:
        """Profiles, and what profiling leaves in memory."""
        assert self.wide._wide_profiling is not None, f"{self.wide.program.name} has no wide form"
        launch, memory = prepare()
        expected = self.threads.profile(launch, memory)
        other, again = prepare()
        got = self.wide.profile(other, again)
        assert got.equals(expected) and got.thread_class.dtype == expected.thread_class.dtype
        assert (again.data == memory.data).all()

    def equal_refusals(self, prepare: Callable[[], Prepared]) -> str:
        """Profiling a launch that traps raises the same, which is returned."""
        words = []
        for machine in (self.threads, self.wide):
            try:
                machine.profile(*prepare())
            except GoldenTrap as trap:
                words.append(str(trap))
        assert len(words) == 2 and words[0] == words[1]
        return words[0]

    def went_wide(self, prepare: Callable[[], Prepared]) -> bool:
        """Whether the wide build comes through without help."""
        launch, memory = prepare()
        runner = self.wide._wide
        assert runner is not None
        context = LaunchContext(self.wide.program, launch, memory, NO_LIMIT)
        return runner.run(context, range(launch.blocks), np.zeros(4, np.int64), np.zeros(1, np.int32)) is None
