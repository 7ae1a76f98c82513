"""A network in the memory of a device: the same layout, at the address that the device gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sassafras.emulator.memory import DeviceMemory, MemoryLayout
from sassafras.hardening.gpu.driver import Call, Driver
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType
from sassafras.workload.inputs import Input
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

Compile = Callable[[str, str], bytes]
"""Kernel and architecture to a cubin: `machine_code.compiled`."""


@dataclass(frozen=True)
class Placement:
    """``memory``: the host's copy, before the inference; ``address``: where the device has it; ``calls``: the
    launches of the plan.
    """

    network: Workload
    memory: DeviceMemory
    address: int
    calls: tuple[Call, ...]

    def on_device(self, address: int) -> int:
        """Where the device keeps what the plan has at an address."""
        return address - self.memory.layout.base + self.address


def place(driver: Driver, network: Workload, given: Input, compile_for: Compile) -> Placement:
    """Put a network and a frame (float32 (c, h, w)) on the device and load its kernels.

    The caller releases ``address``. Raises DeviceError and ToolchainError.
    """
    memory = network.fresh_memory()
    network.load(memory, *given.arrays)
    names = dict.fromkeys(planned.program for planned in network.plan)
    functions = {name: driver.load(compile_for(name, driver.arch), name) for name in names}
    address = driver.allocate(memory.layout.nbytes)
    driver.upload(address, memory.data)
    calls = tuple(_call(planned, functions, memory.layout, address) for planned in network.plan)
    return Placement(network, memory, address, calls)


def _call(
    planned: PlannedLaunch, functions: Mapping[str, object], layout: MemoryLayout, address: int
) -> Call:
    launch = planned.launch
    moved = relocated(planned.spec, planned.arguments, layout, address)
    parameters = planned.spec.pack(moved)
    return Call(functions[planned.program], launch.grid, launch.block, parameters, launch.shared_bytes)


def relocated(
    kernel: Kernel, arguments: Arguments, layout: MemoryLayout, address: int
) -> dict[str, int | float]:
    """A kernel's arguments with every pointer into the layout moved to where the device has it.

    Raises ValueError for a pointer to anywhere else.
    """
    moved: dict[str, int | float] = {}
    for name, kind in kernel.parameters:
        value = arguments[name]
        if kind is ParameterType.POINTER:
            offset = int(value) - layout.base
            if not 0 <= offset < layout.nbytes:
                raise ValueError(f"{kernel.name}: {name} points outside the network's memory")
            value = address + offset
        moved[name] = value
    return moved
