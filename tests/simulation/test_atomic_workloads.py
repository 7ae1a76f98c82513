"""Faults in kernels whose threads meet in a word: the quick engine's rows are those of the full one, and
memory is what it was afterwards whatever a fault has made threads do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from tests.campaign.rows import FAST_ONLY, assert_same
from tests.cuda.kernels import machine

from sassafras.architectures.architecture import Architecture
from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import DRAWN_MODELS
from sassafras.isa.program import Program
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.simulation.atomics import threads_hear, threads_meet
from sassafras.simulation.outcome import Severity
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput
from sassafras.workload.judgement import Judgement
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict

FEW, MANY = 34, 667  #: faults of each mode


@dataclass(frozen=True)
class Same(Judgement):
    """Right where every byte is golden."""

    answers: tuple[str, ...] = ("right", "wrong")

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        same = golden.tobytes() == faulty.tobytes()
        severity = Severity.NO_MALFUNCTION if same else Severity.MALFUNCTION
        return Verdict(severity, int(not same), float(same), not same, False, None if same else 1.0)


@dataclass(frozen=True)
class Given:
    """A kernel of the tests as a workload. ``arrays``: initial contents by parameter, in the kernel's order;
    ``writes``: those that it writes; ``numbers``: its other parameters.
    """

    path: str
    geometry: tuple[int, int]
    arrays: dict[str, np.ndarray]
    writes: tuple[str, ...]
    numbers: dict[str, int]

    @property
    def kernel(self) -> Kernel:
        grid, block = self.geometry
        sizes = {name: array.nbytes for name, array in self.arrays.items()}

        def regions(names: tuple[str, ...]) -> object:
            def found(arguments: Arguments) -> tuple[Region, ...]:
                return tuple(Region(int(arguments[name]), sizes[name]) for name in names)

            return found

        def code(_target: Architecture) -> Program:
            return machine(self.path).program

        kinds = [(n, ParameterType.POINTER) for n in self.arrays]
        return Kernel(
            name=self.path.rpartition("/")[2],
            parameters=(*kinds, *((n, ParameterType.INT) for n in self.numbers)),
            geometry=lambda _arguments: ((grid, 1, 1), (block, 1, 1)),
            reads=regions(tuple(self.arrays)),  # type: ignore[arg-type]
            writes=regions(self.writes),  # type: ignore[arg-type]
            overwrites=False,
            twin=None,
            source=code,
        )

    def workload(self) -> tuple[GivenWorkload, list[GivenInput]]:
        buffers = {n: Buffer(n, a.nbytes, a.shape, a.dtype) for n, a in self.arrays.items()}
        call = Call(self.kernel, 0, {**{n: n for n in self.arrays}, **self.numbers})
        part = Part(0, "all", buffers[self.writes[-1]])
        made = GivenWorkload(
            self.kernel.name, Same(), tuple(buffers.values()), (call,), (part,), tuple(buffers), self.writes
        )
        return made, [GivenInput("one", tuple(self.arrays.values()), 0)]


def dice(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def integers(seed: int, end: int, count: int) -> np.ndarray:
    return dice(seed).integers(0, end, count).astype(np.int32)


WORKLOADS = {
    "shared and global sums": Given(
        "atomic/shared_histogram",
        (3, 64),
        {
            "values": integers(1, 1000, 150),
            "counts": np.zeros(32, np.int32),
            "largest": np.zeros(4, np.int32),
        },
        ("counts", "largest"),
        {"n": 150},
    ),
    "places that counters give": Given(
        "atomic/places",
        (3, 32),
        {"bucket": integers(2, 8, 90), "count": np.zeros(8, np.int32), "sorted": np.full(256, -1, np.int32)},
        ("count", "sorted"),
        {"capacity": 32, "n": 90},
    ),
    "shared memory alone": Given(
        "atomic/shared_sums",
        (1, 64),
        {
            "bucket": integers(3, 8, 64),
            "value": (integers(4, 800, 64) / 8).astype(np.float32),
            "floats": np.zeros(8, np.float32),
            "integers": np.zeros(16, np.int32),
            "largest": np.zeros(16, np.float32),
        },
        ("floats", "integers", "largest"),
        {},
    ),
    "a lock": Given(
        "atomic/locks",
        (2, 32),
        {
            "bucket": integers(5, 4, 64),
            "value": integers(6, 50, 64).astype(np.float32),
            "lock": np.zeros(4, np.int32),
            "sum": np.ones(4, np.float32),
            "count": np.zeros(4, np.int32),
        },
        ("lock", "sum", "count"),
        {},
    ),
}


def rows(folder: Path, given: Given, injections: int, engine: Literal["fast", "full"]) -> Campaign:
    workload, inputs = given.workload()
    settings = Settings(
        kernels=(given.kernel.name,), injections=injections, seed=5, models=DRAWN_MODELS, engine=engine
    )
    campaign = Campaign(folder / engine, settings, workload, inputs)
    campaign.run()
    return campaign


def cases() -> Iterator[Any]:
    for name in WORKLOADS:
        yield pytest.param(name, FEW, id=f"{name}-few", marks=pytest.mark.long if name == "a lock" else ())
        yield pytest.param(name, MANY, id=f"{name}-many", marks=pytest.mark.slow)


@pytest.mark.alike(3)
@pytest.mark.filterwarnings("ignore:.*an atomic orders them:sassafras.simulation.watch.RaceWarning")
@pytest.mark.parametrize(("name", "injections"), list(cases()))
def test_both_engines_give_the_same_rows(tmp_path: Path, name: str, injections: int) -> None:
    fast = rows(tmp_path, WORKLOADS[name], injections, "fast")
    full = rows(tmp_path, WORKLOADS[name], injections, "full")
    assert len(fast.errors()) == 0 and len(full.errors()) == 0
    found = fast.injections()
    assert len(found) == 3 * injections and {"MASKED", "SDC", "DUE"} == set(found.outcome)
    assert_same(found, full.injections(), without=FAST_ONLY)


def test_which_kernels_are_run_whole() -> None:
    """Those whose threads meet without waiting for each other; where they hear of each other, traces too need
    all threads before.
    """
    meet = {name: threads_meet(machine(given.path).program) for name, given in WORKLOADS.items()}
    hear = {name: threads_hear(machine(given.path).program) for name, given in WORKLOADS.items()}
    assert meet == dict.fromkeys(WORKLOADS, True) | {"shared memory alone": False}
    assert hear["places that counters give"] and hear["a lock"] and not hear["shared memory alone"]
