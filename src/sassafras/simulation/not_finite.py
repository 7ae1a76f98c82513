"""A workload whose fault-free result holds NaN or infinity: there is no golden result to compare with."""

from __future__ import annotations

import numpy as np

from sassafras.errors import NetworkError
from sassafras.workload.buffer import Part
from sassafras.workload.inputs import Input
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.running import run_twins
from sassafras.workload.workload import Workload


class ResultNotFinite(NetworkError):
    """A fault-free result that holds NaN or infinity."""


def describe_not_finite(workload: Workload, given: Input) -> ResultNotFinite:
    """The error for an input whose fault-free result is not finite: it names the input, the first layer
    whose output is not finite, and the layer's parameter that holds NaN or infinity, if one does.
    """
    start = f"{workload.name}: the fault-free result for input {given.name} holds NaN or infinity"
    if not all(np.isfinite(array).all() for array in given.arrays):
        return ResultNotFinite(f"{start}: the input itself does; give another one")
    part = _first_part(workload, given)
    if workload.brought_inputs is not None:
        where = f"{start}, first in the output of part {part.index} ({part.kind})"
        return ResultNotFinite(f"{where}: give buffers other contents (of one that is not initialised, any)")
    where = f"{start}, first in the output of layer {part.index} ({part.kind})"
    for parameter in part.contents:
        wrong = int(np.count_nonzero(~np.isfinite(workload.contents[parameter])))
        if wrong:
            values = "value is" if wrong == 1 else "values are"
            return ResultNotFinite(f"{where}: {wrong} {values} not finite in {parameter}; use other weights")
    return ResultNotFinite(
        f"{where}: its values grow too large, no parameter of it holds one; use other weights"
    )


def _first_part(workload: Workload, given: Input) -> Part:
    """The first part behind whose last launch its output is not finite (the last part, if none is)."""
    memory = workload.fresh_memory(shared=True)
    workload.load(memory, *given.arrays)
    parts = {part.index: part for part in workload.parts}
    last = {planned.part: planned.index for planned in workload.plan}
    found: list[Part] = []

    def look(planned: PlannedLaunch) -> None:
        part = parts[planned.part]
        if planned.index == last[part.index] and not found:
            address = workload.layout[part.output.name].address
            count = part.output.nbytes // part.output.dtype.itemsize
            if not np.isfinite(memory.array(address, count, part.output.dtype)).all():
                found.append(part)

    run_twins(workload, memory, after=look)
    return found[0] if found else workload.parts[-1]
