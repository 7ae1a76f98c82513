"""A network whose kernels are hardened: the same layers, weights and addresses, other machine code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

from sassafras.emulator.memory import MemoryLayout, lay_out
from sassafras.errors import UsageError
from sassafras.hardening.bounds import KERNEL, launches_bounded
from sassafras.hardening.plan import Protection
from sassafras.kernels.hardened.registry import harden_arguments, hardened_kernel
from sassafras.kernels.hardened.technique import FLAG_BYTES, FLAGS, Technique
from sassafras.network.alarms import Alarms
from sassafras.network.network import Network
from sassafras.network.plan import PlannedLaunch, make_plan

ALARMS = "hardening.alarms"  #: the allocation of the words in which kernels say what they noticed
_WORD = 4


@dataclass(frozen=True, eq=False)
class HardenedNetwork(Network):
    """A network under a protection; make one with `harden`.

    The alarm words are allocated last, so that every other buffer stays where it is. Launches keep their
    place in the plan, their layer and the plain kernel's name. ``known_digest`` is the plain network's.
    """

    protection: Protection = field(default_factory=Protection)

    @property
    def alarms(self) -> Alarms:
        """Where the hardened kernels say what they noticed."""
        address = self.layout[ALARMS].address
        detected, corrected = (address + _WORD * FLAGS.index(flag) for flag in ("detected", "corrected"))
        return Alarms(detected, corrected)

    @property
    def parameters_digest(self) -> str:
        """The plain network's digest: the parameters are the same."""
        return self.known_digest

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the plain network's digest and the protection, bounds included."""
        calibration = self.protection.calibration
        bounds = "" if calibration is None else f" {calibration.exact}"
        return hashlib.sha256(f"{self.known_digest} {self.protection}{bounds}".encode()).hexdigest()

    @cached_property
    def layout(self) -> MemoryLayout:
        """The plain network's layout, and behind it the alarm words."""
        return lay_out([*self.buffers, (ALARMS, FLAG_BYTES)])

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The plain network's launches, those of protected kernels with hardened ones instead."""
        return tuple(self._hardened(planned) for planned in make_plan(self.layers, self.layout))

    def _hardened(self, planned: PlannedLaunch) -> PlannedLaunch:
        technique = self.protection.of(planned.kernel)
        if technique is None:
            return planned
        calibration = self.protection.calibration
        bounds = None
        if technique is Technique.RANGE and calibration is not None:
            bounds = calibration.bounds[planned.invocation]
        alarms = self.layout[ALARMS].address
        changed = harden_arguments(planned.kernel, technique, planned.arguments, alarms, bounds)
        return replace(
            planned,
            # The plain names stay: they say what the launch works on.
            arguments={**planned.arguments, **changed},
            variant=hardened_kernel(planned.kernel, technique),
        )


def harden(network: Network, protection: Protection) -> HardenedNetwork:
    """The network under a protection. Raises UsageError where ``range`` is chosen and its bounds are missing,
    or not those of this network.
    """
    if Technique.RANGE in dict(protection.chosen).values():
        known = 0 if protection.calibration is None else len(protection.calibration.bounds)
        if known != (wanted := launches_bounded(network)):
            raise UsageError(
                f"range needs bounds for {wanted} launches of {KERNEL}, not {known}; calibrate first"
            )
    return HardenedNetwork(
        network.name, network.config, network.classes, network.parameters, network.digest, protection
    )
