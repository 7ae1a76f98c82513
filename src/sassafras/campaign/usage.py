"""What each kernel is of an inference: how much of its instructions, of its modelled time, and of the
registers while it runs. Kept in the store, so that a statement about some kernels can say what part of the
program they are, and programs can be compared by how often they are hit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.device import Device
from sassafras.architectures.multiprocessor import REGISTER_BITS
from sassafras.campaign.counting import Counter, CountSetup, profiled_costs
from sassafras.kernels.cost import LaunchCost
from sassafras.kernels.occupancy import allocation
from sassafras.workload.launches import PlannedLaunch

if TYPE_CHECKING:
    from sassafras.campaign.campaign import Campaign

USAGE = "usage"  #: key in the store: `stored_usage`, once the campaign has run


@dataclass(frozen=True)
class KernelUsage:
    """A kernel in one inference. ``instructions``: dynamic thread-instructions; ``seconds``: modelled;
    ``bit_seconds``: sum over its launches of the register bits that resident threads can name (registers of a
    thread x resident threads x 32) x modelled seconds: how much there is for a particle to hit, for how long.
    """

    kernel: str
    launches: int
    instructions: int
    seconds: float
    bit_seconds: float


def measure_usage(campaign: Campaign) -> tuple[KernelUsage, ...]:
    """Every kernel of the inference, struck or not, on the campaign's first frame, in the order of the
    plan. Struck launches from the campaign's profiles, others by counting them (remembered on disk). Empty
    where no card is modelled for the architecture.
    """
    target = campaign.network.architecture
    device = target.device
    if device is None:
        return ()
    costs = profiled_costs(campaign, device)
    others = Counter(CountSetup((campaign.network,), campaign.images[0], device))
    found: dict[str, list[tuple[LaunchCost, float]]] = {}
    for planned in campaign.network.plan:
        cost = costs.get(planned.index) or others.count(planned.index)
        bits = named_bits(planned, target, device)
        found.setdefault(planned.kernel, []).append((cost, bits))
    return tuple(
        KernelUsage(
            kernel,
            len(items),
            sum(cost.instructions for cost, _ in items),
            sum(cost.seconds for cost, _ in items),
            sum(cost.seconds * bits for cost, bits in items),
        )
        for kernel, items in found.items()
    )


def named_bits(planned: PlannedLaunch, target: Architecture, device: Device) -> float:
    """Register bits that the resident threads of a launch can name, on the whole device."""
    limits, shape = target.limits(), planned.launch
    program = planned.spec.code(target)
    found = allocation(
        *(limits, device.multiprocessors, program),
        *(shape.blocks, shape.threads_per_block, shape.shared_bytes),
    )
    return found.named_fraction * device.multiprocessors * limits.registers * REGISTER_BITS


def stored_usage(usage: Iterable[KernelUsage]) -> list[dict[str, Any]]:
    """As JSON."""
    return [asdict(one) for one in usage]


def usage_of(stored: Iterable[dict[str, Any]] | None) -> tuple[KernelUsage, ...]:
    """From the store's JSON; empty where it does not say."""
    return tuple(KernelUsage(**one) for one in stored or ())
