"""What compiled code reads of a launch: its constants, geometry, memory and limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import CONTEXT
from sassafras.emulator.memory import DeviceMemory
from sassafras.isa.program import Program

NO_LIMIT = 1 << 62
_SHARED_UNIT = 256  #: shared memory is allocated in these units (compute capability 5.x)
_LARGEST_BLOCK = 1024  #: threads per block, on every architecture so far


def address_of(array: NDArray[np.generic]) -> int:
    """Address of an array's first byte."""
    return int(array.ctypes.data)


class LaunchContext:
    """The context that compiled code reads, and the host buffers it points to (kept alive with it)."""

    def __init__(self, program: Program, launch: Launch, memory: DeviceMemory, limit: int) -> None:
        self.memory = memory
        check_parameters(program, launch)
        shared = -(-program.shared_bytes // _SHARED_UNIT) * _SHARED_UNIT
        self.shared = np.zeros(max(shared, 1), np.uint8)
        self._constant0 = constant_bank(program, launch)
        self._constant2 = np.frombuffer(program.constants + b"\0" * 8, np.uint8).copy()
        self.record = np.zeros(1, CONTEXT)
        values = {
            "memory": address_of(memory.data), "memory_bytes": memory.layout.nbytes,
            "device_base": memory.layout.base,
            "constant0": address_of(self._constant0), "constant0_bytes": len(self._constant0),
            "constant2": address_of(self._constant2), "constant2_bytes": len(program.constants),
            "shared": address_of(self.shared), "shared_bytes": shared,
            "grid": launch.grid, "block": launch.block, "limit": limit,
        }  # fmt: skip
        for name, value in values.items():
            self.record[name] = value

    @property
    def address(self) -> int:
        """Address of the context record."""
        return address_of(self.record)


def check_parameters(program: Program, launch: Launch) -> None:
    """Raise ValueError for a launch with fewer parameter bytes than the kernel reads, or more threads than a
    block can have.
    """
    needed = max((p.offset + p.size for p in program.parameters), default=0)
    if len(launch.parameters) < needed:
        raise ValueError(
            f"{program.name} takes {needed} bytes of parameters, the launch has {len(launch.parameters)}"
        )
    if not 0 < launch.threads_per_block <= _LARGEST_BLOCK:
        raise ValueError(
            f"{program.name}: a block has 1 to {_LARGEST_BLOCK} threads, not {launch.threads_per_block}"
        )


def constant_bank(program: Program, launch: Launch) -> NDArray[np.uint8]:
    """Constant bank 0 of a launch on sm_50: block size at 0x8, grid size at 0x14, stack base at 0x20,
    parameters at their base.
    """
    bank = np.zeros(program.parameter_base + len(launch.parameters), np.uint8)
    bank[0x08:0x14] = np.array(launch.block, np.int32).view(np.uint8)
    bank[0x14:0x20] = np.array(launch.grid, np.int32).view(np.uint8)
    bank[program.parameter_base :] = np.frombuffer(launch.parameters, np.uint8)
    return bank
