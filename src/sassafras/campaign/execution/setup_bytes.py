"""A worker's setup as bytes, for processes that share neither memory nor files with this one.

Large arrays are left out of the pickle and travel as parts of their own. The contents of the bundled
workload do not travel at all: every installation has them.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sassafras
from sassafras.architectures.registry import default_architecture
from sassafras.campaign.execution.workers import Setup
from sassafras.errors import CampaignError
from sassafras.workload.source import default_source
from sassafras.workload.workload import Workload

_BUNDLED = "bundled contents"


@dataclass(frozen=True)
class Parcel:
    """``parts``: the pickle, then the arrays it left out. ``key``: SHA-256, in hex, over all of them and the
    code that packed them.
    """

    key: str
    parts: tuple[memoryview, ...]


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, arrays: list[pickle.PickleBuffer]) -> None:
        super().__init__(file, 5, buffer_callback=arrays.append)
        self._known: dict[int, str] = {}

    def persistent_id(self, thing: Any) -> tuple[str, str] | None:
        """Names the bundled workload's contents (met inside their workload)."""
        if isinstance(thing, Workload) and thing.parameters_digest == default_source().digest:
            self._known[id(thing.contents)] = thing.parameters_digest
        digest = self._known.get(id(thing))
        return None if digest is None else (_BUNDLED, digest)


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, name: Any) -> Any:
        """The contents that ``_Packer`` named."""
        workload = default_source().build(default_architecture())
        if name != (_BUNDLED, workload.digest):
            raise CampaignError("this worker bundles another network; install the same version of Sassafras")
        return workload.contents


def pack(setup: Setup) -> Parcel:
    """A setup as a parcel. Equal setups make equal parcels."""
    file, arrays = io.BytesIO(), list[pickle.PickleBuffer]()
    _Packer(file, arrays).dump(setup)
    parts = (memoryview(file.getvalue()), *(array.raw() for array in arrays))
    digest = hashlib.sha256(installed_digest().encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return Parcel(digest.hexdigest(), parts)


def unpack(parts: Sequence[bytes]) -> Setup:
    """The setup in the parts of a parcel. Raises CampaignError where the bundled network is another one."""
    setup: Setup = _Unpacker(io.BytesIO(parts[0]), buffers=parts[1:]).load()
    return setup


@cache
def installed_digest() -> str:
    """SHA-256, in hex, over the installed package's Python files: equal digests run the same code, whatever
    the version number says.
    """
    folder = Path(sassafras.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
