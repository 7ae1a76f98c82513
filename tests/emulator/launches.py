"""Small launches of every bundled kernel, for tests of the machine itself."""

from __future__ import annotations

from functools import cache

from tests.kernels.cases import CASES, Case

from sassafras.architectures.registry import DEFAULT
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS

NAMES = {case.kernel: case.name for case in reversed(CASES)} | {
    "fill_gpu": "7-by-3",
    "im2col_gpu": "2x7x5-k5-p2-s1",
    "gemm": "17x33x18-wild",
    "add_bias": "1x5x121",
    "activate_array": "tanh",
    "forward_maxpool": "2x8x11-s2-k2-p1-0.3",
    "softmax": "grouped-tame-1.0",
    "add": "600-to-a",
    "concatenate": "600-from-7",
    "normalize": "1x5x121-1e-05",
    "scale_bias": "1x5x121",
    "im2col_gpu_ext": "3x9x8-k3x3-s2x3-d2x2",
    "shortcut": "3x5x7-s2",
    "forward_avgpool": "3x49-0.05",
    "upsample": "3x5x7-s2-1.0",
    "reorg": "18x3x6-s3",
    "forward_crop": "3x9x8-5x6-2.0",
}


@cache
def machine_of(kernel: str, arch: str = DEFAULT) -> Machine:
    """The machine of a bundled kernel."""
    return Machine(load_program(kernel, arch))


@cache
def case_of(kernel: str) -> Case:
    """One case of the kernel."""
    return next(c for c in CASES if c.kernel == kernel and c.name == NAMES[kernel])


def fresh(kernel: str) -> tuple[Launch, DeviceMemory]:
    """The launch and its memory before it."""
    memory, arguments = case_of(kernel).build()
    return KERNELS[kernel].launch(arguments), memory
