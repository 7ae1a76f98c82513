"""The self-check in its two forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sassafras.kernels.programs import bundled_kernels
from sassafras.kernels.registry import KERNELS
from sassafras.progress import Progress
from sassafras.simulation.workbench import Workbench
from sassafras.verify.builds import check_builds
from sassafras.verify.check import Check, Form, SelfCheck
from sassafras.verify.fault_free import check_fault_free
from sassafras.verify.known_outcomes import check_known_faults
from sassafras.verify.listings import check_listings, check_rebuilt
from sassafras.verify.samples import Sampling, cheapest_launches
from sassafras.verify.twins import check_every_launch, check_twins
from sassafras.workload.launches import PlannedLaunch


def short_check(bench: Workbench, frame: int, sampling: Sampling) -> SelfCheck:
    """Samples, in a fraction of a second; every campaign begins with it.

    Memory is golden again afterwards. Nothing is kept from one check to the next.
    """
    programs = sorted({p.program for p in bench.workload.plan if p.spec.source is None})
    checks = (
        check_listings(programs, bench.workload.architecture.name),
        *_code(bench, frame, sampling),
        check_fault_free(bench, frame, sampling, full=False),
        check_known_faults(bench.workload.architecture.name, sampling.struck, full=False),
    )
    return SelfCheck(Form.SHORT, checks)


def is_observed(plan: Iterable[PlannedLaunch]) -> bool:
    """Whether a plan has kernels of the user's own."""
    return any(planned.spec.observed for planned in plan)


def _code(bench: Workbench, frame: int, sampling: Sampling) -> Iterator[Check]:
    """Of kernels with twins and of others, as far as there are any."""
    plan = bench.workload.plan
    if not all(planned.spec.observed for planned in plan):
        yield check_twins(bench, frame, sampling)
    if is_observed(plan):
        yield check_builds(bench, frame, cheapest_launches(plan))


def full_check(bench: Workbench, frame: int, threads: int, seed: int, progress: Progress) -> SelfCheck:
    """Every launch of an inference, every kernel, every bundled file; with the ``toolchain`` extra installed
    the files are also rebuilt from their sources. ``threads``: host threads that emulate a launch together.
    """
    kernels = tuple(dict.fromkeys(planned.kernel for planned in bench.workload.plan))
    known = tuple(kernel for kernel in kernels if kernel in KERNELS)  # of the user's own none are known
    plan = bench.workload.plan
    if is_observed(plan):
        twins = check_builds(bench, frame, plan)
    else:
        progress.begin("verify", len(plan))
        twins = check_every_launch(bench, frame, threads, progress)
        progress.end()
    rebuilt = check_rebuilt(bench.workload.architecture.name)
    checks = (
        check_listings(bundled_kernels(bench.workload.architecture.name), bench.workload.architecture.name),
        *(() if rebuilt is None else (rebuilt,)),
        twins,
        check_fault_free(bench, frame, Sampling(kernels, seed), full=True),
        check_known_faults(bench.workload.architecture.name, known or tuple(KERNELS), full=True),
    )
    return SelfCheck(Form.FULL, checks)
