"""What networks were known by before they were graphs: the digests in stores of schema 1 and 2, for reading
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sassafras.network.importers.darknet.config import NetworkConfig, write_cfg


def former_digest(config: NetworkConfig, parameters: Mapping[str, NDArray[np.float32]]) -> str:
    """SHA-256 over the canonical cfg and every parameter, in hex."""
    digest = hashlib.sha256(write_cfg(config).encode())
    for name in sorted(parameters):
        digest.update(b"\0" + name.encode() + b"\0")
        digest.update(np.ascontiguousarray(parameters[name], "<f4").data)
    return digest.hexdigest()


def former_digest_of_file(config: NetworkConfig, weights: bytes) -> str:
    """SHA-256 over the canonical cfg and a file of parameters, in hex."""
    return hashlib.sha256(write_cfg(config).encode() + b"\0" + weights).hexdigest()
