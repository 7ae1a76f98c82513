"""Table 2: what every kernel and the whole model cost, unhardened and hardened."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sassafras.campaign.counting import CountSetup
from sassafras.campaign.execution.workers import ProcessPool
from sassafras.hardening.bounds import Calibration, unbounded
from sassafras.hardening.plan import Protection, launched, protect
from sassafras.hardening.refused import refused
from sassafras.hardening.workload import harden
from sassafras.kernels.cost import Cost, LaunchCost, Overhead, overhead, total
from sassafras.kernels.hardened.registry import ADDING, NETWORK, WITHIN, techniques_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.progress import Progress
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload


@dataclass(frozen=True)
class CostBook:
    """Cost of every kernel of an inference under every technique that it has (None: unhardened), summed over
    its launches and those that the technique adds; and of what a technique of the whole network adds
    (NETWORK).
    """

    costs: Mapping[tuple[str, Technique | None], Cost]

    @property
    def kernels(self) -> tuple[str, ...]:
        """The kernels of the inference."""
        return tuple(dict.fromkeys(kernel for kernel, _ in self.costs if kernel != NETWORK))

    def kernel(self, kernel: str, protection: Protection) -> Cost:
        """A kernel under a protection."""
        return self.costs[kernel, protection.of(kernel)]

    def model(self, protection: Protection, kernels: Iterable[str] | None = None) -> Cost:
        """All kernels (or some of them) under a protection, with what that adds for the whole network."""
        own = [self.kernel(k, protection) for k in (self.kernels if kernels is None else kernels)]
        technique = protection.of(NETWORK)
        return total(own if technique is None else [*own, self.costs[NETWORK, technique]])

    def overhead(self, protection: Protection, kernels: Sequence[str] | None = None) -> Overhead:
        """Added time / unhardened time of the kernels (by default of the whole model), and its band."""
        return overhead(self.model(Protection(), kernels), self.model(protection, kernels))


def every_technique(
    kernels: Sequence[str],
    calibration: Calibration | None = None,
    without: Container[tuple[str, Technique]] = (),
) -> dict[Technique | None, Protection]:
    """For each technique the protection that gives it to every kernel that has it, or to the network.
    ``calibration``: the bounds of ``range``. ``without``: kernels and techniques that are left out.
    """
    found: dict[Technique | None, Protection] = {None: Protection()}
    for technique in Technique:
        able = [
            kernel
            for kernel in (*kernels, NETWORK)
            if technique in techniques_of(kernel) and (kernel, technique) not in without
        ]
        if able:
            found[technique] = protect(dict.fromkeys(able, technique))
            if technique is Technique.RANGE:
                found[technique] = replace(found[technique], calibration=calibration)
    return found


def cost_book(
    network: Workload,
    given: Input,
    workers: int,
    progress: Progress,
) -> CostBook:
    """Run every kernel of one inference in every form that takes its launches (`refused`), and count.

    Every form gets the same data. Branches that depend on data vary little from
    frame to frame: one frame stands for all. The bounds of ``range`` steer no branch: any will do.
    """
    network.open_early()  # made once, not by every worker
    variants = every_technique(launched(network), unbounded(network), refused(network))
    device = network.architecture.modelled_card()
    techniques, forms = list(variants), tuple(harden(network, protection) for protection in variants.values())
    work = [
        (planned.index, number)
        for number, form in enumerate(forms)
        for planned in form.plan
        if techniques[number] is None or planned.variant is not None
    ]
    progress.begin("count", len(work))
    codes = [forms[number].plan[index].spec.code(network.architecture) for index, number in work]
    # A program is compiled by one worker; the longest first, so that none is left with it in the end.
    order = sorted(range(len(work)), key=lambda position: -len(codes[position].instructions))
    costs: dict[int, LaunchCost] = {}
    with ProcessPool(CountSetup(forms, given, device), workers) as pool:
        given_out = [work[position] for position in order], [codes[position].name for position in order]
        for place, cost in pool.map("count", *given_out):
            costs[order[place]] = cost
            progress.advance(1)
    progress.end()
    launches: dict[tuple[str, Technique | None], list[LaunchCost]] = {}
    for position, (_, number) in enumerate(work):  # in order, whoever was first: sums are of floats
        technique, kernel = techniques[number], costs[position].kernel
        of = kernel if kernel in KERNELS else variants[technique].chosen[0][0]
        launches.setdefault((of, technique), []).append(costs[position])
    for kernel, technique in ADDING:
        if (kernel, technique) in launches and (kernel, technique) not in WITHIN:  # the kernel runs as it is
            launches[kernel, technique] += launches.get((kernel, None), [])
    return CostBook(
        {
            (kernel, technique): total(launches[kernel, technique])
            for kernel in (*launched(network), NETWORK)
            for technique in variants
            if (kernel, technique) in launches
        }
    )
