"""How far rounding may take the checksums of ``cuda/hardened/gemm_abft.cu`` apart."""

from __future__ import annotations

import numpy as np

from sassafras.errors import UsageError

LONGEST = 65536  #: products in a chain for which ``tolerance`` has been proved enough
_UNIT = 2.0**-24  #: half a unit in the last place of float32


def rounding_bounds(k: int) -> dict[str, float]:
    """``tolerance`` and ``smallest`` for chains of ``k`` products, exact in float32.

    A fault-free row or column sum is at most ``tolerance`` x (sum of absolute values) + ``smallest`` away
    from its checksum: 2 ((1 + u)^(k + 15) - 1) / (1 - u)^(k + 16) <= 2.25 (k + 16) u up to k = 65536, with
    u = 2^-24, and 17 k products may underflow by 2^-150 each. The derivation is in the CUDA source; the
    method is Huang and Abraham's (IEEE Transactions on Computers C-33(6), 1984). Raises UsageError for longer
    chains.
    """
    if k > LONGEST:
        raise UsageError(
            f"gemm with abft takes k up to {LONGEST}, not {k}: protect this one with tmr, dmr or dmr-retry"
        )
    tolerance = np.nextafter(np.float32(2.25 * (k + 16) * _UNIT), np.float32(1))
    return {"tolerance": float(tolerance), "smallest": k * 2.0**-144}
