"""The ``__constant__`` and ``__device__`` variables of a workload's kernels, and what they hold at first.

Those of a cubin are a buffer of their own, which all its kernels share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.module_memory import initial_image, module_request
from sassafras.errors import UsageError, did_you_mean
from sassafras.isa.module import Module, Variable
from sassafras.isa.program import Program
from sassafras.toolchain.signature import plain_name
from sassafras.workload.buffer import Buffer

Bytes = NDArray[np.uint8]


def modules_of(programs: Iterable[Program]) -> dict[str, Module]:
    """The variables that programs touch, by the names that their memory has."""
    found = {}
    for program in programs:
        request = module_request(program)
        if request is not None and program.module is not None:
            found[request[0]] = program.module
    return found


def copied(module: Module, copy: int) -> Module:
    """The same variables in memory of their own. ``copy``: 0 for those themselves."""
    digest = hashlib.sha256(f"{module.digest} {copy}".encode()).hexdigest()
    return replace(module, digest=digest) if copy else module


def module_buffers(modules: Mapping[str, Module]) -> dict[str, Buffer]:
    """A buffer for each, of bytes."""
    return {
        name: Buffer(name, module.nbytes, (module.nbytes,), np.dtype(np.uint8))
        for name, module in modules.items()
    }


def images(
    modules: Mapping[str, Module], addresses: Mapping[str, int], given: Mapping[str, NDArray[Any]]
) -> dict[str, Bytes]:
    """What the buffers hold at first. ``given``: values of variables instead of those of the code. Raises
    UsageError for one that no code has, or of another size.
    """
    found = {name: initial_image(module, addresses[name]) for name, module in modules.items()}
    for name, values in given.items():
        places = [
            (found[label], one)
            for label, module in modules.items()
            for one in module.variables
            if name in (one.name, plain_name(one.name))
        ]
        _check(name, values, places, modules)
        for image, one in places:
            image[one.offset : one.offset + one.nbytes] = (
                np.ascontiguousarray(values).reshape(-1).view(np.uint8)
            )
    return found


def _check(
    name: str, values: NDArray[Any], places: list[tuple[Bytes, Variable]], modules: Mapping[str, Module]
) -> None:
    if not places:
        known = [plain_name(one.name) for module in modules.values() for one in module.variables]
        hint = did_you_mean(name, known)
        raise UsageError(f"variables.{name}: no kernel's code has it; {hint}".rstrip("; "))
    for _, one in places:
        if one.nbytes != values.nbytes:
            raise UsageError(f"variables.{name} has {values.nbytes} bytes here, in the code {one.nbytes} ")
