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
    UsageError where one touches memory that no buffer has, and where an output is never written.
    """
    if not any(planned.spec.observed for planned in workload.plan):
        return
    bench = Workbench(workload, inputs, shared=False)
    for number, given in enumerate(inputs):
        golden = bench.golden(number)
        _check_inside(golden)
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


def _check_inside(golden: GoldenRun) -> None:
    """Allocations are chunks, in which an access behind a buffer's end does not trap."""
    workload, base = golden.workload, golden.memory.layout.base
    outside = np.ones(golden.memory.layout.nbytes, bool)
    regions = [(one, workload.region(one).address - base) for one in workload.buffers]
    for buffer, start in regions:
        outside[start : start + buffer.nbytes] = False
    for planned, seen in zip(golden.plan, golden.observed, strict=True):
        for verb, touched in () if seen is None else (("loads from", seen.loads), ("stores to", seen.stores)):
            astray = np.flatnonzero(np.unpackbits(touched.bits)[: len(outside)].astype(bool) & outside)
            if len(astray):
                before = [(start, buffer) for buffer, start in regions if start <= astray[0]]
                start, buffer = max(before, key=lambda pair: pair[0])
                behind = astray[0] - start - buffer.nbytes
                raise UsageError(
                    f"{workload.name}: {planned.kernel}, launch {planned.index}, {verb} {len(astray)} bytes "
                    f"that no buffer has, the first {behind} bytes behind the end of {buffer.name} "
                    f"({buffer.nbytes} bytes): give it a larger buffer, or mend its indexes"
                )
