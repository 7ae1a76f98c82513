"""Bounds that the technique ``range`` holds activations within, and what they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import CampaignError
from sassafras.kernels.hardened.registry import kernels_of
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.workload.buffer import FLOAT
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

(KERNEL,) = kernels_of(Technique.RANGE)
"""The kernel whose results are bounded."""

Bounds = tuple[tuple[float, float], ...]
"""Low and high, exact in float32, of each launch of `KERNEL`, in the order of the plan."""


class Origin(StrEnum):
    """What bounds come from."""

    RENDERED = "rendered frames of a seed of their own"
    IMAGES = "the campaign's own images"
    NOTHING = "nothing: every value is within them"


@dataclass(frozen=True)
class Calibration:
    """Bounds, what they come from, and how many frames that were."""

    bounds: Bounds
    origin: Origin
    frames: int

    def to_json(self) -> dict[str, Any]:
        """JSON types only, exact."""
        return asdict(self) | {"origin": self.origin.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Calibration:
        """What ``to_json`` gave. Raises CampaignError for anything else."""
        try:
            return TypeAdapter(cls).validate_python(stored)
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            raise CampaignError(f"stored bounds of range are damaged ({reason}); harden again") from None

    @property
    def exact(self) -> str:
        """The bounds as a text, for a digest."""
        return " ".join(f"{low.hex()}:{high.hex()}" for low, high in self.bounds)


def results(memory: DeviceMemory, planned: PlannedLaunch) -> NDArray[np.float32]:
    """What a launch of `KERNEL` computes, float32, as a view of memory. It computes in place: before the
    launch, what it computes them from.
    """
    (region,) = KERNELS[KERNEL].writes(planned.arguments)
    return memory.array(region.address, region.nbytes // FLOAT.itemsize)


def launches_bounded(network: Workload) -> int:
    """How many launches of an inference have bounds."""
    return sum(planned.kernel == KERNEL for planned in network.plan)


def unbounded(network: Workload) -> Calibration:
    """Bounds that leave every number as it is, for what does not depend on them: the cost of a launch."""
    return Calibration(((-math.inf, math.inf),) * launches_bounded(network), Origin.NOTHING, 0)
