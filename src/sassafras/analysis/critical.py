"""Which faults are critical: the ones that hardening is there to prevent (DESIGN section 7)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sassafras.errors import UsageError
from sassafras.simulation.outcome import Severity

ALWAYS = (Severity.MALFUNCTION, Severity.INVALID_OUTPUT)  #: critical whatever the tolerance


@dataclass(frozen=True)
class Criticality:
    """What counts as critical, chosen when rows are read. ``tolerance``: of probability, 0 to 1; 0 is the
    paper's reading. Raises UsageError for another.
    """

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.tolerance <= 1:
            raise UsageError(f"--tolerance {self.tolerance:g}: a change of an output value is from 0 to 1")

    @property
    def is_plain(self) -> bool:
        """Whether every change of the output counts."""
        return self.tolerance == 0

    @property
    def words(self) -> str:
        """What critical is, in a sentence: "a wrong class, an invalid output, or a change of at least
        0.01".
        """
        change = "any other change" if self.is_plain else f"a change of at least {self.tolerance:g}"
        return f"a wrong class, an invalid output, or {change} of an output value"

    @property
    def suffix(self) -> str:
        """For headings: "", or ", tolerance 0.01"."""
        return "" if self.is_plain else f", tolerance {self.tolerance:g}"

    def rows(self, injections: pd.DataFrame) -> pd.Series:
        """Which injections are critical: bool, on the same index.

        MALFUNCTION, INVALID_OUTPUT, and LIGHT_MALFUNCTION whose largest change of an output value is at least
        the tolerance; where that is 0 ``largest_change`` is not looked at. Raises UsageError where a
        tolerance is asked of rows that do not tell the change (a store of schema 1 whose golden output is
        not known).
        """
        severity = injections["severity"]
        light = severity == Severity.LIGHT_MALFUNCTION.value
        if not self.is_plain:
            if injections.loc[light, "largest_change"].isna().any():
                raise UsageError(
                    "these rows do not say how large their changes are (made by an older version); use "
                    "--tolerance 0, or run the campaign again"
                )
            light &= injections["largest_change"].astype(float) >= self.tolerance
        return (severity.isin([s.value for s in ALWAYS]) | light).astype(bool)


PLAIN = Criticality()  #: the paper's reading
