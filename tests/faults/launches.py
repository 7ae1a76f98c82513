"""Small launches of real kernels, hand-written programs, and golden traces of every thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.registry import program_of
from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.profile import LaunchProfile
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Instruction, Parameter, Program
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

Traces = dict[tuple[int, int], NDArray[np.uint32]]
"""Golden trace by (block, thread)."""


@cache
def machine(kernel: str) -> Machine:
    """The compiled kernel, once per process."""
    return Machine(load_program(kernel))


def hand_written(*lines: str) -> Program:
    """A program of these instructions (three behind each scheduling word)."""
    text = [
        f"        /*{k // 3 * 32 + 8 + k % 3 * 8:04x}*/                   {line} ;"
        for k, line in enumerate(lines)
    ]
    return program_of(
        "\n".join(text), KernelMetadata("written", "sm_50", 255, 0, 0x140, (Parameter(0, 0, 0x40),))
    )


def instruction(line: str) -> Instruction:
    """One instruction."""
    return hand_written(line).instructions[0]


@dataclass(frozen=True)
class Bench:
    """A launch of a kernel on memory of its own."""

    machine: Machine
    launch: Launch
    memory: DeviceMemory
    addresses: Mapping[str, int]

    @property
    def program(self) -> Program:
        return self.machine.program

    def profile(self) -> LaunchProfile:
        """The golden profile; memory is put back."""
        kept = self.memory.data.copy()
        found = self.machine.profile(self.launch, self.memory)
        self.memory.data[:] = kept
        return found

    def traces(self) -> Traces:
        """The golden trace of every thread; memory is put back."""
        found: Traces = {}
        for block in range(self.launch.blocks):
            armed = self.machine.arm(self.launch, self.memory, block)
            threads = range(self.launch.threads_per_block)
            for thread in threads:
                armed.keep_trace(thread, 5000)
            assert armed.run(5000) is Stop.FINISHED
            found |= {(block, thread): armed.trace(thread).copy() for thread in threads}
            armed.undo()
        return found


def bench(kernel: str, sizes: Mapping[str, int], arguments: Mapping[str, int | float]) -> Bench:
    """A launch with buffers of ``sizes`` (floats) from a fixed stream, named as its arguments."""
    layout = lay_out([(name, 4 * count) for name, count in sizes.items()])
    memory = DeviceMemory(layout)
    generator = np.random.Generator(np.random.Philox(7))
    for name, count in sizes.items():
        memory.array(layout[name].address, count)[:] = generator.standard_normal(count).astype(np.float32)
    addresses = {name: layout[name].address for name in sizes}
    launch = KERNELS[kernel].launch({**arguments, **addresses})
    return Bench(machine(kernel), launch, memory, addresses)


def add_bias() -> Bench:
    """Two blocks: 512 threads at work, then 88 at work and the rest idle."""
    return bench("add_bias", {"output": 600, "biases": 3}, {"batch": 1, "n": 3, "size": 200})


def im2col() -> Bench:
    """One block: 50 threads unfold 2 x 5 x 5 with a 3 x 3 window and a border (predicated-off loads)."""
    arguments = {
        "n": 50,
        "height": 5,
        "width": 5,
        "ksize": 3,
        "pad": 1,
        "stride": 1,
        "height_col": 5,
        "width_col": 5,
    }
    return bench("im2col_gpu", {"image": 50, "columns": 450}, arguments)


def gemm() -> Bench:
    """Two blocks with barriers and shared memory: 10 x 20 = 10 x 9 times 9 x 20."""
    arguments = {"transpose_b": 0, "m": 10, "n": 20, "k": 9, "lda": 9, "ldb": 20, "ldc": 20}
    return bench("gemm", {"a": 90, "b": 180, "c": 200}, arguments)
