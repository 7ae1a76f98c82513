"""Whether a workload of kernels that nobody knows runs through, and makes its outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sassafras.errors import UsageError
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.workbench import Workbench
from sassafras.workload.inputs import Input
from sassafras.workload.workload import Workload


def check_golden(workload: Workload, inputs: Sequence[Input]) -> None:
    """Make the golden run of every input, where kernels are observed. Raises GoldenTrap where one stops, and
    UsageError where an output is never written.
    """
    if not any(planned.spec.observed for planned in workload.plan):
        return
    bench = Workbench(workload, inputs, shared=False)
    for number, given in enumerate(inputs):
        golden = bench.golden(number)
        for output in workload.outputs:
            region = workload.region(output)
            start = region.address - golden.memory.layout.base
            if not _is_written(golden, start, start + region.nbytes):
                where = f"input {given.name}: " if len(inputs) > 1 else ""
                raise UsageError(
                    f"{workload.name}: {where}no launch writes the output {output.name}; "
                    "give the buffer that holds the result"
                )


def _is_written(golden: GoldenRun, start: int, end: int) -> bool:
    places = np.arange(start, end)
    for seen, writes in zip(golden.observed, golden.writes, strict=True):
        if seen is None:
            if any(a < end and start < b for a, b in writes):
                return True
        elif seen.stores.has(places).any():
            return True
    return False
