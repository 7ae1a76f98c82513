"""The compiled CUDA kernels of the tests, and how to run them on NumPy arrays in every build.

A test file per category (``test_atomic.py``) and a folder per category with sources and what
``tests.cuda.compile`` makes of them. ``run("atomic/histogram", grid, block, array, np.int32(3))`` launches
the kernel ``histogram`` of ``atomic/histogram.cu`` and returns the arrays afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.registry import program_of
from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Dim, Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.module_memory import load_module, module_request, variable
from sassafras.toolchain.cubin import read_metadata

FOLDER = Path(__file__).parent
ARCHITECTURE = "sm_50"
LIMIT = 1 << 22  #: dynamic instructions of a thread

Array = NDArray[Any]


@cache
def machine(path: str, kernel: str = "") -> Machine:
    """``category/file``, and the kernel's name where it is not the file's."""
    name = kernel or path.rpartition("/")[2]
    metadata = read_metadata((FOLDER / f"{path}.cubin").read_bytes(), name)
    return Machine(program_of((FOLDER / f"{path}.sass").read_text("utf-8"), metadata))


def run(
    path: str,
    grid: int | Dim,
    block: int | Dim,
    *arguments: Array | np.generic,
    kernel: str = "",
    shared: int = 0,
    variables: Mapping[str, Array] | None = None,
) -> list[Array]:
    """The arrays among the arguments as the kernel leaves them, in order; the plain and the armed build must
    leave the same bytes. Scalars are NumPy scalars of the parameter's type. ``variables``: what the host puts
    into ``__constant__`` and ``__device__`` ones.
    """
    made = machine(path, kernel)
    left = []
    for way in (WAYS["plain"], WAYS["armed"]):
        memory = placed(made, arguments)
        for name, value in (variables or {}).items():
            variable(made.program, memory, name)[:] = _bytes(value)
        way(made, launch_of(made, memory, grid, block, arguments, shared), memory)
        left.append(arrays_of(memory, arguments))
    for others in left[1:]:
        for first, other in zip(left[0], others, strict=True):
            np.testing.assert_array_equal(_bytes(first), _bytes(other))
    return left[0]


def placed(made: Machine, arguments: Sequence[Array | np.generic]) -> DeviceMemory:
    """Memory with the arrays among the arguments, and the variables of the program's cubin."""
    arrays = _arrays(arguments)
    requests = [(str(k), max(a.nbytes, 1)) for k, a in enumerate(arrays)]
    module = module_request(made.program)
    memory = DeviceMemory(lay_out(requests if module is None else [*requests, module]))
    load_module(made.program, memory)
    for k, array in enumerate(arrays):
        memory.at(memory.layout[str(k)].address, array.nbytes)[:] = _bytes(array)
    return memory


def launch_of(
    made: Machine,
    memory: DeviceMemory,
    grid: int | Dim,
    block: int | Dim,
    arguments: Sequence[Array | np.generic],
    shared: int = 0,
) -> Launch:
    """A launch on memory that `placed` has made for the arguments."""
    return Launch(_sides(grid), _sides(block), _packed(made, memory, arguments), shared)


def arrays_of(memory: DeviceMemory, arguments: Sequence[Array | np.generic]) -> list[Array]:
    """What memory holds of the arrays among the arguments."""
    return [_array(memory, k, a) for k, a in enumerate(_arrays(arguments))]


def _arrays(arguments: Sequence[Array | np.generic]) -> list[Array]:
    return [a for a in arguments if isinstance(a, np.ndarray)]


def _plain(made: Machine, launch: Launch, memory: DeviceMemory) -> None:
    assert made.run(launch, memory, limit=LIMIT).trap is None


def _profiled(made: Machine, launch: Launch, memory: DeviceMemory) -> None:
    made.profile(launch, memory)


def _armed(made: Machine, launch: Launch, memory: DeviceMemory) -> None:
    for block in range(launch.blocks):
        armed = made.arm(launch, memory, block)
        assert armed.run(LIMIT) is Stop.FINISHED, armed.trap


WAYS: Mapping[str, Callable[[Machine, Launch, DeviceMemory], None]] = {
    "plain": _plain,
    "profiling": _profiled,
    "armed": _armed,
}


def _sides(given: int | Dim) -> Dim:
    return (given, 1, 1) if isinstance(given, int) else given


def _bytes(array: Array) -> NDArray[np.uint8]:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)


def _array(memory: DeviceMemory, number: int, like: Array) -> Array:
    found = memory.at(memory.layout[str(number)].address, like.nbytes).copy()
    return found.view(like.dtype).reshape(like.shape)


def _packed(made: Machine, memory: DeviceMemory, arguments: Sequence[Array | np.generic]) -> bytes:
    """The parameter area: addresses of arrays, scalars as they are."""
    area = bytearray(max((p.offset + p.size for p in made.program.parameters), default=0))
    number = 0
    for parameter, argument in zip(made.program.parameters, arguments, strict=True):
        if isinstance(argument, np.ndarray):
            value = memory.layout[str(number)].address.to_bytes(8, "little")
            number += 1
        else:
            value = argument.tobytes()
        assert len(value) == parameter.size, f"argument {parameter.ordinal}: {parameter.size} bytes"
        area[parameter.offset : parameter.offset + parameter.size] = value
    return bytes(area)
