"""Which workloads the fast engine can sweep: those whose feature maps lie apart.

A state keeps a piece of every feature map that differs (`wave`). Two maps that share bytes would have two
pieces of the same bytes; such a workload is refused. Nothing else is: a launch whose kernel has no way of its
own to take pieces through runs whole, on all faulty bytes.
"""

from __future__ import annotations

import math
from itertools import pairwise

from sassafras.errors import UsageError
from sassafras.workload.buffer import WORD
from sassafras.workload.workload import Workload


def check_sweepable(workload: Workload) -> None:
    """Raise UsageError where feature maps share bytes."""
    maps = sorted((a, a + WORD * math.prod(shape)) for a, shape in workload.maps.items())
    for launch in workload.plan:
        given = {} if launch.spec.scratch is None else launch.spec.scratch(launch.arguments)
        maps += [(a, a + WORD * math.prod(shape)) for a, shape in given.items()]
        for (_, end), (start, _) in pairwise(sorted({*maps})):
            if start < end:
                raise UsageError(
                    f"engine fast cannot run {workload.name}: two feature maps share the bytes at {start:#x} "
                    f"(launch {launch.index}, {launch.kernel}); choose engine full"
                )
        maps = [m for m in maps if m[0] not in given]
