"""What a row keeps of a faulty output.

A row that kept the whole output of a network of many classes, or of one that makes images, would be
kilobytes to megabytes, a million times. What shares, tolerances and tables need of an output has columns of
its own (top-1, top-5, confidence, largest change). So of an output of more than `LIMIT` values a row keeps
those that tell most, their places, and a digest of all: two faults left the same output where the digests
are equal. Whoever needs every value asks for it (`Outputs.WHOLE`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sassafras.workload.verdict import top_classes

LIMIT = 256  #: values of an output that a row keeps whole: 1 KiB
CHANGES = 16  #: of a larger one, beside the top five of both, the values that changed most


class Outputs(StrEnum):
    """What a row keeps of its faulty output."""

    SHORT = "short"  #: up to 256 values all of them; of more the top 5 of both, and the 16 most changed
    WHOLE = "whole"  #: every value


@dataclass(frozen=True)
class KeptOutput:
    """``values``: float32, little endian. ``places``: of each, from 0, int32 little endian, and ``digest``:
    SHA-256 of all values, in hex; both None where all are kept, in their order.
    """

    values: bytes
    places: bytes | None = None
    digest: str | None = None


def keep(golden: NDArray[np.float32], faulty: NDArray[np.float32], outputs: Outputs) -> KeptOutput:
    """What is kept of a faulty output. float32 of one shape each."""
    whole = faulty.astype("<f4").reshape(-1)
    if outputs is Outputs.WHOLE or whole.size <= LIMIT:
        return KeptOutput(whole.tobytes())
    places = kept_places(golden.reshape(-1), whole)
    digest = hashlib.sha256(whole.tobytes()).hexdigest()
    return KeptOutput(whole[places].tobytes(), places.astype("<i4").tobytes(), digest)


def kept_places(golden: NDArray[np.float32], faulty: NDArray[np.float32]) -> NDArray[np.int64]:
    """Places of the five largest values of both outputs, and of those that changed most (what is not finite
    before all others, the first of equal ones), in order. float32 (values,) each.
    """
    with np.errstate(invalid="ignore"):
        change = np.abs(faulty.astype(np.float64) - golden.astype(np.float64))
    change = np.where(np.isfinite(faulty), change, np.inf)
    most = np.argsort(-change, kind="stable")[:CHANGES]
    most = most[change[most] > 0]
    kept = [*top_classes(golden), *top_classes(faulty), *most.tolist()]
    return np.unique(np.array(kept, np.int64))
