"""Workloads of kernels that are written by hand, instruction by instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
from tests.emulator.bench import program
from tests.simulation.warp_workloads import Bitwise

from sassafras.architectures.architecture import Architecture
from sassafras.isa.program import Parameter, Program
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.given import Call, GivenWorkload
from sassafras.workload.inputs import GivenInput

THREADS = 64
NBYTES = 4 * THREADS
#: R2, R3 and R4, R5: the places of this thread in the first and in the second buffer; R0: its number
PLACES = (
    "S2R R0, SR_TID.X",
    "SHL R1, R0, 0x2",
    "IADD R2.CC, R1, c[0x0][0x140]",
    "IADD.X R3, RZ, c[0x0][0x144]",
    "IADD R4.CC, R1, c[0x0][0x148]",
    "IADD.X R5, RZ, c[0x0][0x14c]",
)


@cache
def _code(name: str, lines: tuple[str, ...], shared: int, _target: Architecture) -> Program:
    made = program(*PLACES, *lines, shared=shared, registers=16)
    area = (Parameter(0, 0, 8), Parameter(1, 8, 8))
    return replace(made, name=name, parameters=area, digest=f"{name} {lines} {shared}")


def _region(which: str, arguments: Arguments) -> tuple[Region, ...]:
    return (Region(int(arguments[which]), NBYTES),)


def _geometry(blocks: int, _arguments: Arguments) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (blocks, 1, 1), (THREADS, 1, 1)


def kernel(name: str, *lines: str, shared: int = 0, blocks: int = 1, observed: bool = False) -> Kernel:
    """A kernel of one block of 64 threads that loads its word of ``a`` and stores its word of ``b``.
    ``observed``: nobody knows that.
    """
    return Kernel(
        name,
        (("a", ParameterType.POINTER), ("b", ParameterType.POINTER)),
        partial(_geometry, blocks),
        partial(_region, "a"),
        partial(_region, "b"),
        overwrites=False,
        twin=None,
        source=partial(_code, name, lines, shared),
        observed=observed,
    )


def workload(
    *launches: tuple[Kernel, str, str],
    values: np.ndarray | None = None,
    outputs: Sequence[str] = ("out",),
    room: int = 1,
) -> tuple[GivenWorkload, GivenInput]:
    """Launches of such kernels, each with the names of its two buffers; the buffer "in" is the input.
    ``room``: how many times as large as it the others are.
    """
    names = dict.fromkeys(name for _, *both in launches for name in both)
    kind = np.dtype(np.float32 if values is None else values.dtype)
    sizes = {name: 1 if name == "in" else room for name in names}
    buffers = {name: Buffer(name, NBYTES * n, (THREADS * n,), kind) for name, n in sizes.items()}
    calls = tuple(Call(spec, 0, {"a": one, "b": two}) for spec, one, two in launches)
    part = Part(0, "launch", buffers[outputs[0]])
    title = "-".join(spec.name for spec, _, _ in launches)
    made = GivenWorkload(title, Bitwise(), tuple(buffers.values()), calls, (part,), ("in",), tuple(outputs))
    given = np.arange(1, THREADS + 1, dtype=np.float32) if values is None else values
    return made, GivenInput("one", (given,))
