"""How far rounding may take the checksums of ``cuda/hardened/gemm_abft.cu`` apart."""

from __future__ import annotations

import numpy as np

from sassafras.errors import UsageError

LONGEST = 65536  #: products in a chain for which ``tolerance`` has been proved enough
_UNIT = 2.0**-24  #: half a unit in the last place of float32


def _check_length(k: int) -> None:
    if k > LONGEST:
        raise UsageError(
            f"gemm with abft takes k up to {LONGEST}, not {k}: protect this one with tmr, dmr or dmr-retry"
        )


def rounding_bounds(k: int) -> dict[str, float]:
    """``tolerance`` and ``smallest`` for chains of ``k`` products, exact in float32.

    A fault-free row or column sum is at most ``tolerance`` x (sum of absolute values) + ``smallest`` away
    from its checksum: 2 ((1 + u)^(k + 15) - 1) / (1 - u)^(k + 16) <= 2.25 (k + 16) u up to k = 65536, with
    u = 2^-24, and 17 k products may underflow by 2^-150 each. The derivation is in the CUDA source; the
    method is Huang and Abraham's (IEEE Transactions on Computers C-33(6), 1984). Raises UsageError for longer
    chains.
    """
    _check_length(k)
    tolerance = np.nextafter(np.float32(2.25 * (k + 16) * _UNIT), np.float32(1))
    return {"tolerance": float(tolerance), "smallest": k * 2.0**-144}


def worst_column_bounds(k: int, rows: int) -> dict[str, float]:
    """As ``rounding_bounds``, of ``cuda/hardened/gemm_check.cu`` for groups of ``rows`` rows: no rounding of a
    product, its sums or its checksums gets beyond them.

    With u = 2^-24 and S the sum of |W| |D| over group and column: every product passes at most k roundings in
    its chain and rows in the column's sum, and at most k + 1 on the way of the checksum (one is the rounding of
    the sum of weights itself); S comes out at least as (1 - u)^(k + 1) S. So tolerance >=
    ((1 + u)^(k + rows) + (1 + u)^(k + 1) - 2) / (1 - u)^(k + 2), and each of the (rows + 2) k products may
    underflow by 2^-150. Raises UsageError for longer chains.
    """
    _check_length(k + rows)
    tolerance = np.nextafter(np.float32(1.125 * (2 * k + rows + 4) * _UNIT), np.float32(1))
    return {"tolerance": float(tolerance), "smallest": float(np.float32((rows + 2) * k) * np.float32(2.0**-149))}
