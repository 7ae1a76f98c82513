"""What is known of one architecture."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.architectures.allocator import Allocator
from sassafras.architectures.device import Device
from sassafras.architectures.multiprocessor import Multiprocessor
from sassafras.errors import UsageError
from sassafras.isa.family import Family
from sassafras.isa.target import LaunchLimits

#: CUDA C++ Programming Guide, "Technical Specifications per Compute Capability": the same for every one so
#: far. (From 7.0 on a host may opt in for more shared memory, which no launch here says.)
LAUNCH = LaunchLimits(
    threads=1024,
    sides=(1024, 1024, 64),
    grid=(2**31 - 1, 65535, 65535),
    shared_bytes=48 * 1024,
)


@dataclass(frozen=True, eq=False)
class Architecture:
    """``name``: as compilers call it; ``family``: its instruction set; ``multiprocessor``: occupancy limits;
    ``allocator``: of device memory; ``card``: which card's time is modelled, by its name in
    `sassafras.architectures.registry.cards`; ``launch``: the largest launches;
    ``tensor_cores``: whether products on them are carried out, as a model. None: not known, or no card
    is modelled.
    """

    name: str
    family: Family
    multiprocessor: Multiprocessor | None = None
    allocator: Allocator | None = None
    card: str | None = None
    launch: LaunchLimits = LAUNCH
    tensor_cores: bool = False

    def __reduce__(self) -> tuple[object, tuple[str, str | None, bool]]:
        """It travels between processes as its name, its card's, and whether tensor cores are modelled."""
        from sassafras.architectures.registry import architecture

        return architecture, (self.name, self.card, self.tensor_cores)

    @property
    def shared_unit(self) -> int:
        """A block's shared memory is a multiple of this many bytes. Raises UsageError."""
        return self.limits().shared_unit

    def limits(self) -> Multiprocessor:
        """The occupancy limits. Raises UsageError where they are not known."""
        if self.multiprocessor is None:
            raise UsageError(f"the occupancy limits of {self.name} are not known here")
        return self.multiprocessor

    def allocation_rules(self) -> Allocator:
        """The allocator of device memory. Raises UsageError where it is not known."""
        if self.allocator is None:
            raise UsageError(f"how device memory is laid out on {self.name} is not known here")
        return self.allocator

    @property
    def device(self) -> Device | None:
        """The card whose time is modelled."""
        from sassafras.architectures.registry import cards

        return None if self.card is None else cards()[self.card]

    def modelled_card(self) -> Device:
        """The card whose time is modelled. Raises UsageError where there is none."""
        if self.device is None:
            raise UsageError(f"no card is modelled for {self.name}; choose another architecture")
        return self.device
