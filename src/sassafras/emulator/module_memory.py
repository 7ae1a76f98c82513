"""The variables of a cubin in device memory.

Whoever lays out memory asks `module_request` for a program's, gives it the place that it names, and fills it
with `load_module` before the first launch. Launches find it there by name; kernels of one cubin share it.
`variable` is what cudaMemcpyToSymbol and cudaMemcpyFromSymbol reach.

Modelled: one allocation holds all variables, constant bank 3 (``__constant__``) included; on hardware they
are several, made when the cubin is loaded. A store that hits bank 3 there is seen by the next load from it;
on hardware, when the constant cache lets go of the line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import UsageError
from sassafras.isa.module import POINTER_BYTES, Module, Pointer, Variable
from sassafras.isa.outside import Outside
from sassafras.isa.program import Instruction, Program, of_program

_BANKS = (3, 4)


@of_program
def module_request(program: Program) -> tuple[str, int] | None:
    """Name and bytes of the allocation that the program needs; None where it touches no variables."""
    module = program.module
    if module is None or module.nbytes == 0 or not any(_touches(program, i) for i in program.instructions):
        return None
    return module_name(module), module.nbytes


def module_name(module: Module) -> str:
    """What the allocation of its variables is called."""
    return f"module {module.digest[:12]}"


def _touches(program: Program, instruction: Instruction) -> bool:
    """Whether it reads a bank of the module, or the address of bank 3."""
    word = program.architecture.family.known_bank().constants_address
    return any(
        words.bank in _BANKS or (words.bank == 0 and (words.register is not None or words.offset in word))
        for words in instruction.effects.constants
    )


def module_address(program: Program, memory: DeviceMemory) -> int | None:
    """Device address of the program's variables, None where it touches none. Raises UsageError where memory
    has no place for them.
    """
    request = module_request(program)
    if request is None:
        return None
    try:
        return memory.layout[request[0]].address
    except KeyError:
        raise UsageError(
            f"{program.name} uses variables of its cubin (__device__ or __constant__) and memory has no "
            f"allocation {request[0]!r} of {request[1]} bytes for them"
        ) from None


def load_module(program: Program, memory: DeviceMemory) -> None:
    """Give the variables their initial values. Nothing where the program touches none."""
    address, module = module_address(program, memory), program.module
    if address is None or module is None:
        return
    memory.at(address, module.nbytes)[:] = initial_image(module, address)


def initial_image(module: Module, address: int) -> NDArray[np.uint8]:
    """What the variables hold at first, at an address."""
    place = np.zeros(module.nbytes, np.uint8)
    place[: len(module.image)] = np.frombuffer(module.image, np.uint8)
    write_pointers(place, module.pointers, address)
    return place


def write_pointers(place: NDArray[np.uint8], pointers: tuple[Pointer, ...], address: int) -> None:
    """Put addresses of an image at ``address`` into bytes."""
    for pointer in pointers:
        words = np.frombuffer((address + pointer.to).to_bytes(POINTER_BYTES, "little"), np.uint8)
        place[pointer.at : pointer.at + POINTER_BYTES] = words


def outside_pointers(module: Module) -> tuple[Pointer, ...]:
    """What bank 4 holds for functions that are not in the cubin, and that something here stands for."""
    found = ((one.at, Outside.of(one.symbol)) for one in module.externals)
    return tuple(Pointer(at, function.value) for at, function in found if function is not None)


def constant_bytes(program: Program, memory: DeviceMemory) -> slice:
    """Where constant bank 3 lies in the arena, if the program reads it; else nothing."""
    address = module_address(program, memory)
    if address is None or program.module is None:
        return slice(0, 0)
    start = address - memory.layout.base
    return slice(start, start + program.module.constant_bytes)


def variable(program: Program, memory: DeviceMemory, name: str) -> NDArray[np.uint8]:
    """The bytes of a ``__constant__`` or ``__device__`` variable, a view. Raises UsageError where there is no
    such variable, or no place for variables.
    """
    found = None if program.module is None else program.module.variable(name)
    address = module_address(program, memory)
    if found is None or address is None:
        known = ", ".join(sorted(v.name for v in _variables(program.module))) or "none"
        raise UsageError(f"{program.name} has no variable {name!r}; its cubin has: {known}")
    return memory.at(address + found.offset, found.nbytes)


def _variables(module: Module | None) -> tuple[Variable, ...]:
    return () if module is None else module.variables
