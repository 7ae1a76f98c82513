"""Golden profiles, made once per (kernel, launch, frame) and kept on disk by content."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from numpy.typing import NDArray

from sassafras.cache import read_cached, write_cached
from sassafras.campaign.golden import GoldenRun
from sassafras.campaign.workbench import Workbench
from sassafras.emulator.profile import LaunchProfile


def _key(bench: Workbench, golden: GoldenRun, number: int) -> str:
    """What the counts depend on: machine code, geometry and arguments, and the memory that the launch reads
    and updates.
    """
    planned = golden.plan[number]
    digest = hashlib.sha256(bench.machine(planned.program).program.digest.encode())
    digest.update(repr(planned.launch).encode())
    for start, end in golden.reads[number]:
        digest.update(golden.memory.data[start:end].data)
    return f"profile-1-{digest.hexdigest()[:40]}.npz"


def _pack(profile: LaunchProfile) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(
        file,
        thread_class=_narrow(profile.thread_class),
        issued=_narrow(profile.issued),
        executed=_narrow(profile.executed),
    )
    return file.getvalue()


def _narrow(array: NDArray[np.integer]) -> NDArray[np.integer]:
    """The same numbers in the smallest unsigned type."""
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))


def _unpack(content: bytes) -> LaunchProfile:
    with np.load(io.BytesIO(content)) as arrays:
        return LaunchProfile(
            arrays["thread_class"].astype(np.int32),
            arrays["issued"].astype(np.int64),
            arrays["executed"].astype(np.int64),
        )


def launch_profile(bench: Workbench, frame: int, number: int) -> LaunchProfile:
    """The profile of one launch on one frame, from the cache or by running it."""
    golden = bench.golden(frame)
    golden.go_before(number)
    key = _key(bench, golden, number)
    cached = read_cached(key)
    if cached is not None:
        return _unpack(cached)
    planned = golden.plan[number]
    profile = bench.machine(planned.program).profile(planned.launch, golden.memory)
    golden.put_before(number)
    write_cached(key, _pack(profile))
    return profile
