"""What is said of a result (DESIGN section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Severity(StrEnum):
    """Severity of an SDC (DESIGN section 7). The paper's Malfunction (section 5.2) is the sum of the first
    two.
    """

    MALFUNCTION = "MALFUNCTION"  #: the answer (top-1 class) differs, all values are finite: nobody can tell
    INVALID_OUTPUT = "INVALID_OUTPUT"  #: the output holds NaN or infinity: one comparison can tell
    LIGHT_MALFUNCTION = "LIGHT_MALFUNCTION"  #: the probabilities differ, the answer does not
    NO_MALFUNCTION = "NO_MALFUNCTION"  #: the probabilities are bitwise golden


@dataclass(frozen=True)
class Verdict:
    """Severity of an SDC from golden and faulty probabilities, and what else they say. ``largest_change``: of
    any value of the output, absolute; None where the output is not finite.
    """

    severity: Severity
    top1: int
    confidence: float
    top5_changed: bool
    output_nan: bool
    largest_change: float | None


def top_class(probabilities: NDArray[np.float32]) -> int:
    """The class with the largest probability; the first of equal ones; NaN counts as no probability."""
    return int(np.argmax(np.where(np.isnan(probabilities), -np.inf, probabilities)))


def top_classes(probabilities: NDArray[np.float32]) -> list[int]:
    """The five classes with the largest probabilities, in their order; NaN counts as no probability."""
    order = np.argsort(-np.nan_to_num(probabilities, nan=-np.inf), kind="stable")
    return [int(k) for k in order[:5]]


def classify(golden: NDArray[np.float32], faulty: NDArray[np.float32]) -> Verdict:
    """Severity of a fault whose launch left memory different. float32 (classes,) each.

    Confidence is the faulty probability of the golden top-1 class.
    """
    best = top_class(golden)
    return verdict_on(golden, faulty, (best, top_class(faulty)), float(faulty[best]))


def verdict_on(
    golden: NDArray[np.float32], faulty: NDArray[np.float32], answers: tuple[int, int], confidence: float
) -> Verdict:
    """Severity where golden and faulty values, float32 (classes,) each, give these ``answers``."""
    change = largest_change(golden, faulty)
    if golden.tobytes() == faulty.tobytes():
        severity = Severity.NO_MALFUNCTION
    elif change is None:
        severity = Severity.INVALID_OUTPUT
    else:
        severity = Severity.LIGHT_MALFUNCTION if answers[0] == answers[1] else Severity.MALFUNCTION
    nan, other_top = bool(np.isnan(faulty).any()), top_classes(golden) != top_classes(faulty)
    return Verdict(severity, answers[1], confidence, other_top, nan, change)


def largest_change(golden: NDArray[np.float32], faulty: NDArray[np.float32]) -> float | None:
    """Largest absolute difference of two outputs, float32 of one shape each, exact in float64. None where the
    faulty one holds NaN or infinity.
    """
    if not np.isfinite(faulty).all():
        return None
    return float(np.abs(faulty.astype(np.float64) - golden.astype(np.float64)).max())
