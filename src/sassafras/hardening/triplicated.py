"""A workload of the user's own kernels run three times, each time in memory of its own; the host votes
bitwise on the outputs. No kernel is changed, so it is had at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.exposure import Failures, compare_failures, relative
from sassafras.architectures.architecture import Architecture
from sassafras.campaign.campaign import Campaign
from sassafras.emulator.memory import MemoryLayout
from sassafras.emulator.module_memory import module_name, module_request, write_pointers
from sassafras.errors import UsageError
from sassafras.hardening.evaluate import FOLDER, added_time, program_exposures
from sassafras.isa.module import Module
from sassafras.isa.program import Program
from sassafras.kernels.kernel import Kernel, Region
from sassafras.progress import Progress
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.inputs import GivenInput, Input
from sassafras.workload.judgement import Judgement
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.own.code import OwnKernel, Source, touched
from sassafras.workload.own.load import OwnWorkload
from sassafras.workload.own.variables import copied, modules_of
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict
from sassafras.workload.vocabulary import Vocabulary
from sassafras.workload.workload import Workload

COPIES = 3
STORE = "three-runs.sqlite"


@dataclass(frozen=True)
class Voted(Judgement):
    """``inner`` of the bitwise majority of three results that lie one behind the other, each of these
    ``buffers``.
    """

    inner: Judgement
    buffers: tuple[Buffer, ...] = field(repr=False)

    @property
    def answers(self) -> Any:  # type: ignore[override]
        """The inner one's."""
        return self.inner.answers

    @property
    def said(self) -> str:
        """As `Judgement` says."""
        return f"voted of {COPIES}, {self.inner.said}"

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """As `Judgement` says."""
        return self.inner.judge(self._vote(golden), self._vote(faulty))

    def _vote(self, result: Result) -> Result:
        one, two, three = result.raw.reshape(COPIES, -1)
        return Result((one & two) | (one & three) | (two & three), self.buffers)


@dataclass(frozen=True, eq=False)
class Triplicated(Workload):
    """Three runs of a workload. The first copy of every buffer lies where the plain workload has it."""

    name: str
    architecture: Architecture
    plain: OwnWorkload

    def on(self, target: Architecture) -> Triplicated:
        """As `Workload` says."""
        return self if target is self.architecture else triplicated(self.plain.on(target))

    @cached_property
    def buffers(self) -> tuple[Buffer, ...]:
        """The plain workload's, then those of the second and of the third run."""
        return tuple(
            replace(one, name=self._named(one.name, k)) for k in range(COPIES) for one in self.plain.buffers
        )

    @cached_property
    def contents(self) -> Mapping[str, Any]:
        """Each run has its own."""
        plain = self.plain.contents
        return {
            self._named(name, k): self._moved_pointers(name, k, values)
            for k in range(COPIES)
            for name, values in plain.items()
        }

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return modules_of(planned.spec.code(self.architecture) for planned in self.plain.plan)

    def _named(self, name: str, copy: int) -> str:
        """A buffer's name in a run."""
        if name in self._modules:
            return module_name(copied(self._modules[name], copy))
        return _named(name, copy)

    def _moved_pointers(self, name: str, copy: int, values: Any) -> Any:
        if name not in self._modules:
            return values
        image = values.copy()
        write_pointers(image, self._modules[name].pointers, self.layout[self._named(name, copy)].address)
        return image

    @property
    def parts(self) -> tuple[Part, ...]:
        """The plain workload's, with the results of the first run."""
        return self.plain.parts

    @property
    def inputs(self) -> tuple[Buffer, ...]:
        """Each run has its own."""
        return _copies(self.plain.inputs)

    @property
    def outputs(self) -> tuple[Buffer, ...]:
        """Each run has its own."""
        return _copies(self.plain.outputs)

    @property
    def judgement(self) -> Judgement:
        """The plain workload's, of the majority."""
        return Voted(self.plain.judgement, self.plain.outputs)

    @property
    def vocabulary(self) -> Vocabulary:
        """The plain workload's."""
        return self.plain.vocabulary

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the plain workload's."""
        return hashlib.sha256(f"{COPIES} times {self.plain.digest}".encode()).hexdigest()

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The plain workload's launches three times, each time in other memory."""
        regions = {buffer.name: self.region(buffer) for buffer in self.buffers}
        found: list[PlannedLaunch] = []
        kernels: dict[tuple[str, int], Kernel] = {}
        for k in range(COPIES):
            for planned in self.plain.plan:
                program = planned.spec.code(self.architecture)
                key = planned.kernel, k if module_request(program) else 0
                kernel = kernels.setdefault(key, _anywhere(planned.spec, program, regions, k))
                arguments = _moved(planned, self.plain.layout, self.layout, k)
                invocation = planned.invocation + k * sum(p.kernel == planned.kernel for p in self.plain.plan)
                geometry = planned.launch.grid, planned.launch.block
                found.append(
                    PlannedLaunch.of(
                        len(found), planned.kernel, invocation, planned.part, arguments, kernel, geometry
                    )
                )
        return tuple(found)


