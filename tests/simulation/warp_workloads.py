"""Workloads of one launch each, of kernels whose lanes speak to each other."""

from __future__ import annotations

from functools import partial

from tests.emulator.warp_kernels import CASES, WarpCase, compiled

from sassafras.architectures.architecture import Architecture
from sassafras.isa.program import Program
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.simulation.outcome import Severity
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput
from sassafras.workload.judgement import Judgement
from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict

WARPS = ("butterfly", "compact", "divergent", "last_warp", "producer")


class Bitwise(Judgement):
    """Right: the very bits."""

    answers: tuple[str, ...] = ("right", "wrong")

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        wrong = golden.tobytes() != faulty.tobytes()
        severity = Severity.MALFUNCTION if wrong else Severity.NO_MALFUNCTION
        return Verdict(severity, int(wrong), 1.0, wrong, False, None)


def _code(kernel: str, file: str, _target: Architecture) -> Program:
    return compiled(kernel, file)


def _regions(sizes: dict[str, int], arguments: Arguments) -> tuple[Region, ...]:
    return tuple(Region(int(arguments[name]), nbytes) for name, nbytes in sizes.items())


def workload_of(name: str) -> tuple[GivenWorkload, GivenInput]:
    """One of `CASES` as a workload, and its inputs."""
    return workload_of_case(CASES[name], "warps")


def workload_of_case(case: WarpCase, file: str) -> tuple[GivenWorkload, GivenInput]:
    """A case as a workload, and its inputs."""
    name = case.kernel
    inputs = {f"in{k}": array for k, array in enumerate(case.inputs)}
    outputs = {f"out{k}": array for k, array in enumerate(case.outputs)}
    buffers = {
        label: Buffer(label, array.nbytes, array.shape, array.dtype)
        for label, array in (inputs | outputs).items()
    }
    scalars = {f"n{k}": value for k, value in enumerate(case.scalars)}
    parameters = [(label, ParameterType.POINTER) for label in buffers]
    parameters += [(label, ParameterType.INT) for label in scalars]
    kernel = Kernel(
        name,
        tuple(parameters),
        lambda _: ((case.blocks, 1, 1), (case.threads, 1, 1)),
        partial(_regions, {label: buffers[label].nbytes for label in inputs}),
        partial(_regions, {label: buffers[label].nbytes for label in outputs}),
        overwrites=False,
        twin=None,
        source=partial(_code, name, file),
    )
    call = Call(kernel, 0, {**{label: label for label in buffers}, **scalars})
    part = Part(0, "launch", buffers["out0"])
    made = GivenWorkload(
        name, Bitwise(), tuple(buffers.values()), (call,), (part,), tuple(inputs), tuple(outputs)
    )
    return made, GivenInput("one", case.inputs)
