"""The fault-free run of a launch whose kernel is not bundled: watched once for the same code, launches and
data; then the cache remembers what was seen, and of kernels that are observed what the launch left in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.cache import read_cached, write_cached
from sassafras.emulator.memory import DeviceMemory
from sassafras.simulation.observed import Bytes, Observed, Sharing
from sassafras.simulation.watch import RaceWarning, Watch
from sassafras.sources import source_key
from sassafras.workload.inputs import Arrays, bytes_of
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload

_SOURCES = ("simulation.watched_once", "emulator.machine", "isa.parser")  #: that decide what is remembered
_LARGEST = 1 << 28  #: bytes that a launch stores, beyond which they are not kept


@dataclass(frozen=True, eq=False)
class Remembered:
    """Of a watched launch: what is to be said of it; of an observed kernel what it did, and what the bytes
    ``seen.stores.around`` held behind it.
    """

    notes: tuple[str, ...]
    seen: Observed | None = None
    after: tuple[NDArray[np.uint8], ...] = ()


def run_watched(
    workload: Workload, planned: PlannedLaunch, memory: DeviceMemory, arrays: Arrays
) -> Remembered:
    """The fault-free launch, in place; watched where its kernel is not bundled. ``arrays``: the input.
    Returns what is known of it.

    Warns (RaceWarning) of what the watch notes. Raises RaceError and GoldenTrap.
    """
    spec = planned.spec
    if not spec.is_watched:
        planned.run(memory, workload.architecture)
        return Remembered(())
    key = watched_key(workload, planned, arrays)
    content = read_cached(key)
    known = None if content is None else unpacked(content)
    if known is None or (spec.observed and known.seen is None):
        known = _watched(workload, planned, memory)
        write_cached(key, packed(known))
    elif known.seen is None:
        planned.run(memory, workload.architecture)
    else:
        for (start, end), image in zip(known.seen.stores.around, known.after, strict=True):
            memory.data[start:end] = image
    for note in known.notes:
        warnings.warn(note, RaceWarning, stacklevel=2)
    return known


def watched_key(workload: Workload, planned: PlannedLaunch, arrays: Arrays) -> str:
    """What is seen depends on: emulator, what memory holds at first, and every launch so far."""
    digest = hashlib.sha256((source_key(*_SOURCES) + workload.golden_digest).encode())
    for launch in workload.plan[: planned.index + 1]:
        code = launch.spec.code(workload.architecture).digest
        digest.update(repr((code, launch.launch, launch.spec.observed)).encode())
    for content in bytes_of(arrays):
        digest.update(content)
    return f"watched-{digest.hexdigest()[:40]}.npz"


def _watched(workload: Workload, planned: PlannedLaunch, memory: DeviceMemory) -> Remembered:
    program = planned.spec.code(workload.architecture)
    watch = Watch(program, planned.launch, memory, observing=planned.spec.observed)
    notes = watch.run()
    seen = watch.observed
    after = () if seen is None else tuple(memory.data[a:b].copy() for a, b in seen.stores.around)
    return Remembered(notes, seen, after)


def packed(known: Remembered) -> bytes:
    """As a file; without what an observed kernel did where it stored more than is kept."""
    file = io.BytesIO()
    arrays: dict[str, NDArray[np.uint8]] = {}
    said: dict[str, object] = {"notes": known.notes}
    seen = known.seen
    if seen is not None and sum(image.nbytes for image in known.after) <= _LARGEST:
        said |= {"sharing": seen.sharing.value, "longest": seen.longest}
        said |= {"loads": seen.loads.around, "stores": seen.stores.around}
        for name, of in (("loads", seen.loads), ("stores", seen.stores)):
            arrays[name] = np.frombuffer(zlib.compress(of.bits.tobytes(), 1), np.uint8)
        arrays |= {f"after{k}": image for k, image in enumerate(known.after)}
    np.savez(file, said=np.frombuffer(json.dumps(said).encode(), np.uint8), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def unpacked(content: bytes) -> Remembered | None:
    """From a file; None where it is none."""
    try:
        with np.load(io.BytesIO(content)) as arrays:
            said = json.loads(arrays["said"].tobytes())
            notes = tuple(said["notes"])
            if "sharing" not in said:
                return Remembered(notes)
            loads, stores = (
                Bytes(
                    np.frombuffer(zlib.decompress(arrays[name].tobytes()), np.uint8),
                    tuple((start, end) for start, end in said[name]),
                )
                for name in ("loads", "stores")
            )
            after = tuple(arrays[f"after{k}"] for k in range(len(stores.around)))
            return Remembered(
                notes, Observed(loads, stores, Sharing(said["sharing"]), said["longest"]), after
            )
    except (ValueError, KeyError, OSError, zlib.error, zipfile.BadZipFile):
        return None
