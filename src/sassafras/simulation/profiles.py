"""Golden profiles, made once per kernel and frame for all its launches, and kept on disk by content."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.cache import read_cached, write_cached
from sassafras.emulator.profile import LaunchProfile
from sassafras.isa.program import Program
from sassafras.kernels.kernel import Kernel
from sassafras.simulation.workbench import Workbench
from sassafras.sources import source_key
from sassafras.workload.inputs import Input, bytes_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

_SOURCES = ("emulator.machine", "isa.parser", "architectures")  #: the modules that count
Profiles = dict[int, LaunchProfile]  #: by position in the launch plan


def launches_of(workload: Workload, program: str) -> list[PlannedLaunch]:
    """All launches of a program."""
    return [planned for planned in workload.plan if planned.program == program]


def profile_key(workload: Workload, given: Input, program: Program) -> str:
    """What the counts depend on: emulator, machine code, launches, the network's golden memory, the frame.
    Not the places of the launches in the plan: a hardened network may launch more between them. Where no twin
    says what a kernel leaves, its machine code does: that of every such launch before.
    """
    digest = hashlib.sha256((source_key(*_SOURCES) + program.digest).encode())
    digest.update(workload.golden_digest.encode())
    launches = launches_of(workload, program.name)
    for planned in launches:
        digest.update(repr((planned.invocation, planned.launch)).encode())
    for planned in workload.plan[: launches[-1].index if launches else 0]:
        if planned.spec.twin is None:
            digest.update(planned.spec.code(workload.architecture).digest.encode())
    for content in bytes_of(given.arrays):
        digest.update(content)
    return f"profile-{digest.hexdigest()[:40]}.npz"


def _pack(profiles: Profiles) -> bytes:
    file = io.BytesIO()
    arrays: dict[str, Any] = {}
    for number, profile in enumerate(profiles.values()):
        for name in ("thread_class", "issued", "executed"):
            arrays[f"{name}_{number}"] = _narrow(getattr(profile, name))
    np.savez(file, **arrays)
    return file.getvalue()


def _narrow(array: NDArray[np.integer]) -> NDArray[np.integer]:
    """The same numbers in the smallest unsigned type."""
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))


def _unpack(content: bytes) -> Profiles:
    """By place among the launches of the program."""
    with np.load(io.BytesIO(content)) as arrays:
        return _from_arrays(arrays)


def _from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Profiles:
    numbers = sorted(int(name.rpartition("_")[2]) for name in arrays if name.startswith("thread_class"))
    return {
        number: LaunchProfile(
            arrays[f"thread_class_{number}"],
            arrays[f"issued_{number}"].astype(np.int64),
            arrays[f"executed_{number}"].astype(np.int64),
        )
        for number in numbers
    }


def cached_profiles(workload: Workload, given: Input, program: Program) -> Profiles | None:
    """The profiles of a kernel's launches on a frame, None if they have to be made."""
    content = read_cached(profile_key(workload, given, program))
    if content is None:
        return None
    try:
        found = _unpack(content)
        numbers = [planned.index for planned in launches_of(workload, program.name)]
        return {number: found[place] for place, number in enumerate(numbers)}
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        return None


def make_profiles(bench: Workbench, frame: int, kernel: Kernel) -> Profiles:
    """Profile every launch of a kernel on a frame, and keep the results on disk."""
    golden = bench.golden(frame)
    machine = bench.machine(kernel)
    found: Profiles = {}
    for planned in launches_of(bench.workload, kernel.name):
        profile = machine.profile_without_data(planned.launch)  # a trap would be `verify`'s to find
        if profile is None:
            golden.go_before(planned.index)
            profile = machine.profile(planned.launch, golden.memory)
            golden.put_before(planned.index)
        found[planned.index] = profile
    write_cached(profile_key(bench.workload, bench.inputs[frame], machine.program), _pack(found))
    return found


def launch_profiles(bench: Workbench, frame: int, numbers: Sequence[int]) -> list[LaunchProfile]:
    """Profiles of launches on one frame, from the cache or by running them."""
    found: Profiles = {}
    kernels = {bench.workload.plan[number].program: bench.workload.plan[number].spec for number in numbers}
    for kernel in kernels.values():
        cached = cached_profiles(
            bench.workload, bench.inputs[frame], kernel.code(bench.workload.architecture)
        )
        found |= make_profiles(bench, frame, kernel) if cached is None else cached
    return [found[number] for number in numbers]
