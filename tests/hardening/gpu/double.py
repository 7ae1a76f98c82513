"""A GPU that is none: launches are native twins on bytes of its own, times are made up, all is noted."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tests.kernels.twins import by_twin

from sassafras.emulator.memory import DeviceMemory, MemoryLayout
from sassafras.hardening.gpu.driver import Call
from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.kernel import Kernel, ParameterType
from sassafras.kernels.registry import KERNELS

FIRST = 0x7F12_3400_0000
EVERY = {kernel.name: kernel for kernel in (*KERNELS.values(), *HARDENED.values())}


def unpacked(kernel: Kernel, area: bytes) -> dict[str, int | float]:
    """What ``Kernel.pack`` packed, read by the rules of C."""
    found: dict[str, int | float] = {}
    at = 0
    for name, kind in kernel.parameters:
        size = struct.calcsize(kind.value)
        at = -(-at // size) * size
        (found[name],) = struct.unpack_from("<" + kind.value, area, at)
        at += size
    assert at == len(area)
    return found


@dataclass
class Double:
    """``milliseconds``: of a launch, by name of its machine code (others take 1). ``wrong``: machine code
    whose first result is wrong.
    """

    milliseconds: Mapping[str, float] = field(default_factory=dict)
    wrong: str | None = None
    name: str = "Double 1"
    arch: str = "sm_90"
    memory: dict[int, DeviceMemory] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)
    launched: list[str] = field(default_factory=list)
    grouped: list[list[int]] = field(default_factory=list)
    closed: bool = False

    def allocate(self, nbytes: int) -> int:
        address = FIRST + (len(self.memory) << 32)
        rubbish = np.full(nbytes, 0xA5, np.uint8)
        self.memory[address] = DeviceMemory(MemoryLayout(address, nbytes, ()), rubbish)
        return address

    def release(self, address: int) -> None:
        del self.memory[address]

    def upload(self, address: int, data: NDArray[np.uint8]) -> None:
        self._holding(address).at(address, data.nbytes)[:] = data

    def download(self, address: int, nbytes: int) -> NDArray[np.uint8]:
        return self._holding(address).at(address, nbytes).copy()

    def load(self, cubin: bytes, kernel: str) -> object:
        assert cubin == cubin_of(kernel, self.arch)
        self.loaded.append(kernel)
        return kernel

    def run(self, groups: Sequence[Sequence[Call]]) -> list[float]:
        self.grouped.append([len(group) for group in groups])
        return [sum(self._launch(call) for call in group) for group in groups]

    def close(self) -> None:
        self.closed = True

    def _holding(self, address: int) -> DeviceMemory:
        return next(m for m in self.memory.values() if 0 <= address - m.layout.base < m.layout.nbytes)

    def _launch(self, call: Call) -> float:
        assert isinstance(call.function, str)
        kernel = EVERY[call.function]
        arguments = unpacked(kernel, call.parameters)
        assert kernel.geometry(arguments) == (call.grid, call.block)
        pointer = next(n for n, kind in kernel.parameters if kind is ParameterType.POINTER)
        memory = self._holding(int(arguments[pointer]))
        by_twin(kernel, memory, arguments)
        if call.function == self.wrong:
            memory.at(kernel.writes(arguments)[0].address, 4)[0] ^= 1
        self.launched.append(call.function)
        return self.milliseconds.get(call.function, 1.0)


def cubin_of(kernel: str, arch: str) -> bytes:
    """What stands for compiled code."""
    return f"{kernel} for {arch}".encode()
