"""What is counted of injections when campaigns are judged or compared: every outcome, every severity, and
two sums of them.
"""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from sassafras.campaign.outcome import Outcome, Severity


class Event(StrEnum):
    """Something that became of an injection, or did not (DESIGN section 7). The order is that of tables."""

    MASKED = "MASKED"
    CORRECTED = "CORRECTED"
    DETECTED = "DETECTED"
    DUE = "DUE"
    SDC = "SDC"  #: MALFUNCTION, LIGHT_MALFUNCTION and NO_MALFUNCTION together
    CRITICAL = "CRITICAL"  #: MALFUNCTION and LIGHT_MALFUNCTION together: what hardening is there to prevent
    MALFUNCTION = "MALFUNCTION"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    NO_MALFUNCTION = "NO_MALFUNCTION"

    @property
    def label(self) -> str:
        """As tables and figures write it."""
        if self in (Event.DUE, Event.SDC):
            return self.value
        return self.value.replace("_", "-").title()


def occurred(injections: pd.DataFrame, event: Event) -> pd.Series:
    """Whether the event happened in each injection (rows with ``outcome`` and ``severity``): bool, on the
    same index.
    """
    if event is Event.CRITICAL:
        found = injections["severity"].isin([Severity.MALFUNCTION.value, Severity.LIGHT_MALFUNCTION.value])
    elif event.value in {outcome.value for outcome in Outcome}:
        found = injections["outcome"] == event.value
    else:
        found = injections["severity"] == event.value
    return found.astype(bool)
