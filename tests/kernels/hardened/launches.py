"""Launches of hardened kernels, made from the cases of the plain ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from tests.kernels.cases import Case

from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.hardened.registry import harden_arguments, hardened_kernel
from sassafras.kernels.hardened.technique import FLAGS, Technique
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

FLAG_ALLOCATION = "flags"


@cache
def machine(name: str) -> Machine:
    return Machine(load_program(name))


@dataclass(frozen=True)
class Prepared:
    """A launch, plain (``technique`` None) or hardened, with memory as before it; the flags are in either."""

    kernel: Kernel
    arguments: Arguments
    memory: DeviceMemory

    @property
    def launch(self) -> Launch:
        return self.kernel.launch(self.arguments)

    @property
    def machine(self) -> Machine:
        return machine(self.kernel.name)

    @property
    def flags(self) -> NDArray[np.uint32]:
        place = self.memory.layout[FLAG_ALLOCATION]
        view: NDArray[np.uint32] = self.memory.array(place.address, len(FLAGS), np.uint32)
        return view


def prepare(case: Case, technique: Technique | None, bounds: tuple[float, float] = (-1.5, 2.25)) -> Prepared:
    """``bounds``: those of ``range``."""
    flags = np.zeros(len(FLAGS), np.float32)
    memory, arguments = replace(case, contents={**case.contents, FLAG_ALLOCATION: flags}).build()
    if technique is None:
        return Prepared(KERNELS[case.kernel], arguments, memory)
    address = memory.layout[FLAG_ALLOCATION].address
    return Prepared(
        hardened_kernel(case.kernel, technique),
        harden_arguments(case.kernel, technique, arguments, address, bounds),
        memory,
    )
