"""The outcome of an injection and the severity of an SDC in one word: the rows of every table, the bars of
every figure.
"""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from sassafras.campaign.outcome import Outcome, Severity


class OutcomeClass(StrEnum):
    """What became of an injection; SDCs by their severity. The order is that of tables and legends."""

    MASKED = "MASKED"
    DUE = "DUE"
    MALFUNCTION = "MALFUNCTION"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    NO_MALFUNCTION = "NO_MALFUNCTION"

    @property
    def label(self) -> str:
        """As the paper writes it."""
        return "DUE" if self is OutcomeClass.DUE else self.value.replace("_", "-").title()


SDC_CLASSES = tuple(OutcomeClass(severity.value) for severity in Severity)  #: their sum is the SDCs

OUTCOME_TYPE = pd.CategoricalDtype([c.value for c in OutcomeClass], ordered=True)


def outcome_class(injections: pd.DataFrame) -> pd.Series:
    """The `OutcomeClass` of each row, as an ordered category on the same index.

    Raises ValueError for a row without one: an unknown outcome or severity, an SDC without severity, or a
    severity without an SDC.
    """
    outcome, severity = injections["outcome"], injections["severity"]
    is_sdc = outcome == Outcome.SDC.value
    words = outcome.astype(object).where(~is_sdc, severity.astype(object))
    wrong = ~words.isin(OUTCOME_TYPE.categories) | (~is_sdc & severity.notna())
    wrong |= is_sdc != words.isin([c.value for c in SDC_CLASSES])
    if wrong.any():
        row = injections.loc[wrong].iloc[0]
        raise ValueError(f"injection with outcome {row['outcome']!r} and severity {row['severity']!r}")
    return pd.Series(words.to_numpy(dtype=object), index=injections.index, name="outcome_class").astype(
        OUTCOME_TYPE
    )
