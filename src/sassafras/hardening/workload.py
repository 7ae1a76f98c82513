"""A workload whose kernels are hardened: the same parts, contents and addresses, other machine code."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.hardening.added import added_at_the_end, added_behind, products
from sassafras.hardening.bounds import KERNEL, launches_bounded
from sassafras.hardening.plan import Protection
from sassafras.kernels.hardened.adding import Product
from sassafras.kernels.hardened.registry import ADDING, WITHIN, harden_arguments, hardened_kernel
from sassafras.kernels.hardened.technique import FLAG_BYTES, FLAGS, Technique
from sassafras.kernels.registry import KERNELS
from sassafras.workload.alarms import Alarms
from sassafras.workload.buffer import FLOAT, Buffer, Part
from sassafras.workload.judgement import Judgement
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

ALARMS = "hardening.alarms"  #: the allocation of the words in which kernels say what they noticed
_WORD = 4


@dataclass(frozen=True, eq=False)
class HardenedWorkload(Workload):
    """A workload under a protection; make one with `harden`.

    What is added lies behind the plain workload's buffers, so that those stay where they are; the alarm words
    are the last. Launches of the plain workload keep their order, their part and the plain kernel's name;
    what is launched between them has a name of its own.
    """

    name: str
    architecture: Architecture
    plain: Workload
    protection: Protection

    def on(self, target: Architecture) -> HardenedWorkload:
        """As `Workload` says."""
        return self if target is self.architecture else harden(self.plain.on(target), self.protection)

    def __getstate__(self) -> dict[str, Any]:
        """For another process: the fields. What follows from them is made there (a hardened plan holds
        functions that cannot travel).
        """
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @property
    def contents(self) -> Mapping[str, NDArray[np.float32]]:
        """The plain workload's."""
        return self.plain.contents

    @property
    def parts(self) -> tuple[Part, ...]:
        """The plain workload's."""
        return self.plain.parts

    @property
    def inputs(self) -> tuple[Buffer, ...]:
        """The plain workload's."""
        return self.plain.inputs

    @property
    def outputs(self) -> tuple[Buffer, ...]:
        """The plain workload's."""
        return self.plain.outputs

    @property
    def judgement(self) -> Judgement:
        """The plain workload's."""
        return self.plain.judgement

    @property
    def alarms(self) -> Alarms:
        """Where the hardened kernels say what they noticed."""
        address = self.layout[ALARMS].address
        detected, corrected = (address + _WORD * FLAGS.index(flag) for flag in ("detected", "corrected"))
        return Alarms(detected, corrected)

    @property
    def parameters_digest(self) -> str:
        """The plain workload's: the contents are the same."""
        return self.plain.digest

    @property
    def golden_digest(self) -> str:
        """The plain workload's, unless bounds may hold fault-free values, too."""
        return self.parameters_digest if self.protection.calibration is None else self.digest

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the plain workload's digest and the protection, bounds included."""
        calibration = self.protection.calibration
        bounds = "" if calibration is None else f" {calibration.exact}"
        return hashlib.sha256(f"{self.plain.digest} {self.protection}{bounds}".encode()).hexdigest()

    @cached_property
    def buffers(self) -> tuple[Buffer, ...]:
        """The plain workload's, and behind them what is added: checksums, flags, the alarm words."""
        added = [Buffer(*buffer) for product in self._products for buffer in product.buffers]
        return (*self.plain.buffers, *added, Buffer(ALARMS, FLAG_BYTES))

    @cached_property
    def _products(self) -> tuple[Product, ...]:
        """The products with checksums."""
        return products(self.plain.plan, self.protection)

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The plain workload's launches, those of protected kernels with hardened ones instead, and what is
        launched between and behind them.
        """
        found: list[PlannedLaunch] = []
        invocations: Counter[str] = Counter()
        plain = self.plain.plan
        for planned in plain:
            found.append(replace(self._hardened(planned), index=len(found)))
            added = [*added_behind(planned, self.protection, self.layout, self.alarms)]
            if planned is plain[-1]:
                added += [
                    pair
                    for one in self.outputs
                    if one.dtype == FLOAT
                    for pair in added_at_the_end(self.protection, self.region(one), self.alarms)
                ]
            for kernel, arguments in added:
                number = invocations[kernel.name]
                invocations[kernel.name] += 1
                found.append(
                    PlannedLaunch.of(len(found), kernel.name, number, planned.part, arguments, kernel)
                )
        return tuple(found)

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Where each launch of the plain workload stands in this plan."""
        return tuple(planned.index for planned in self.plan if planned.kernel in KERNELS)

    def put_contents(self, memory: DeviceMemory) -> None:
        """As the plain workload's, with the checksums of its weights."""
        super().put_contents(memory)
        for product in self._products:
            product.fill(memory)

    @property
    def _arena_key(self) -> str:
        shifts = [product.shift for product in self._products]
        return f"{super()._arena_key} checksums {shifts}" if shifts else super()._arena_key

    def _hardened(self, planned: PlannedLaunch) -> PlannedLaunch:
        technique = self.protection.of(planned.kernel)
        if technique is not None and (planned.kernel, technique) in ADDING:
            technique = WITHIN.get((planned.kernel, technique))
        if technique is None:
            return planned
        calibration = self.protection.calibration
        bounds = None
        if technique is Technique.RANGE and calibration is not None:
            bounds = calibration.bounds[planned.invocation]
        alarms = self.layout[ALARMS].address
        changed = harden_arguments(planned.kernel, technique, planned.arguments, alarms, bounds)
        # The plain names stay: they say what the launch works on.
        arguments = {**planned.arguments, **changed}
        variant = hardened_kernel(planned.kernel, technique)
        launch = variant.launch(arguments)
        return replace(planned, arguments=arguments, launch=launch, variant=variant)


def harden(workload: Workload, protection: Protection) -> HardenedWorkload:
    """The workload under a protection. Raises UsageError where ``range`` is chosen and its bounds are
    missing, or not those of this workload.
    """
    if Technique.RANGE in dict(protection.chosen).values():
        known = 0 if protection.calibration is None else len(protection.calibration.bounds)
        if known != (wanted := launches_bounded(workload)):
            raise UsageError(
                f"range needs bounds for {wanted} launches of {KERNEL}, not {known}; calibrate first"
            )
    return HardenedWorkload(workload.name, workload.architecture, workload, protection)
