"""How an injection ended, hardened kernels included: outcome, and for an SDC its severity."""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from sassafras.simulation.outcome import MaskedReason, Outcome


class Ending(StrEnum):
    """What became of an injection. CORRECTED and DETECTED: of hardened kernels (docs/definitions.md)."""

    MASKED = "MASKED"
    CORRECTED = "CORRECTED"
    DETECTED = "DETECTED"
    DUE = "DUE"
    NO_MALFUNCTION = "NO_MALFUNCTION"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    INVALID_OUTPUT = "INVALID_OUTPUT"
    MALFUNCTION = "MALFUNCTION"


def endings(injections: pd.DataFrame) -> pd.Series:
    """The `Ending` of each row, as text on the same index. Raises ValueError for a row that has none."""
    outcome, severity = injections["outcome"].astype(object), injections["severity"].astype(object)
    words = outcome.where(outcome != Outcome.SDC.value, severity)
    wrong = ~words.isin([e.value for e in Ending])
    if wrong.any():
        row = injections.loc[wrong].iloc[0]
        raise ValueError(f"injection with outcome {row['outcome']!r} and severity {row['severity']!r}")
    return words


_UNREAD = (MaskedReason.NEVER_READ.value, MaskedReason.OVERWRITTEN.value)


def register_was_read(injections: pd.DataFrame) -> pd.Series:
    """Which RF injections struck a register that was read before it was overwritten, bool."""
    return ~injections["masked_reason"].isin(_UNREAD)