def triplicated(workload: Workload) -> Triplicated:
    """The workload run three times. Raises UsageError for one that is no user's own."""
    if not isinstance(workload, OwnWorkload):
        raise UsageError(
            f"{workload.name} is not of a workload file: it cannot be run three times as a whole"
        )
    return Triplicated(f"{workload.name}, {COPIES} times", workload.architecture, workload)


def _named(name: str, copy: int) -> str:
    return name if copy == 0 else f"{name}.{copy + 1}"


def _copies(buffers: tuple[Buffer, ...]) -> tuple[Buffer, ...]:
    return tuple(replace(one, name=_named(one.name, k)) for k in range(COPIES) for one in buffers)


def _pointers(kernel: Kernel) -> tuple[str, ...]:
    assert isinstance(kernel, OwnKernel)
    return kernel.pointers


def _anywhere(kernel: Kernel, program: Program, regions: Mapping[str, Region], copy: int) -> Kernel:
    """The kernel in the memory of a run. Only code that touches variables differs, by where these lie."""
    if program.module is not None and module_request(program):
        program = replace(program, module=copied(program.module, copy))
    memory = touched(program, _pointers(kernel), regions)
    return replace(kernel, reads=memory, writes=memory, source=Source(program))


def _moved(
    planned: PlannedLaunch, before: MemoryLayout, after: MemoryLayout, copy: int
) -> dict[str, int | float]:
    """The arguments, with pointers into the buffers of a copy."""
    found = dict(planned.arguments)
    for name in _pointers(planned.spec):
        address = int(found[name])
        own = next((a for a in before.allocations if a.address <= address < a.end), None)
        if own is not None:
            found[name] = after[_named(own.name, copy)].address + address - own.address
    return found


def thrice(given: Input) -> GivenInput:
    """An input for all three runs."""
    return GivenInput(given.name, given.arrays * COPIES, given.label)


@dataclass(frozen=True, eq=False)
class Threefold:
    """What became of the three runs. ``failures``: of both programs, by exposure; ``overhead``: modelled time
    of the launches, beside the plain ones, None where no card is modelled; the host's vote is not in it.
    """

    campaign: Campaign
    before: pd.DataFrame
    after: pd.DataFrame
    errors: int
    failures: tuple[Failures, ...]
    overhead: float | None
    store: Path


def study_triplicated(
    campaign: Campaign, injections: int, workers: int, progress: Progress, critical: Criticality
) -> Threefold:
    """Inject into the three runs, as often as is asked for. What is stored already is not run again."""
    network = triplicated(campaign.network)
    settings = campaign.settings.model_copy(update={"injections": injections})
    images = [thrice(given) for given in campaign.images]
    fresh = Campaign(campaign.folder / FOLDER, settings, network, images, store_name=STORE)
    fresh.run(workers, progress)
    rows, own = fresh.injections(), campaign.injections()
    after = rows[rows["id"].isin(fresh.asked)].reset_index(drop=True)
    before = own[own["id"].isin(campaign.asked)].reset_index(drop=True)
    ratios = relative(program_exposures(campaign), program_exposures(fresh))
    return Threefold(
        campaign,
        before,
        after,
        len(fresh.errors()),
        compare_failures(before, after, ratios, critical=critical),
        added_time(campaign, fresh),
        fresh.store.path,
    )
