"""What becomes of a fault, as far as a planner cares, and what each of it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.errors import UsageError
from sassafras.simulation.outcome import Outcome, Severity

Numbers = NDArray[np.float64]


class Fate(StrEnum):
    """Endings that techniques treat alike, in the order of every vector and matrix of fates."""

    CRITICAL = "critical"  #: critical (`Criticality`) with a finite output
    INVALID = "invalid"  #: NaN or infinity in the output: critical, and one comparison tells
    HARMLESS = "harmless"  #: a silent corruption that is not critical
    DUE = "due"
    DETECTED = "detected"
    QUIET = "quiet"  #: masked or corrected


FATES = tuple(Fate)
SILENT = (
    Fate.CRITICAL,
    Fate.INVALID,
    Fate.HARMLESS,
)  #: memory differs behind the launch, and nobody was told


def place(fate: Fate) -> int:
    """Its place in vectors and matrices."""
    return FATES.index(fate)


def fates(injections: pd.DataFrame, critical: Criticality = PLAIN) -> NDArray[np.int64]:
    """The place of each injection's fate, int64 (rows,)."""
    outcome, severity = injections["outcome"], injections["severity"]
    conditions = [
        (severity == Severity.INVALID_OUTPUT.value).to_numpy(bool),
        critical.rows(injections).to_numpy(bool),
        (outcome == Outcome.SDC.value).to_numpy(bool),
        (outcome == Outcome.DUE.value).to_numpy(bool),
        (outcome == Outcome.DETECTED.value).to_numpy(bool),
    ]
    order = (Fate.INVALID, Fate.CRITICAL, Fate.HARMLESS, Fate.DUE, Fate.DETECTED)
    return np.select(conditions, [place(f) for f in order], place(Fate.QUIET)).astype(np.int64)


@dataclass(frozen=True)
class Weights:
    """What a failure of each kind weighs against a critical one: a fault that stops the program (DUE), or
    that raises an alarm (DETECTED), costs a repetition, a critical one a wrong answer.
    """

    critical: float = 1.0
    due: float = 0.1
    detected: float = 0.1

    @property
    def vector(self) -> Numbers:
        """Weights by fate, float64 (fates,)."""
        weights = {
            Fate.CRITICAL: self.critical,
            Fate.INVALID: self.critical,
            Fate.DUE: self.due,
            Fate.DETECTED: self.detected,
        }
        return np.array([weights.get(fate, 0.0) for fate in FATES])

    def __str__(self) -> str:
        return f"critical={self.critical:g},due={self.due:g},detected={self.detected:g}"


USUAL = Weights()


def parse_weights(text: str) -> Weights:
    """``critical=1,due=0.1,detected=0.1``; what is not named keeps its default. Raises UsageError."""
    found: dict[str, float] = {}
    for word in (w.strip() for w in text.split(",")):
        name, _, number = (part.strip() for part in word.partition("="))
        try:
            value = float(number)
        except ValueError:
            value = -1.0
        if name not in ("critical", "due", "detected") or not 0 <= value < float("inf") or name in found:
            raise UsageError(f"--weights {word!r}: give weights such as critical=1,due=0.1,detected=0.1")
        found[name] = value
    weights = Weights(**found)
    if not weights.vector.any():
        raise UsageError("--weights: one of them must be above 0, or no plan is better than another")
    return weights
