"""What is counted of injections when campaigns are judged or compared: every outcome, every severity, and
sums of them.
"""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from sassafras.analysis.critical import ALWAYS, PLAIN, Criticality
from sassafras.simulation.outcome import Outcome

PAPER_LABEL = "Malfunction (the paper's: wrong class or invalid output)"


class Event(StrEnum):
    """Something that became of an injection, or did not (DESIGN section 7). The order is that of tables."""

    MASKED = "MASKED"
    CORRECTED = "CORRECTED"
    DETECTED = "DETECTED"
    DUE = "DUE"
    SDC = "SDC"  #: all severities together
    CRITICAL = "CRITICAL"  #: what hardening is there to prevent (`sassafras.analysis.critical`)
    MALFUNCTION = "MALFUNCTION"
    INVALID_OUTPUT = "INVALID_OUTPUT"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    NO_MALFUNCTION = "NO_MALFUNCTION"
    PAPER_MALFUNCTION = (
        "PAPER_MALFUNCTION"  #: MALFUNCTION and INVALID_OUTPUT: what the paper calls Malfunction
    )

    @property
    def label(self) -> str:
        """As tables and figures write it."""
        if self is Event.PAPER_MALFUNCTION:
            return PAPER_LABEL
        if self in (Event.DUE, Event.SDC):
            return self.value
        return self.value.replace("_", "-").title()


def occurred(injections: pd.DataFrame, event: Event, critical: Criticality = PLAIN) -> pd.Series:
    """Whether the event happened in each injection (rows with ``outcome`` and ``severity``, with a tolerance
    also ``largest_change``): bool, on the same index. ``critical``: what ``CRITICAL`` means.
    """
    if event is Event.CRITICAL:
        found = critical.rows(injections)
    elif event is Event.PAPER_MALFUNCTION:
        found = injections["severity"].isin([severity.value for severity in ALWAYS])
    elif event.value in {outcome.value for outcome in Outcome}:
        found = injections["outcome"] == event.value
    else:
        found = injections["severity"] == event.value
    return found.astype(bool)
