"""The outcome of an injection and the severity of an SDC in one word: the rows of every table, the bars of
every figure.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from sassafras.simulation.outcome import Outcome, Severity


class OutcomeClass(StrEnum):
    """What became of an injection; SDCs by their severity. The order is that of tables and legends."""

    MASKED = "MASKED"
    DUE = "DUE"
    MALFUNCTION = "MALFUNCTION"
    INVALID_OUTPUT = "INVALID_OUTPUT"
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"
    NO_MALFUNCTION = "NO_MALFUNCTION"

    @property
    def label(self) -> str:
        """As the paper writes it."""
        return "DUE" if self is OutcomeClass.DUE else self.value.replace("_", "-").title()


SDC_CLASSES = tuple(OutcomeClass(severity.value) for severity in Severity)  #: their sum is the SDCs

_CLASSES = pd.Index([c.value for c in OutcomeClass], dtype=object)
_SDC_CODES = [list(OutcomeClass).index(c) for c in SDC_CLASSES]

OUTCOME_TYPE = pd.CategoricalDtype([c.value for c in OutcomeClass], ordered=True)


def outcome_class(injections: pd.DataFrame) -> pd.Series:
    """The `OutcomeClass` of each row, as an ordered category on the same index.

    Raises ValueError for a row without one: an unknown outcome or severity, an SDC without severity, or a
    severity without an SDC.
    """
    outcome, severity = injections["outcome"].astype(object), injections["severity"].astype(object)
    is_sdc = (outcome == Outcome.SDC.value).to_numpy(bool)
    codes = _CLASSES.get_indexer(pd.Index(np.where(is_sdc, severity, outcome), dtype=object))
    wrong = (codes < 0) | (~is_sdc & severity.notna().to_numpy()) | (is_sdc != np.isin(codes, _SDC_CODES))
    if wrong.any():
        row = injections[wrong].iloc[0]
        raise ValueError(f"injection with outcome {row['outcome']!r} and severity {row['severity']!r}")
    words = pd.Categorical.from_codes(codes, dtype=OUTCOME_TYPE)
    return pd.Series(words, index=injections.index, name="outcome_class")
