"""How long programs take on a GPU, and whether they compute what the twins do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np

from sassafras.hardening.gpu.driver import Driver
from sassafras.hardening.gpu.machine_code import compiled
from sassafras.hardening.gpu.placement import Compile, Placement, place
from sassafras.hardening.plan import Protection
from sassafras.hardening.workload import harden
from sassafras.progress import Progress
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload

RUNS = 30  #: inferences whose median is reported
WARM_UP = 3  #: inferences before them, not counted
UNHARDENED = "unhardened"  #: the name of the program that overheads are relative to
_WORD = 4


@dataclass(frozen=True)
class MeasuredProgram:
    """One inference on the device. ``kernel_seconds``: by plain name, all launches of the kernel together,
    median of the runs; ``seconds``: of all launches without anything between them, likewise. ``compared``,
    ``differing``: by plain name, 32-bit words of results compared with the twin's, and those that differ.
    """

    kernel_seconds: Mapping[str, float]
    seconds: float
    compared: Mapping[str, int]
    differing: Mapping[str, int]


@dataclass(frozen=True)
class Measurement:
    """Programs on one device, by name; ``unhardened`` is one of them."""

    device: str
    arch: str
    runs: int
    programs: Mapping[str, MeasuredProgram]

    def seconds(self, name: str, kernels: Collection[str] | None = None) -> float:
        """Of the whole model under a program, or of some kernels."""
        program = self.programs[name]
        if kernels is None:
            return program.seconds
        return sum(program.kernel_seconds[kernel] for kernel in kernels)

    def overhead(self, name: str, kernels: Collection[str] | None = None) -> float:
        """Added time / unhardened time, of the whole model or of some kernels."""
        return self.seconds(name, kernels) / self.seconds(UNHARDENED, kernels) - 1


def measure(
    driver: Driver,
    network: Workload,
    given: Input,
    protections: Mapping[str, Protection],
    progress: Progress,
    runs: int = RUNS,
    compile_for: Compile | None = None,
) -> Measurement:
    """Run an inference of ``given`` under every protection, ``runs`` times each.

    ``protections``: by name; ``unhardened`` must be among them. ``compile_for``: `machine_code.compiled`, if
    not given. Raises DeviceError and ToolchainError.
    """
    programs = {}
    progress.begin("gpu", len(protections))
    for name, protection in protections.items():
        hardened = harden(network, protection) if protection.chosen else network
        programs[name] = _measured(driver, hardened, given, runs, compile_for or compiled)
        progress.advance(1)
    progress.end()
    return Measurement(driver.name, driver.arch, runs, programs)


def _measured(
    driver: Driver, network: Workload, given: Input, runs: int, compile_for: Compile
) -> MeasuredProgram:
    placement = place(driver, network, given, compile_for)
    try:
        compared, differing = _compare(driver, placement)
        kernel_seconds, seconds = _time(driver, placement, runs)
    finally:
        driver.release(placement.address)
    return MeasuredProgram(kernel_seconds, seconds, compared, differing)


def _compare(driver: Driver, placement: Placement) -> tuple[Counter[str], Counter[str]]:
    """Launch by launch beside the twins. Every launch gets the twins' input: what differs is put right."""
    memory = placement.memory
    compared: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    for planned, call in zip(placement.network.plan, placement.calls, strict=True):
        driver.run([[call]])
        planned.run(memory, placement.network.architecture)
        for region in planned.writes:
            address = placement.on_device(region.address)
            expected = memory.at(region.address, region.nbytes)
            found = driver.download(address, region.nbytes)
            wrong = int((found.view(np.uint32) != expected.view(np.uint32)).sum())
            compared[planned.kernel] += region.nbytes // _WORD
            differing[planned.kernel] += wrong
            if wrong:
                driver.upload(address, expected)
    return compared, differing


def _time(driver: Driver, placement: Placement, runs: int) -> tuple[dict[str, float], float]:
    """Seconds by kernel and of the whole. The whole is timed in runs of its own, without events inside."""
    kernels = [planned.kernel for planned in placement.network.plan]
    for _ in range(WARM_UP):
        driver.run([placement.calls])
    whole = median(driver.run([placement.calls])[0] for _ in range(runs))
    sums: dict[str, list[float]] = {kernel: [] for kernel in kernels}
    for _ in range(runs):
        one = dict.fromkeys(kernels, 0.0)
        for kernel, milliseconds in zip(kernels, driver.run([[c] for c in placement.calls]), strict=True):
            one[kernel] += milliseconds
        for kernel, total in one.items():
            sums[kernel].append(total)
    return {kernel: median(found) / 1e3 for kernel, found in sums.items()}, whole / 1e3
