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


def column_bounds(k: int, rows: int) -> dict[str, float]:
    """``tolerance`` and ``smallest`` of ``cuda/hardened/gemm_check.cu`` for groups of ``rows`` rows and
    chains of ``k`` products, exact in float32.

    The worst case, about (2 k + rows) u times the sum of absolute values, is ten thousand times what is seen,
    and would hide errors as large as the results themselves. Roundings are taken for what they nearly are
    instead: a random walk, sqrt(k + rows) u (Higham and Mary, SIAM J. Sci. Comput. 41(5), 2019). For products
    of one sign, the worst, that is three to four standard deviations of the error of one row; of several
    rows, or of both signs, far more. Nothing rests on it: a column that rounding does take further is
    computed again, to the same bits. ``smallest``: each of the (rows + 2) k products may underflow by 2^-150.
    """
    walk = (4 + (k + rows) ** 0.5) * _UNIT
    smallest = np.float32((rows + 2) * k) * np.float32(2.0**-149)
    return {"tolerance": float(np.float32(walk)), "smallest": float(smallest)}
