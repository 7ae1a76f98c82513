"""The self-check in its two forms."""

from __future__ import annotations

from sassafras.kernels.programs import bundled_kernels
from sassafras.progress import Progress
from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import Form, SelfCheck
from sassafras.verify.fault_free import check_fault_free
from sassafras.verify.known_outcomes import check_known_faults
from sassafras.verify.listings import check_listings, check_rebuilt
from sassafras.verify.samples import Sampling
from sassafras.verify.twins import check_every_launch, check_twins


def short_check(bench: Workbench, frame: int, sampling: Sampling) -> SelfCheck:
    """Samples, in a fraction of a second; every campaign begins with it.

    Memory is golden again afterwards. Nothing is kept from one check to the next.
    """
    programs = sorted({p.program for p in bench.workload.plan if p.spec.source is None})
    checks = (
        check_listings(programs, bench.workload.architecture.name),
        check_twins(bench, frame, sampling),
        check_fault_free(bench, frame, sampling, full=False),
        check_known_faults(bench.workload.architecture.name, sampling.struck, full=False),
    )
    return SelfCheck(Form.SHORT, checks)


def full_check(bench: Workbench, frame: int, threads: int, seed: int, progress: Progress) -> SelfCheck:
    """Every launch of an inference, every kernel, every bundled file; with the ``toolchain`` extra installed
    the files are also rebuilt from their sources. ``threads``: host threads that emulate a launch together.
    """
    kernels = tuple(dict.fromkeys(planned.kernel for planned in bench.workload.plan))
    progress.begin("verify", len(bench.workload.plan))
    twins = check_every_launch(bench, frame, threads, progress)
    progress.end()
    rebuilt = check_rebuilt(bench.workload.architecture.name)
    checks = (
        check_listings(bundled_kernels(bench.workload.architecture.name), bench.workload.architecture.name),
        *(() if rebuilt is None else (rebuilt,)),
        twins,
        check_fault_free(bench, frame, Sampling(kernels, seed), full=True),
        check_known_faults(bench.workload.architecture.name, kernels, full=True),
    )
    return SelfCheck(Form.FULL, checks)
