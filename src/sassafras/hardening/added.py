"""What hardening adds to a network beside other machine code: launches, and buffers of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sassafras.emulator.memory import MemoryLayout
from sassafras.hardening.plan import Protection
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.adding import ADDING, CHECKED, NETWORK, Product, guarded
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.kernel import Kernel, Region
from sassafras.workload.alarms import Alarms
from sassafras.workload.launches import PlannedLaunch


def products(plan: Sequence[PlannedLaunch], protection: Protection) -> tuple[Product, ...]:
    """The products that get checksums."""
    chosen = {slot[0] for slot in protection.chosen if slot in CHECKED}
    return tuple(Product.of(p.index, p.arguments) for p in plan if p.kernel in chosen)


def added_behind(
    planned: PlannedLaunch, protection: Protection, layout: MemoryLayout, alarms: Alarms
) -> Iterator[tuple[Kernel, Arguments]]:
    """What is launched behind a launch of the plain network: kernels with their arguments."""
    for product in products([planned], protection):
        yield from product.launches(layout, alarms.corrected)


def added_at_the_end(
    protection: Protection, output: Region, alarms: Alarms
) -> Iterator[tuple[Kernel, Arguments]]:
    """What is launched behind the last launch. ``output``: the probabilities."""
    if protection.of(NETWORK) is Technique.GUARD:
        yield guarded(output, alarms.detected)


def added_kernels(protection: Protection, kernels: Sequence[str]) -> tuple[str, ...]:
    """Kernels that a protection adds, of those that serve one of ``kernels`` or the network."""
    chosen = [
        added
        for slot, added in ADDING.items()
        if slot in protection.chosen and slot[0] in (*kernels, NETWORK)
    ]
    return tuple(kernel.name for added in chosen for kernel in added)
